#include "migrate/autogenerate.h"

#include <set>

#include "dialect/postgresql/new_labels.h"
#include "migrate/scope.h"
#include "ops/find.h"
#include "ops/rename_readers.h"

namespace ormdb {

namespace {

std::vector<Operation> joined(std::vector<Operation> first, std::vector<Operation> second) {
  for (Operation& operation : second) first.push_back(std::move(operation));
  return first;
}

/// Renames, behind the drops of what they would break; the diff that follows creates that again.
struct RenameSteps {
  std::vector<Operation> operations;
  Schema result;
};

RenameSteps rename_steps(const Schema& from, const Schema& to, const std::vector<Rename>& decided,
                         const SchemaRules& rules) {
  std::vector<Operation> renames = rename_operations(from, to, decided, rules);
  if (renames.empty()) return {{}, from};
  std::vector<Operation> drops = drops_before_renames(from, renames, rules);
  RenameSteps steps{joined(std::move(drops), std::move(renames)), from};
  apply(steps.operations, steps.result, rules);
  return steps;
}

void prove(const std::vector<Operation>& operations, Schema schema, const Schema& goal,
           const SchemaRules& rules, const char* direction) {
  apply(operations, schema, rules);
  if (equivalent(schema, goal, rules)) return;
  std::string left;
  for (const Operation& operation : diff(schema, goal, rules)) left += "; " + describe(operation);
  throw Error(ErrorKind::kInternal,
              std::string("the ") + direction + " operations do not lead to their goal" + left)
      .hint("nothing was written; please report this with your models");
}

// Whether the dialect stores both alike.
bool is_same_type(const Type& a, const Type& b, const SchemaRules& rules) {
  const auto stored = [&](const Type& type) {
    Table table;
    table.name = "t";
    table.columns.emplace_back().name = "c";
    table.columns.back().type = type;
    Schema schema;
    schema.tables.push_back(std::move(table));
    return rules.normalize(schema).tables.at(0).columns.at(0).type;
  };
  return stored(a) == stored(b);
}

// A type that only the models spell in another way does not change: what else the operation does
// would be taken for a loss of values.
std::vector<Operation> without_respelling(std::vector<Operation> operations,
                                          const SchemaRules& rules) {
  for (Operation& operation : operations) {
    auto* alter = operation.get_if<AlterColumn>();
    if (alter == nullptr || alter->from.type == alter->to.type) continue;
    if (is_same_type(alter->from.type, alter->to.type, rules)) alter->from.type = alter->to.type;
  }
  return operations;
}

// The way back as a diff of its own: dependencies between the objects order it, and reversed they
// would put an old definition back before the names, types and labels that it mentions. Nothing
// where a former name is another thing's now, which has to go first.
std::optional<std::vector<Operation>> way_back(const Schema& from, const Schema& to,
                                               const std::vector<Operation>& renames,
                                               const SchemaRules& rules) {
  if (!rules.orders_by_dependency()) return {};
  std::vector<Operation> operations = reverse(renames).value_or(std::vector<Operation>());
  for (const Operation& operation : operations) {
    const auto* rename = operation.get_if<RenameTable>();
    if (rename != nullptr && !relation_with_name(to, rename->to, rules).empty()) return {};
  }
  Schema renamed = to;
  apply(operations, renamed, rules);
  return joined(std::move(operations), without_respelling(diff(renamed, from, rules), rules));
}

// `ask` is asked by the names before `renames`, the result by those after them.
RowQuestions behind_renames(const RowQuestions& ask, const std::vector<Operation>& renames,
                            const SchemaRules& rules) {
  const auto go_back = [&renames, &rules](std::string& table, std::string& column) {
    const auto same = [&](const std::string& a, const std::string& b) {
      return rules.fold(a) == rules.fold(b);
    };
    for (auto it = renames.rbegin(); it != renames.rend(); ++it) {
      const auto* renamed = it->get_if<RenameColumn>();
      if (renamed != nullptr && same(renamed->table, table) && same(renamed->to, column)) {
        column = renamed->from;
      }
      const auto* moved = it->get_if<RenameTable>();
      if (moved != nullptr && same(moved->to, table)) table = moved->from;
    }
  };
  RowQuestions behind;
  if (ask.has_nulls) {
    behind.has_nulls = [&ask, go_back](std::string table, std::string column) {
      go_back(table, column);
      return ask.has_nulls(table, column);
    };
  }
  if (ask.cannot_convert) {
    behind.cannot_convert = [&ask, go_back](std::string table, std::string column,
                                            const Type& type) {
      go_back(table, column);
      return ask.cannot_convert(table, column, type);
    };
  }
  return behind;
}

// Columns that are renamed_from each other: the names say neither whether they are still to be
// swapped nor that they have been, so only a difference between them makes it a question.
void refuse_swaps(const std::vector<Operation>& operations, const Schema& to,
                  const SchemaRules& rules) {
  const auto hint_of = [&](const Table& table, const std::string& column) -> std::string {
    for (const Column& each : table.columns) {
      if (rules.fold(each.name) == rules.fold(column)) return each.renamed_from;
    }
    return "";
  };
  for (const Operation& operation : operations) {
    const auto* alter = operation.get_if<AlterColumn>();
    const Table* table = alter == nullptr ? nullptr : to.find_table(alter->table);
    if (table == nullptr) continue;
    const std::string& name = alter->to.name;
    const std::string other = hint_of(*table, name);
    if (other.empty() || rules.fold(hint_of(*table, other)) != rules.fold(name)) continue;
    const std::string place = alter->table + ".";
    throw Error(ErrorKind::kUnsupported, "columns " + place + name + " and " + place + other +
                                             " are renamed_from each other, which cannot be told "
                                             "from a change of both")
        .hint(
            "swap them in a script of your own (`ormdb revision`) with three rename_column "
            "through a third name, or take the renamed_from away to change both");
  }
}

// A schema for ormdb's own tables belongs to the models only where they say so.
void leave_out_version_schema(Schema& from, const Schema& to, const std::string& name) {
  const auto is_it = [&](const DatabaseObject& object) {
    return object.kind == "schema" && object.name == name;
  };
  if (name.empty() || std::any_of(to.objects.begin(), to.objects.end(), is_it)) return;
  std::erase_if(from.objects, is_it);
}

const Table* find_folded(const Schema& schema, const std::string& name, const SchemaRules& rules) {
  for (const Table& table : schema.tables) {
    if (rules.fold(qualified_name(table)) == rules.fold(name)) return &table;
  }
  return nullptr;
}

Index* find_folded(std::vector<Index>& indexes, const std::string& name, const SchemaRules& rules) {
  for (Index& index : indexes) {
    if (rules.fold(index.name) == rules.fold(name)) return &index;
  }
  return nullptr;
}

// The indexes as the engine sees them; `table` stands alone, under the name `as`.
std::vector<Index> compared_indexes(Table table, const Table& as, const Schema& schema,
                                    const SchemaRules& rules) {
  table.name = as.name;
  table.schema = as.schema;
  Schema alone;
  alone.enums = schema.enums;
  alone.tables.push_back(std::move(table));
  return rules.normalize(alone).tables.at(0).indexes;
}

bool same_but_name(Index a, const Index& b) {
  a.name = b.name;
  return a == b;
}

}  // namespace

void adopt_index_names(const Schema& existing, Schema& models, const std::vector<GivenName>& given,
                       const SchemaRules& rules) {
  if (given.empty()) return;
  std::set<std::string> taken;
  for (const Table& table : models.tables) {
    for (const Index& index : table.indexes) taken.insert(rules.fold(index.name));
  }
  for (const GivenName& name : given) {
    Table* table = models.find_table(name.table);
    Index* own = table == nullptr ? nullptr : find_folded(table->indexes, name.index, rules);
    if (own == nullptr) continue;
    const Table* old = find_folded(existing, name.table, rules);
    if (old == nullptr) old = find_folded(existing, table->renamed_from, rules);
    if (old == nullptr) continue;
    std::vector<Index> spelled = old->indexes;
    if (spelled.empty() || find_folded(spelled, name.index, rules) != nullptr) continue;
    std::vector<Index> wanted = compared_indexes(*table, *old, models, rules);
    const Index* content = find_folded(wanted, name.index, rules);
    for (const Index& index : compared_indexes(*old, *old, existing, rules)) {
      if (content == nullptr || taken.count(rules.fold(index.name)) > 0) continue;
      const Index* original = find_folded(spelled, index.name, rules);
      if (original == nullptr || !same_but_name(index, *content)) continue;
      own->name = original->name;
      taken.insert(rules.fold(index.name));
      break;
    }
  }
}

Comparison comparison(const Workspace& workspace, Connection* connection, Schema from, Schema to) {
  const Dialect& dialect = workspace.dialect();
  Comparison compared{std::move(from), std::move(to), {}};
  leave_out_foreign_version_tables(compared.from, compared.to);
  leave_out_version_schema(compared.from, compared.to, workspace.config().version_schema);
  ignore_uncompared(compared.from, compared.to, workspace.config().compare, dialect.rules());
  compared.notes = dialect.reconcile(connection, compared.from, compared.to);
  return compared;
}

std::vector<Operation> differences(const Workspace& workspace, const Comparison& compared) {
  const SchemaRules& rules = workspace.dialect().rules();
  const auto& [from, to, notes] = compared;
  RenameSteps renames = rename_steps(from, to, {}, rules);
  return joined(std::move(renames.operations),
                without_respelling(diff(renames.result, to, rules), rules));
}

void hint_renames(Schema& models, const std::vector<Rename>& decided, const SchemaRules& rules) {
  const auto is = [&](const std::string& a, const std::string& b) {
    return rules.fold(a) == rules.fold(b);
  };
  for (const Rename& rename : decided) {
    for (Table& table : models.tables) {
      const std::string name = qualified_name(table);
      if (rename.table.empty() && is(name, rename.to)) table.renamed_from = rename.from;
      if (rename.table.empty() || !is(name, rename.table)) continue;
      for (Column& column : table.columns) {
        if (is(column.name, rename.to)) column.renamed_from = rename.from;
      }
    }
  }
}

TwoWays generate(const Workspace& workspace, const Comparison& compared,
                 const std::vector<Rename>& decided, const MigrateOptions& options,
                 const RowQuestions& live) {
  const SchemaRules& rules = workspace.dialect().rules();
  const auto& [from, to, notes] = compared;
  const RenameSteps renames = rename_steps(from, to, decided, rules);
  std::vector<Operation> changes = without_respelling(diff(renames.result, to, rules), rules);
  refuse_swaps(changes, to, rules);
  const RowQuestions ask = behind_renames(live, renames.operations, rules);
  TwoWays ways = decide_values(joined(renames.operations, std::move(changes)), renames.result,
                               options, rules, ask);
  if (auto back = way_back(from, to, renames.operations, rules)) ways.downgrade = std::move(*back);
  if (workspace.dialect().name() == "postgresql" && !workspace.config().transaction_per_run) {
    postgresql::add_used_labels_first(ways.upgrade, from);
    postgresql::add_used_labels_first(ways.downgrade, to);
  }
  prove(ways.upgrade, from, to, rules, "upgrade");
  prove(ways.downgrade, to, from, rules, "downgrade");
  return ways;
}

std::vector<std::string> hint_warnings(const Workspace& workspace, const Schema& from,
                                       const Schema& to) {
  std::vector<std::string> warnings;
  for (const Rename& hint : inert_rename_hints(from, to, workspace.dialect().rules())) {
    const std::string what =
        hint.table.empty() ? "table " + hint.to : "column " + hint.table + "." + hint.to;
    warnings.push_back("renamed_from: " + hint.from + " of " + what +
                       " has no effect any more and can go");
  }
  return warnings;
}

}  // namespace ormdb
