#include "dialect/postgresql/ddl_table.h"

#include <algorithm>
#include <set>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/ddl.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"
#include "ops/canonical.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

const std::set<std::string, std::less<>> kOwnSyntax = {
    "unlogged",     "partition_by",       "partition_of",     "partition_bound", "inherits",
    "row_security", "force_row_security", "replica_identity", "clustered_on",    "access_method",
    "of_type"};

Parameters table_parameters(const Options& options) {
  Parameters parameters;
  for (const auto& [name, value] : settings(options)) {
    if (!kOwnSyntax.contains(name)) parameters.emplace_back(name, value);
  }
  return parameters;
}

// Names of "a, schema.b", unquoted and qualified as the schema has them.
std::vector<std::string> listed_names(std::string_view text) {
  std::vector<std::string> names;
  bool open = true;
  for (const SqlToken& token : scan_sql_tokens(text, SqlDialect::kPostgresql)) {
    if (token.is_symbol(",")) {
      open = true;
    } else if (token.is_symbol(".")) {
      names.back() += '.';
    } else if (open) {
      names.push_back(token.unquoted());
      open = false;
    } else {
      names.back() += token.unquoted();
    }
  }
  return names;
}

std::string relation_list(const std::string& text, const Schema& schema) {
  std::vector<std::string> names;
  for (const std::string& name : listed_names(text)) names.push_back(relation_sql(name, schema));
  return join(names, ", ");
}

const Column* parent_column(const Table& table, const std::string& name, const Schema& schema) {
  for (const std::string& parent : parents_of(table.options)) {
    const Table* found = schema.find_table(parent);
    const Column* column = found == nullptr ? nullptr : found->find_column(name);
    if (column != nullptr) return column;
  }
  return nullptr;
}

// A column of a table OF a type: only what the type does not say, "" when that is nothing.
std::string typed_column_sql(const Column& column) {
  std::string text;
  if (column.default_value) text += " DEFAULT " + default_sql(*column.default_value);
  if (!column.nullable) text += " NOT NULL";
  return text.empty() ? text : quote(column.name) + " WITH OPTIONS" + text;
}

bool has_check(const Table& table, const std::string& name) {
  return std::any_of(table.checks.begin(), table.checks.end(),
                     [&](const Check& check) { return check.name == name; });
}

// Checks that a partition must have before it is attached; they count as inherited afterwards.
std::vector<std::string> parent_checks(const Table& table, const Schema& schema) {
  std::vector<std::string> lines;
  const Table* parent = &table;
  while (parent != nullptr && is_partition(*parent)) {
    parent = schema.find_table(option(parent->options, "partition_of"));
    if (parent == nullptr) break;
    for (const Check& check : parent->checks) {
      if (!has_flag(check.options, "no_inherit") && !has_check(table, check.name)) {
        lines.push_back(constraint_sql(check, schema));
      }
    }
  }
  return lines;
}

std::vector<std::string> column_lines(const Table& table, const Schema& schema) {
  const bool typed = !option(table.options, "of_type").empty();
  const bool partition = is_partition(table);
  std::vector<std::string> lines;
  for (const Column& column : table.columns) {
    if (typed) {
      std::string line = typed_column_sql(column);
      if (!line.empty()) lines.push_back(std::move(line));
    } else if (partition || !is_only_inherited(column)) {
      lines.push_back(column_sql(column, qualified_name(table), schema, partition));
    }
  }
  return lines;
}

// A unique constraint on the primary key's columns: CREATE TABLE takes it for the key's double and
// leaves it out without a word (transformIndexConstraints in parse_utilcmd.c).
bool doubles_key(const Constraint& constraint, const Table& table) {
  const auto* unique = std::get_if<Unique>(&constraint);
  if (unique == nullptr || !table.primary_key) return false;
  return std::equal(unique->columns.begin(), unique->columns.end(),
                    table.primary_key->columns.begin(), table.primary_key->columns.end(),
                    [](const KeyPart& a, const KeyPart& b) { return a.column == b.column; });
}

bool is_added_afterwards(const Constraint& constraint, const Table& table) {
  return is_not_valid(constraint) || doubles_key(constraint, table);
}

