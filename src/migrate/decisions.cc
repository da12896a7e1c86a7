#include "migrate/decisions.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/process.h"
#include "base/text.h"

namespace ormdb {

namespace {

std::string rename_key(const Rename& rename) {
  return rename.table.empty() ? rename.from : rename.table + "." + rename.from;
}

bool is_refused(const Rename& candidate, const std::vector<Rename>& refused,
                const SchemaRules& rules) {
  return std::any_of(refused.begin(), refused.end(), [&](const Rename& no) {
    if (rules.fold(no.table) != rules.fold(candidate.table)) return false;
    // Either name will do: one that went is not among those that came.
    const bool by_new = no.to.empty() && rules.fold(no.from) == rules.fold(candidate.to);
    return by_new || (rules.fold(no.from) == rules.fold(candidate.from) &&
                      (no.to.empty() || rules.fold(no.to) == rules.fold(candidate.to)));
  });
}

// Whether an accepted rename already uses the candidate's old or new name.
bool is_taken(const Rename& candidate, const std::vector<Rename>& accepted) {
  return std::any_of(accepted.begin(), accepted.end(), [&](const Rename& rename) {
    return rename.table == candidate.table &&
           (rename.from == candidate.from || rename.to == candidate.to);
  });
}

// Names that only one of both has: columns of a table, by its name in `to`, or tables for "".
std::vector<std::string> unpaired_names(const Schema& from, const Schema& to,
                                        const std::string& table, const SchemaRules& rules) {
  std::vector<std::string> names;
  const auto add_column = [&](const auto* operation) {
    if (operation == nullptr || rules.fold(operation->table) != rules.fold(table)) return;
    names.push_back(operation->column.name);
  };
  const auto add_table = [&](const auto* operation) {
    if (operation != nullptr && table.empty()) names.push_back(qualified_name(operation->table));
  };
  for (const Operation& operation : diff(from, to, rules)) {
    add_column(operation.get_if<DropColumn>());
    add_column(operation.get_if<AddColumn>());
    add_table(operation.get_if<DropTable>());
    add_table(operation.get_if<CreateTable>());
  }
  return names;
}

// A refusal that names nothing is a slip of the pen, better told than ignored.
void check_refusals(const Schema& from, const Schema& to, const std::vector<Rename>& refused,
                    const SchemaRules& rules) {
  for (const Rename& no : refused) {
    const std::vector<std::string> names = unpaired_names(from, to, no.table, rules);
    if (std::any_of(names.begin(), names.end(), [&](const std::string& name) {
          return rules.fold(name) == rules.fold(no.from);
        })) {
      continue;
    }
    throw Error(ErrorKind::kUsage, "--no-rename " + rename_key(no) +
                                       " fits nothing: the name must be in the database and not in "
                                       "the models, or the other way round")
        .hint("see what differs with `ormdb check`");
  }
}

// Two options for one name that cannot both hold.
void check_contradictions(const MigrateOptions& options, const SchemaRules& rules) {
  const auto same = [&](const std::string& a, const std::string& b) {
    return rules.fold(a) == rules.fold(b);
  };
  const auto refuse = [](const std::string& a, const std::string& b) {
    throw Error(ErrorKind::kUsage, a + " and " + b + " contradict each other")
        .hint("give the one that is meant");
  };
  const auto option = [](const Rename& rename) {
    return "--rename " + rename_key(rename) + "=" + rename.to;
  };
  for (const Rename& rename : options.renames) {
    for (const Rename& other : options.renames) {
      if (!same(rename.table, other.table)) continue;
      if (same(rename.from, other.from) != same(rename.to, other.to)) {
        refuse(option(rename), option(other));
      }
    }
    if (is_refused(rename, options.no_renames, rules)) {
      refuse(option(rename), "--no-rename " + rename_key(rename));
    }
  }
}

std::string quoted_option(const std::string& option, const std::string& value) {
  const bool plain = value.find_first_of(" \t'\"$`\\*?;&|<>()") == std::string::npos;
  return option + " " + (plain ? value : shell_quoted(value));
}

std::string rename_option(const Rename& rename) {
  return quoted_option("--rename", rename_key(rename) + "=" + rename.to);
}

std::string no_rename_option(const Rename& rename) {
  return quoted_option("--no-rename", rename_key(rename));
}

Error open_decisions(const std::vector<std::string>& what,
                     const std::vector<std::string>& candidates) {
  const std::string one = what.size() == 1 ? "a decision is needed: " : "decisions are needed: ";
  return Error(ErrorKind::kNeedsDecision, one + join(what, "; ")).candidates(candidates);
}

Error open_fills(const std::vector<std::string>& what, const std::vector<std::string>& fills) {
  return open_decisions(what, fills).hint("run `ormdb migrate " + join(fills, " ") + "`");
}

// A decimal number of SQL: 1, -2.5, 1e-3. A date must not pass for one.
bool is_sql_number(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value, std::chars_format::general);
  const bool digits = text.find_first_of("0123456789") != std::string::npos;
  return digits && result.ec == std::errc() && result.ptr == end &&
         text.find_first_not_of("0123456789.-+eE") == std::string::npos;
}

// As the dialect quotes a name where it must.
std::string quoted_name(const std::string& name, const SchemaRules& rules) {
  const char* const mark = rules.dialect() == "mysql" ? "`" : "\"";
  return mark + replace_all(name, mark, std::string(mark) + mark) + mark;
}

bool holds_text(const Type& type) {
  return type.kind == TypeKind::kString || type.kind == TypeKind::kText ||
         type.kind == TypeKind::kLargeBinary || type.kind == TypeKind::kNative;
}

bool is_whole_number(const std::string& text) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  return text.size() > sign && text.find_first_not_of("0123456789", sign) == std::string::npos;
}

