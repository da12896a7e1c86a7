#include "schema/validate.h"

#include <set>

#include "base/text.h"
#include "schema/validate_parts.h"

namespace ormdb {
namespace {

/// Reports every name that stands twice.
class Duplicates {
 public:
  explicit Duplicates(ValidationContext& context) : context_(context) {}

  void add(const std::string& name, std::string what, SchemaPath path) {
    const auto [first, is_new] = seen_.emplace(context_.fold(name), what);
    if (is_new) return;
    context_.problem(std::move(path),
                     what + " '" + name + "' has the name of another " + first->second);
  }

 private:
  ValidationContext& context_;
  std::map<std::string, std::string> seen_;  // folded name → what has it
};

void validate_relation_names(ValidationContext& context) {
  const Schema& schema = context.schema;
  Duplicates relations(context);
  Duplicates indexes(context);
  // SQLite and PostgreSQL keep indexes among the tables, MySQL keeps them within their table.
  const bool shared =
      context.options.dialect == "sqlite" || context.options.dialect == "postgresql";
  for (const Table& table : schema.tables) {
    const SchemaPath path = {"tables", qualified_name(table)};
    context.check_name(path, "table", table.name);
    relations.add(qualified_name(table), "table", path);
  }
  for (const VirtualTable& table : schema.virtual_tables) {
    context.check_name({"virtual_tables", table.name}, "virtual table", table.name);
    relations.add(table.name, "virtual table", {"virtual_tables", table.name});
  }
  for (const View& view : schema.views) {
    const SchemaPath path = {"views", qualified_name(view)};
    context.check_name(path, "view", view.name);
    relations.add(qualified_name(view), "view", path);
  }
  for (const Table& table : schema.tables) {
    Duplicates own(context);
    for (const Index& index : table.indexes) {
      if (index.name.empty()) continue;
      const SchemaPath path = {"tables", qualified_name(table), "indexes", index.name};
      context.check_name(path, "index", index.name);
      const std::string prefix = table.schema.empty() ? "" : table.schema + ".";
      Duplicates& space = shared ? relations : context.options.dialect.empty() ? indexes : own;
      space.add(prefix + index.name, "index", path);
    }
  }
}

void validate_enums(ValidationContext& context) {
  Duplicates names(context);
  for (const Enum& value : context.schema.enums) {
    const SchemaPath path = {"enums", qualified_name(value)};
    context.check_name(path, "enum", value.name);
    names.add(qualified_name(value), "enum", path);
    if (value.values.empty()) {
      context.problem(path, "enum '" + qualified_name(value) + "' has no values");
    }
    std::set<std::string> seen;
    for (const std::string& one : value.values) {
      if (seen.insert(one).second) continue;
      context.problem(path,
                      "enum '" + qualified_name(value) + "' has the value '" + one + "' twice");
    }
  }
}

void validate_trigger(ValidationContext& context, const Trigger& trigger) {
  const SchemaPath path = {"triggers", trigger.name};
  context.check_name(path, "trigger", trigger.name);
  if (context.has_other_relation(trigger.table)) return;
  const KnownTable* table = context.table(trigger.table);
  if (table == nullptr) {
    context.problem({"triggers", trigger.name, "table"},
                    "trigger '" + trigger.name + "' stands on table '" + trigger.table +
                        "', which does not exist" +
                        did_you_mean(trigger.table, context.table_names()));
    return;
  }
  for (const std::string& column : trigger.update_of) {
    if (table->columns.contains(context.fold(column))) continue;
    context.problem({"triggers", trigger.name, "update_of"},
                    "trigger '" + trigger.name + "': table '" + trigger.table +
                        "' has no column '" + column + "'" +
                        did_you_mean(column, column_names(*table->table)));
  }
}

void validate_triggers(ValidationContext& context) {
  Duplicates names(context);
  for (const Trigger& trigger : context.schema.triggers) {
    // PostgreSQL's triggers have names within their table.
    const std::string scope = context.options.dialect == "postgresql" ? trigger.table + "." : "";
    names.add(scope + trigger.name, "trigger", {"triggers", trigger.name});
    validate_trigger(context, trigger);
  }
}

}  // namespace

ValidationContext::ValidationContext(const Schema& the_schema, const ValidateOptions& the_options)
    : schema(the_schema), options(the_options) {
  for (const Table& table : schema.tables) {
    KnownTable known{&table, {}};
    for (const Column& column : table.columns) known.columns.emplace(fold(column.name), &column);
    tables_.emplace(fold(qualified_name(table)), std::move(known));
  }
  for (const View& view : schema.views) other_relations_[fold(qualified_name(view))] = true;
  for (const VirtualTable& table : schema.virtual_tables) other_relations_[fold(table.name)] = true;
  for (const Enum& value : schema.enums) enums_[fold(qualified_name(value))] = true;
}

std::string ValidationContext::fold(std::string_view name) const {
  return options.fold ? options.fold(name) : std::string(name);
}

const KnownTable* ValidationContext::table(std::string_view name) const {
  const auto found = tables_.find(fold(name));
  return found == tables_.end() ? nullptr : &found->second;
}

bool ValidationContext::has_other_relation(std::string_view name) const {
  return other_relations_.contains(fold(name));
}

bool ValidationContext::has_enum(std::string_view name) const {
  return enums_.contains(fold(name));
}

std::vector<std::string> ValidationContext::table_names() const {
  std::vector<std::string> names;
  for (const Table& table : schema.tables) names.push_back(qualified_name(table));
  return names;
}

void ValidationContext::check_name(const SchemaPath& path, std::string_view what,
                                   const std::string& name) {
  if (name.empty()) problem(path, std::string(what) + " without a name");
  const auto limit = static_cast<std::size_t>(options.max_identifier_length);
  if (limit == 0 || name.size() <= limit) return;
  problem(path, "the name of " + std::string(what) + " '" + name + "' is " +
                    counted(name.size(), "byte") + " long, at most " + std::to_string(limit) +
                    " are allowed");
}

std::vector<std::string> column_names(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  return names;
}

std::vector<SchemaProblem> validate(const Schema& schema, const ValidateOptions& options) {
  ValidationContext context(schema, options);
  validate_relation_names(context);
  validate_enums(context);
  for (const Table& table : schema.tables) validate_table(context, table);
  validate_triggers(context);
  return std::move(context.problems);
}

}  // namespace ormdb