std::string create_statement(const Table& table, const Schema& schema) {
  const std::string& type = option(table.options, "of_type");
  std::vector<std::string> lines = column_lines(table, schema);
  for (const Constraint& constraint : constraints_of(table)) {
    if (is_added_afterwards(constraint, table)) continue;
    lines.push_back(constraint_sql(constraint, schema));
  }
  append(lines, parent_checks(table, schema));
  std::string text =
      has_flag(table.options, "unlogged") ? "CREATE UNLOGGED TABLE " : "CREATE TABLE ";
  text += sql_name(table);
  if (!type.empty()) text += " OF " + type;
  if (!lines.empty()) {
    text += " (\n  " + join(lines, ",\n  ") + "\n)";
  } else if (type.empty()) {
    text += " ()";
  }
  const std::string& inherits = option(table.options, "inherits");
  if (!inherits.empty()) text += " INHERITS (" + relation_list(inherits, schema) + ")";
  const std::string& key = option(table.options, "partition_by");
  if (!key.empty()) text += " PARTITION BY " + key;
  const std::string& method = option(table.options, "access_method");
  if (!method.empty()) text += " USING " + quote(method);
  const Parameters parameters = table_parameters(table.options);
  return parameters.empty() ? text : text + " WITH (" + parameters_sql(parameters) + ")";
}

// What a child says otherwise about columns that it only inherits.
std::vector<std::string> inherited_columns_sql(const Table& table, const Schema& schema) {
  std::vector<std::string> statements;
  if (is_partition(table)) return statements;
  const std::string alter = "ALTER TABLE ONLY " + sql_name(table) + " ALTER COLUMN ";
  for (const Column& column : table.columns) {
    const Column* parent = parent_column(table, column.name, schema);
    if (!is_only_inherited(column) || parent == nullptr || column.generated) continue;
    if (column.default_value && column.default_value != parent->default_value) {
      statements.push_back(alter + quote(column.name) + " SET DEFAULT " +
                           literal(*column.default_value));
    }
    if (!column.default_value && parent->default_value) {
      statements.push_back(alter + quote(column.name) + " DROP DEFAULT");
    }
    if (!column.nullable && parent->nullable) {
      statements.push_back(alter + quote(column.name) + " SET NOT NULL");
    }
  }
  return statements;
}

std::string attach_sql(std::string_view child, const Options& options, const Schema& schema) {
  return "ALTER TABLE ONLY " + relation_sql(option(options, "partition_of"), schema) +
         " ATTACH PARTITION " + relation_sql(child, schema) + " " +
         option(options, "partition_bound");
}

/// What the table is to inherit from a partitioned one, besides columns.
bool has_parts_to_inherit(const std::string& name, const Schema& schema) {
  const Table* parent = schema.find_table(name);
  if (parent == nullptr) return false;
  return !constraints_of(*parent).empty() || !parent->indexes.empty() ||
         has_parts_to_inherit(option(parent->options, "partition_of"), schema);
}

// After DETACH the server leaves copies of the parent's constraints and indexes, under names of its
// own choice. They go by the catalog; what the table is to have afterwards is created by name.
std::string detach_sql(const std::string& child, const Options& options, const Schema& schema) {
  const std::string& parent = option(options, "partition_of");
  const std::string detach =
      "ALTER TABLE " + relation_sql(parent, schema) + " DETACH PARTITION " + child;
  if (!has_parts_to_inherit(parent, schema)) return detach;
  const std::string table = string_literal(child) + "::regclass";
  return "DO $detach$\nDECLARE\n  parts text[];\n  part text;\nBEGIN\n"
         "  SELECT array_agg(sql) INTO parts FROM (\n"
         "    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname)"
         " AS sql\n"
         "    FROM pg_constraint c LEFT JOIN pg_constraint p ON p.oid = c.conparentid\n"
         "    WHERE c.conrelid = " +
         table +
         " AND c.contype <> 'n' AND (p.conrelid <> c.conrelid\n"
         "      OR c.conparentid = 0 AND c.coninhcount > 0 AND NOT c.conislocal)\n"
         "    UNION ALL\n"
         "    SELECT format('DROP INDEX %s', h.inhrelid::regclass)\n"
         "    FROM pg_inherits h JOIN pg_index i ON i.indexrelid = h.inhrelid\n"
         "    WHERE i.indrelid = " +
         table +
         " AND NOT EXISTS (SELECT FROM pg_constraint c\n"
         "      WHERE c.conindid = h.inhrelid AND c.contype IN ('p', 'u', 'x'))\n"
         "  ) AS inherited;\n  " +
         detach +
         ";\n  FOREACH part IN ARRAY coalesce(parts, '{}') LOOP\n    EXECUTE part;\n  END LOOP;\n"
         "END\n$detach$";
}

std::string replica_identity_sql(const std::string& table, const std::string& value) {
  const std::string alter = "ALTER TABLE " + table + " REPLICA IDENTITY ";
  if (value.empty()) return alter + "DEFAULT";
  if (!value.starts_with("index ")) return alter + to_upper(value);
  return alter + "USING INDEX " + quote(value.substr(6));
}