// Whether the text can be a value of the type, as far as that is plain.
bool fits_type(const std::string& text, const Type& type) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      return text == "true" || text == "false" || text == "1" || text == "0";
    case TypeKind::kInteger:
    case TypeKind::kBigInteger:
    case TypeKind::kSmallInteger:
      return is_whole_number(text);
    case TypeKind::kFloat:
    case TypeKind::kDouble:
    case TypeKind::kNumeric:
      return is_sql_number(text);
    default:
      return !text.empty() || holds_text(type);
  }
}

Literal fill_value(const std::string& key, const std::string& text, const Type& type) {
  if (text.starts_with("sql:")) return Literal::expression(text.substr(4));
  if (!fits_type(text, type)) {
    const std::string given = text.empty() ? "is empty, which" : "'" + text + "'";
    throw Error(ErrorKind::kUsage, "the fill of " + key + " " + given +
                                       " is no value for its type " + render_type(type))
        .hint("--fill " + key + "=VALUE, or --fill " + key + "=sql:EXPRESSION");
  }
  switch (type.kind) {
    case TypeKind::kBoolean:
      return Literal::boolean(text == "true" || text == "1");
    case TypeKind::kInteger:
    case TypeKind::kBigInteger:
    case TypeKind::kSmallInteger:
    case TypeKind::kFloat:
    case TypeKind::kDouble:
    case TypeKind::kNumeric:
      return Literal::number(text.starts_with('+') ? text.substr(1) : text);
    case TypeKind::kNative:
      return is_sql_number(text) ? Literal::number(text) : Literal::string(text);
    default:
      return Literal::string(text);
  }
}

// Applies --fill and --using to one operation at a time.
class ValueDecider {
 public:
  ValueDecider(const Schema& existing, const MigrateOptions& options, const SchemaRules& rules,
               const RowQuestions& ask)
      : options_(options), rules_(rules), ask_(ask) {
    for (const Table& table : existing.tables) tables_.insert(rules.fold(qualified_name(table)));
  }

  std::vector<Operation> decide(Operation operation) {
    if (auto* renamed = operation.get_if<RenameTable>()) tables_.insert(rules_.fold(renamed->to));
    if (const auto* add = operation.get_if<AddColumn>()) return added(*add);
    if (auto* alter = operation.get_if<AlterColumn>()) return altered(*alter);
    std::vector<Operation> same;
    same.push_back(std::move(operation));
    return same;
  }

  void finish() {
    refuse_unused("--fill", options_.fill);
    refuse_unused("--using", options_.casts);
    if (!open_.empty()) throw open_fills(open_, candidates_);
  }

 private:
  const std::string* value_for(const std::map<std::string, std::string>& given,
                               const std::string& key) {
    for (const auto& [name, value] : given) {
      if (rules_.fold(name) != rules_.fold(key)) continue;
      used_.insert(name);
      return &value;
    }
    return nullptr;
  }

  std::vector<Operation> added(const AddColumn& add) {
    const Column& column = add.column;
    const std::string key = add.table + "." + column.name;
    const bool required = !column.nullable && !column.default_value && !column.generated &&
                          tables_.count(rules_.fold(add.table)) > 0;
    const std::string* given = value_for(options_.fill, key);
    std::string answer;
    if (given == nullptr && required && options_.ask_fill) {
      answer = options_.ask_fill(key);
      given = &answer;
    }
    if (given == nullptr) {
      if (required) {
        open_.push_back("column " + key + " is NOT NULL and has no default, and " + add.table +
                        " may have rows");
        candidates_.push_back(quoted_option("--fill", key + "=VALUE"));
      }
      return {add};
    }
    AddColumn nullable = add;
    nullable.column.nullable = true;
    UpdateRows update{add.table, {{column.name, fill_value(key, *given, column.type)}}, {}};
    if (column.nullable) return {nullable, update};
    return {nullable, update, AlterColumn{add.table, nullable.column, column, {}}};
  }