std::vector<std::string> security_sql(const Table& table) {
  std::vector<std::string> statements;
  const std::string alter = "ALTER TABLE " + sql_name(table) + " ";
  if (has_flag(table.options, "row_security")) {
    statements.push_back(alter + "ENABLE ROW LEVEL SECURITY");
  }
  if (has_flag(table.options, "force_row_security")) {
    statements.push_back(alter + "FORCE ROW LEVEL SECURITY");
  }
  const std::string& identity = option(table.options, "replica_identity");
  if (!identity.empty() && !identity.starts_with("index ")) {
    statements.push_back(replica_identity_sql(sql_name(table), identity));
  }
  return statements;
}

std::vector<std::string> index_statements(const Table& table, const Schema& schema) {
  std::vector<std::string> statements;
  const std::string name = qualified_name(table);
  for (const Index& index : table.indexes) {
    statements.push_back(index_sql(index, name, schema));
    append(statements, index_settings_sql(index, name, schema));
    append(statements, index_role_sql(table, index.name));
  }
  for (const Constraint& constraint : constraints_of(table)) {
    append(statements, index_role_sql(table, constraint_name(constraint)));
  }
  return statements;
}

bool has_index(const Table& table, std::string_view name) {
  if (std::any_of(table.indexes.begin(), table.indexes.end(),
                  [&](const Index& index) { return index.name == name; })) {
    return true;
  }
  const std::vector<Constraint> constraints = constraints_of(table);
  return std::any_of(constraints.begin(), constraints.end(), [&](const Constraint& constraint) {
    return constraint_name(constraint) == name;
  });
}

/// One change of a table's settings.
class SettingsChange {
 public:
  SettingsChange(const AlterTable& change, const Schema& schema)
      : change_(change),
        schema_(schema),
        table_(relation_sql(change.table, schema)),
        alter_("ALTER TABLE " + table_ + " ") {}

  std::vector<std::string> statements() {
    parents();
    security();
    index_roles();
    storage();
    if (change_.from.comment != change_.to.comment) {
      add(comment_sql("TABLE " + table_, change_.to.comment));
    }
    return std::move(statements_);
  }

 private:
  const std::string& from(std::string_view key) const { return option(change_.from.options, key); }
  const std::string& to(std::string_view key) const { return option(change_.to.options, key); }
  bool differs(std::string_view key) const { return from(key) != to(key); }
  void add(std::string sql) { statements_.push_back(std::move(sql)); }

  void parents() {
    if (differs("partition_by")) {
      throw Error(ErrorKind::kUnsupported,
                  "table " + change_.table + " cannot change how it is partitioned")
          .hint("create a new partitioned table, move the rows and drop the old one");
    }
    if (differs("partition_of")) {
      if (!from("partition_of").empty()) add(detach_sql(table_, change_.from.options, schema_));
      add_checks_of_parent();
    } else if (differs("partition_bound")) {
      add("ALTER TABLE " + relation_sql(from("partition_of"), schema_) + " DETACH PARTITION " +
          table_);
    }
    if ((differs("partition_of") || differs("partition_bound")) && !to("partition_of").empty()) {
      add(attach_sql(change_.table, change_.to.options, schema_));
    }
    if (differs("inherits")) {
      const std::vector<std::string> old = listed_names(from("inherits"));
      const std::vector<std::string> now = listed_names(to("inherits"));
      inherit(old, now, "NO INHERIT ");
      inherit(now, old, "INHERIT ");
    }
    if (!differs("of_type")) return;
    add(alter_ + (to("of_type").empty() ? std::string("NOT OF") : "OF " + to("of_type")));
  }

  void add_checks_of_parent() {
    const Table* known = schema_.find_table(change_.table);
    if (known == nullptr) return;
    Table table = *known;
    table.options = change_.to.options;
    for (const std::string& check : parent_checks(table, schema_)) add(alter_ + "ADD " + check);
  }

  void inherit(const std::vector<std::string>& these, const std::vector<std::string>& but,
               const std::string& words) {
    for (const std::string& name : these) {
      if (!contains(but, name)) add(alter_ + words + relation_sql(name, schema_));
    }
  }

  void security() {
    if (differs("row_security")) {
      add(alter_ + (to("row_security") == "true" ? "ENABLE" : "DISABLE") + " ROW LEVEL SECURITY");
    }
    if (differs("force_row_security")) {
      add(alter_ + (to("force_row_security") == "true" ? "FORCE" : "NO FORCE") +
          " ROW LEVEL SECURITY");
    }
  }