  std::vector<Operation> altered(AlterColumn alter) {
    const std::string key = alter.table + "." + alter.to.name;
    if (const std::string* expression = value_for(options_.casts, key)) {
      alter.using_expression.common = *expression;
    }
    ask_for_expression(alter, key);
    const std::string* given = value_for(options_.fill, key);
    std::string answer;
    if (given == nullptr && alter.using_expression.empty() && forbids_present_nulls(alter)) {
      if (!options_.ask_fill) {
        open_.push_back("column " + key + " becomes NOT NULL, and there are rows with NULL in it");
        candidates_.push_back(quoted_option("--fill", key + "=VALUE"));
        return {alter};
      }
      answer = options_.ask_fill(key);
      given = &answer;
    }
    if (given == nullptr) return {alter};
    UpdateRows update{alter.table, {{alter.to.name, fill_value(key, *given, alter.to.type)}}, {}};
    update.where.common = quoted_name(alter.to.name, rules_) + " IS NULL";
    return {update, alter};
  }

  bool forbids_present_nulls(const AlterColumn& alter) const {
    return alter.from.nullable && !alter.to.nullable && ask_.has_nulls &&
           ask_.has_nulls(alter.table, alter.to.name);
  }

  void ask_for_expression(const AlterColumn& alter, const std::string& key) {
    if (alter.from.type == alter.to.type || !alter.using_expression.empty()) return;
    if (alter.to.generated || !ask_.cannot_convert) return;
    if (!ask_.cannot_convert(alter.table, alter.to.name, alter.to.type)) return;
    open_.push_back("column " + key + " changes its type to " + render_type(alter.to.type) +
                    ", and there are rows whose value does not fit it");
    candidates_.push_back(quoted_option("--using", key + "=EXPRESSION"));
  }

  void refuse_unused(const std::string& option, const std::map<std::string, std::string>& given) {
    for (const auto& [name, value] : given) {
      if (used_.count(name) > 0) continue;
      throw Error(ErrorKind::kUsage, option + " " + name +
                                         " fits nothing: no column of this name is " +
                                         (option == "--fill" ? "added or altered" : "altered"))
          .hint("see what differs with `ormdb check`");
    }
  }

  const MigrateOptions& options_;
  const SchemaRules& rules_;
  const RowQuestions& ask_;
  std::set<std::string> tables_, used_;
  std::vector<std::string> open_, candidates_;
};

// A change of one table that fills can stand before or behind.
bool can_be_grouped(const Operation& operation) {
  return operation.get_if<AddColumn>() != nullptr || operation.get_if<AlterColumn>() != nullptr ||
         operation.get_if<DropColumn>() != nullptr || operation.get_if<UpdateRows>() != nullptr ||
         operation.get_if<AddConstraint>() != nullptr ||
         operation.get_if<DropConstraint>() != nullptr ||
         operation.get_if<AlterTable>() != nullptr || operation.get_if<DropIndex>() != nullptr ||
         operation.get_if<CreateIndex>() != nullptr;
}

// Updates divide what SQLite would do in one rebuild of the table. So the columns that are filled
// come first, then the updates, then everything else: [begin, end) is of one table. Where an old
// constraint goes, only new columns are filled before that.
void group_fills(std::vector<Operation>::iterator begin, std::vector<Operation>::iterator end) {
  std::set<std::string> added, filled;
  bool frees = false;
  for (auto it = begin; it != end; ++it) {
    if (const auto* add = it->get_if<AddColumn>()) added.insert(add->column.name);
    if (const auto* update = it->get_if<UpdateRows>()) filled.insert(update->set.front().first);
    frees = frees || it->get_if<DropConstraint>() != nullptr || it->get_if<DropIndex>() != nullptr;
  }
  const auto rank = [&](const Operation& operation) {
    const auto* add = operation.get_if<AddColumn>();
    if (add != nullptr && filled.count(add->column.name) > 0) return 0;
    const auto* update = operation.get_if<UpdateRows>();
    if (update == nullptr) return 2;
    return added.count(update->set.front().first) > 0 || !frees ? 1 : 2;
  };
  std::stable_sort(begin, end,
                   [&](const Operation& a, const Operation& b) { return rank(a) < rank(b); });
}

void fills_together(std::vector<Operation>& operations) {
  for (auto begin = operations.begin(); begin != operations.end();) {
    auto end = std::next(begin);
    if (can_be_grouped(*begin)) {
      const std::string table = operation_table(*begin);
      while (end != operations.end() && can_be_grouped(*end) && operation_table(*end) == table) {
        ++end;
      }
      group_fills(begin, end);
    }
    begin = end;
  }
}

}  // namespace

std::vector<Rename> decide_renames(const Schema& from, const Schema& to,
                                   const MigrateOptions& options, const SchemaRules& rules) {
  check_contradictions(options, rules);
  std::vector<Rename> decided = options.renames;
  std::vector<Rename> refused = options.no_renames;
  bool open = false;
  // A table's rename makes its columns comparable, so candidates are looked for until none is left.
  while (true) {
    Schema renamed = from;
    apply(rename_operations(from, to, decided, rules), renamed, rules);
    std::vector<Rename> accepted;
    for (const Rename& candidate : rename_candidates(renamed, to, rules)) {
      if (is_refused(candidate, refused, rules) || is_taken(candidate, accepted)) continue;
      if (options.ask_rename) {
        (options.ask_rename(candidate) ? accepted : refused).push_back(candidate);
      } else {
        open = true;
      }
    }
    if (open || accepted.empty()) check_refusals(renamed, to, options.no_renames, rules);
    if (open) throw open_renames_error(open_renames(from, to, options, rules), {}, {});
    if (accepted.empty()) return decided;
    decided.insert(decided.end(), accepted.begin(), accepted.end());
  }
}

std::vector<Rename> open_renames(const Schema& from, const Schema& to,
                                 const MigrateOptions& options, const SchemaRules& rules) {
  std::vector<Rename> decided = options.renames, open;
  while (true) {
    Schema renamed = from;
    apply(rename_operations(from, to, decided, rules), renamed, rules);
    const std::size_t before = open.size();
    std::vector<Rename> accepted;
    for (const Rename& candidate : rename_candidates(renamed, to, rules)) {
      if (is_refused(candidate, options.no_renames, rules)) continue;
      open.push_back(candidate);
      if (!is_taken(candidate, accepted)) accepted.push_back(candidate);
    }
    if (open.size() == before) return open;
    decided.insert(decided.end(), accepted.begin(), accepted.end());
  }
}

Error open_renames_error(const std::vector<Rename>& open, const std::vector<std::string>& with,
                         const std::vector<std::string>& without) {
  std::vector<std::string> what, candidates, renames, no_renames;
  std::vector<Rename> taken;
  const auto add = [](std::vector<std::string>& list, const std::string& option) {
    if (std::find(list.begin(), list.end(), option) == list.end()) list.push_back(option);
  };
  for (const Rename& rename : open) {
    const std::string thing = rename.table.empty() ? "table " : "column ";
    what.push_back(thing + rename_key(rename) + " may have been renamed to " + rename.to);
    add(candidates, rename_option(rename));
    add(candidates, no_rename_option(rename));
    add(no_renames, no_rename_option(rename));
    if (is_taken(rename, taken)) continue;
    taken.push_back(rename);
    add(renames, rename_option(rename));
  }
  for (const std::string& fill : with) add(candidates, fill);
  for (const std::string& fill : without) add(candidates, fill);
  renames.insert(renames.end(), with.begin(), with.end());
  no_renames.insert(no_renames.end(), without.begin(), without.end());
  return open_decisions(what, candidates)
      .hint("run `ormdb migrate " + join(renames, " ") + "`, or, for a drop and an add, `" +
            "ormdb migrate " + join(no_renames, " ") + "`");
}

TwoWays decide_values(std::vector<Operation> operations, const Schema& existing,
                      const MigrateOptions& options, const SchemaRules& rules,
                      const RowQuestions& ask) {
  TwoWays ways;
  ValueDecider decider(existing, options, rules, ask);
  for (Operation& operation : operations) {
    for (Operation& decided : decider.decide(std::move(operation))) {
      ways.upgrade.push_back(std::move(decided));
    }
  }
  decider.finish();
  fills_together(ways.upgrade);
  for (auto it = ways.upgrade.rbegin(); it != ways.upgrade.rend(); ++it) {
    if (it->get_if<UpdateRows>() != nullptr) continue;  // a fill: what it filled goes or stays
    if (std::optional<Operation> back = reverse(*it)) ways.downgrade.push_back(std::move(*back));
  }
  return ways;
}

}  // namespace ormdb