  // An index that is not there yet gets its role when it is created.
  bool can_name(const std::string& index) const {
    const Table* table = schema_.find_table(change_.table);
    return index.empty() || table == nullptr || has_index(*table, index);
  }

  void index_roles() {
    if (differs("replica_identity")) {
      const std::string& value = to("replica_identity");
      if (can_name(value.starts_with("index ") ? value.substr(6) : "")) {
        add(replica_identity_sql(table_, value));
      }
    }
    if (differs("clustered_on") && can_name(to("clustered_on"))) {
      const std::string& index = to("clustered_on");
      add(alter_ +
          (index.empty() ? std::string("SET WITHOUT CLUSTER") : "CLUSTER ON " + quote(index)));
    }
  }

  void storage() {
    if (differs("unlogged")) {
      add(alter_ + (to("unlogged") == "true" ? "SET UNLOGGED" : "SET LOGGED"));
    }
    if (differs("access_method")) {
      add(alter_ + "SET ACCESS METHOD " +
          (to("access_method").empty() ? "heap" : quote(to("access_method"))));
    }
    Parameters set;
    std::vector<std::string> reset;
    for (const auto& [name, value] : table_parameters(change_.to.options)) {
      if (from(name) != value) set.emplace_back(name, value);
    }
    for (const auto& [name, value] : table_parameters(change_.from.options)) {
      if (to(name).empty()) reset.push_back(name);
    }
    if (!set.empty()) add(alter_ + "SET (" + parameters_sql(set) + ")");
    if (!reset.empty()) add(alter_ + "RESET (" + join(reset, ", ") + ")");
  }

  const AlterTable& change_;
  const Schema& schema_;
  std::string table_;
  std::string alter_;
  std::vector<std::string> statements_;
};

}  // namespace

std::vector<std::string> parents_of(const Options& options) {
  const std::string& partitioned = option(options, "partition_of");
  if (!partitioned.empty()) return {partitioned};
  return listed_names(option(options, "inherits"));
}

std::vector<const Table*> descendants_of(std::string_view table, const Schema& schema) {
  std::vector<const Table*> found;
  std::set<std::string, std::less<>> names = {std::string(table)};
  for (bool grown = true; grown;) {
    grown = false;
    for (const Table& other : schema.tables) {
      if (other.options.empty() || names.contains(qualified_name(other))) continue;
      const std::vector<std::string> parents = parents_of(other.options);
      if (std::none_of(parents.begin(), parents.end(),
                       [&](const std::string& parent) { return names.contains(parent); })) {
        continue;
      }
      names.insert(qualified_name(other));
      found.push_back(&other);
      grown = true;
    }
  }
  return found;
}

bool is_partition(const Table& table) { return !option(table.options, "partition_of").empty(); }

bool is_inherited(const Column& column) { return !option(column.options, "inherited").empty(); }

bool is_only_inherited(const Column& column) { return has_flag(column.options, "inherited"); }

std::vector<std::string> create_table_sql(const Table& table, const Schema& schema) {
  const std::string name = qualified_name(table);
  std::vector<std::string> statements = {create_statement(table, schema)};
  append(statements, inherited_columns_sql(table, schema));
  for (const Column& column : table.columns) {
    append(statements, column_settings_sql(column, name, schema));
  }
  for (const Constraint& constraint : constraints_of(table)) {
    if (is_added_afterwards(constraint, table)) {
      append(statements, add_constraint_sql(constraint, name, schema));
    } else {
      append(statements, constraint_comment_sql(constraint, name, schema));
    }
  }
  if (is_partition(table)) statements.push_back(attach_sql(name, table.options, schema));
  append(statements, index_statements(table, schema));
  append(statements, security_sql(table));
  if (!table.comment.empty()) {
    statements.push_back(comment_sql("TABLE " + sql_name(table), table.comment));
  }
  return statements;
}

std::vector<std::string> alter_table_sql(const AlterTable& change, const Schema& schema) {
  return SettingsChange(change, schema).statements();
}

std::vector<std::string> index_role_sql(const Table& table, std::string_view index) {
  std::vector<std::string> statements;
  if (index.empty()) return statements;
  const std::string alter = "ALTER TABLE " + sql_name(table) + " ";
  if (option(table.options, "clustered_on") == index) {
    statements.push_back(alter + "CLUSTER ON " + quote(index));
  }
  if (option(table.options, "replica_identity") == "index " + std::string(index)) {
    statements.push_back(alter + "REPLICA IDENTITY USING INDEX " + quote(index));
  }
  return statements;
}

}  // namespace ormdb::postgresql
