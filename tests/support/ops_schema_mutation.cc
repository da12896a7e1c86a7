#include <algorithm>
#include <set>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "support/ops_schema_generator.h"

namespace ormdb {
namespace {

const Column* column_of(const Table& table, const std::string& name) {
  for (const Column& column : table.columns) {
    if (iequals(column.name, name)) return &column;
  }
  return nullptr;
}

const Table* table_of(const Schema& schema, const std::string& name) {
  for (const Table& table : schema.tables) {
    if (iequals(table.name, name)) return &table;
  }
  return nullptr;
}

bool has_view(const Schema& schema, const std::string& name) {
  return std::any_of(schema.views.begin(), schema.views.end(),
                     [&](const View& view) { return iequals(view.name, name); });
}

/// Whether every quoted name of an expression is a column of the table that is not generated.
bool expression_fits(const SqlText& text, const Table& table) {
  for (const SqlToken& token : scan_sql_tokens(text.common, SqlDialect::kSqlite)) {
    if (token.kind != SqlToken::Kind::kQuoted) continue;
    const Column* column = column_of(table, token.unquoted());
    if (column == nullptr || column->generated) return false;
  }
  return true;
}

bool parts_fit(const Table& table, const std::vector<KeyPart>& parts) {
  return std::all_of(parts.begin(), parts.end(), [&](const KeyPart& part) {
    if (part.column.empty()) return expression_fits(part.expression, table);
    const Column* column = column_of(table, part.column);
    return column != nullptr && !column->generated;
  });
}

/// Whether a view's or trigger's text names only what is there. `rows`: the table of NEW and OLD.
bool statement_fits(const SqlText& text, const Schema& schema, const Table* rows) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(text.common, SqlDialect::kSqlite);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != SqlToken::Kind::kQuoted) continue;
    const std::string name = tokens[i].unquoted();
    if (i > 0 && tokens[i - 1].is_word("as")) continue;
    if (i > 1 && tokens[i - 1].is_symbol(".")) {
      const bool of_row = tokens[i - 2].is_word("new") || tokens[i - 2].is_word("old");
      const Table* owner = of_row ? rows : table_of(schema, tokens[i - 2].unquoted());
      if (owner == nullptr || column_of(*owner, name) == nullptr) return false;
    } else if (table_of(schema, name) == nullptr && !has_view(schema, name)) {
      return false;
    }
  }
  return true;
}

bool same_names(const std::vector<KeyPart>& parts, const std::vector<std::string>& names) {
  std::set<std::string> a;
  std::set<std::string> b;
  for (const KeyPart& part : parts) a.insert(to_lower(part.column));
  for (const std::string& name : names) b.insert(to_lower(name));
  return a == b && parts.size() == names.size();
}

/// Whether the key's columns have the types of the parent's.
bool types_fit(const ForeignKey& key, const Table& table, const Table& parent) {
  std::vector<std::string> referenced = key.referenced_columns;
  if (referenced.empty() && parent.primary_key) {
    for (const KeyPart& part : parent.primary_key->columns) referenced.push_back(part.column);
  }
  for (std::size_t i = 0; i < key.columns.size() && i < referenced.size(); ++i) {
    const Column* own = column_of(table, key.columns[i]);
    const Column* other = column_of(parent, referenced[i]);
    if (own == nullptr || other == nullptr) return false;
    const bool native =
        own->type.kind == TypeKind::kNative || other->type.kind == TypeKind::kNative;
    if (!native && own->type.kind != other->type.kind) return false;
  }
  return true;
}

bool foreign_key_fits(const ForeignKey& key, const Table& table, const Schema& schema) {
  const Table* parent = table_of(schema, key.referenced_table);
  if (parent == nullptr || !types_fit(key, table, *parent)) return false;
  for (const std::string& name : key.columns) {
    if (column_of(table, name) == nullptr) return false;
  }
  if (key.referenced_columns.empty()) {
    return parent->primary_key && parent->primary_key->columns.size() == key.columns.size();
  }
  if (parent->primary_key && same_names(parent->primary_key->columns, key.referenced_columns)) {
    return true;
  }
  return std::any_of(parent->uniques.begin(), parent->uniques.end(), [&](const Unique& unique) {
    return same_names(unique.columns, key.referenced_columns);
  });
}

void fix_columns(Table& table, const Schema& schema) {
  std::erase_if(table.columns, [&](const Column& column) {
    return column.generated && !expression_fits(column.generated->expression, table);
  });
  const auto options = table.options.find("sqlite");
  const bool strict = options != table.options.end() && options->second.contains("strict");
  for (Column& column : table.columns) {
    const bool is_enum = column.type.kind == TypeKind::kEnum;
    if (is_enum && schema.find_enum(column.type.name) == nullptr) column.type = Type::string(9);
    if (strict && column.type.kind == TypeKind::kNative) column.type = Type::of(TypeKind::kText);
  }
}

void fix_primary_key(Table& table) {
  const std::optional<PrimaryKey>& key = table.primary_key;
  if (key && !parts_fit(table, key->columns)) table.primary_key.reset();
  const auto options = table.options.find("sqlite");
  if (options != table.options.end()) {
    if (!key) options->second.erase("without_rowid");
    if (options->second.empty()) table.options.erase(options);
  }
  const bool rowid =
      !table.options.contains("sqlite") || !table.options.at("sqlite").contains("without_rowid");
  for (Column& column : table.columns) {
    const bool alias = rowid && key && key->columns.size() == 1 &&
                       iequals(key->columns.front().column, column.name) &&
                       column.type.kind == TypeKind::kInteger;
    column.autoincrement = column.autoincrement && alias;
  }
}

void fix_constraints(Table& table, const Schema& schema) {
  std::erase_if(table.uniques, [&](const Unique& unique) {
    const auto same_as_key = [&] {
      std::vector<std::string> names;
      for (const KeyPart& part : unique.columns) names.push_back(part.column);
      return table.primary_key && same_names(table.primary_key->columns, names);
    };
    return !parts_fit(table, unique.columns) || same_as_key();
  });
  std::erase_if(table.checks,
                [&](const Check& check) { return !expression_fits(check.expression, table); });
  std::erase_if(table.indexes, [&](const Index& index) {
    return !parts_fit(table, index.columns) || !expression_fits(index.where, table);
  });
  std::erase_if(table.foreign_keys,
                [&](const ForeignKey& key) { return !foreign_key_fits(key, table, schema); });
}

bool trigger_fits(const Trigger& trigger, const Schema& schema) {
  const Table* table = table_of(schema, trigger.table);
  if ((trigger.timing == "instead_of") == (table != nullptr)) return false;
  if (table == nullptr) return has_view(schema, trigger.table);
  return std::all_of(trigger.update_of.begin(), trigger.update_of.end(),
                     [&](const std::string& name) { return column_of(*table, name) != nullptr; }) &&
         statement_fits(trigger.body, schema, table) && statement_fits(trigger.when, schema, table);
}

/// SQLite keeps one space of names for indexes.
void remove_repeated_indexes(Schema& schema) {
  std::set<std::string> seen;
  for (Table& table : schema.tables) {
    std::erase_if(table.indexes,
                  [&](const Index& index) { return !seen.insert(index.name).second; });
  }
}

}  // namespace

void drop_dangling(Schema& schema) {
  for (bool changed = true; changed;) {
    const Schema before = schema;
    for (Table& table : schema.tables) {
      fix_columns(table, schema);
      fix_primary_key(table);
    }
    for (Table& table : schema.tables) fix_constraints(table, schema);
    std::erase_if(schema.views,
                  [&](const View& view) { return !statement_fits(view.query, schema, nullptr); });
    std::erase_if(schema.triggers,
                  [&](const Trigger& trigger) { return !trigger_fits(trigger, schema); });
    changed = schema != before;
  }
  remove_repeated_indexes(schema);
}

void OpsSchemaGenerator::mutate_column(const Schema& schema, Table& table) {
  Column& column = pick(table.columns);
  const bool is_key = table.primary_key && same_names(table.primary_key->columns, {column.name});
  switch (below(7)) {
    case 0:
      if (!column.generated) column.type = random_type(schema, false);
      break;
    case 1:
      column.nullable = column.generated || !column.nullable;
      if (!column.nullable && !column.default_value) column.default_value = Literal::number("7");
      if (column.nullable) column.options.clear();
      break;
    case 2:
      if (column.generated || is_key) break;
      column.default_value = random_default(column.type);
      break;
    case 3:
      column.collation = column.collation.empty() ? "NOCASE" : "";
      break;
    case 4:
      column.name = chance(50) ? to_upper(column.name) : to_lower(column.name);
      break;
    case 5:
      if (column.generated) {
        if (chance(50)) {
          column.generated.reset();
        } else {
          column.generated->stored = !column.generated->stored;
        }
      } else {
        column.comment = chance(50) ? "" : "changed";
      }
      break;
    default:
      table.columns.erase(table.columns.begin() +
                          static_cast<std::ptrdiff_t>(below(table.columns.size())));
  }
  const bool has_plain = std::any_of(table.columns.begin(), table.columns.end(),
                                     [](const Column& one) { return !one.generated; });
  if (!has_plain) add_column(schema, table);
}

void OpsSchemaGenerator::mutate_table(Schema& schema, Table& table) {
  switch (below(14)) {
    case 0:
    case 1:
      add_column(schema, table);
      break;
    case 2:
      add_generated(table);
      break;
    case 3:
      add_primary_key(table);
      break;
    case 4:
      add_check(table);
      break;
    case 5:
      add_unique(table);
      break;
    case 6:
    case 7:
      add_foreign_key(schema, table);
      break;
    case 8:
      add_index(schema, table);
      break;
    case 9:
      if (!table.indexes.empty()) table.indexes.erase(table.indexes.begin());
      break;
    case 10:
      if (!table.uniques.empty())
        std::swap(table.uniques.front().columns.front(), table.uniques.front().columns.back());
      if (!table.foreign_keys.empty()) {
        table.foreign_keys.front().on_delete = static_cast<ForeignKeyAction>(below(5));
      }
      break;
    case 11:
      if (!table.checks.empty()) table.checks.pop_back();
      if (!table.foreign_keys.empty() && chance(50)) table.foreign_keys.pop_back();
      if (!table.uniques.empty() && chance(50)) table.uniques.pop_back();
      break;
    case 12:
      table.options["sqlite"].erase("strict");
      if (chance(50)) table.options["sqlite"]["strict"] = "true";
      if (chance(30)) table.options["sqlite"]["without_rowid"] = "true";
      if (table.options["sqlite"].empty()) table.options.erase("sqlite");
      break;
    default:
      mutate_column(schema, table);
  }
}

void OpsSchemaGenerator::mutate_object(Schema& schema) {
  switch (below(9)) {
    case 0:
      add_virtual_table(schema);
      break;
    case 1:
      if (!schema.virtual_tables.empty()) schema.virtual_tables.pop_back();
      break;
    case 2:
      add_view(schema);
      break;
    case 3:
      if (schema.views.empty() || schema.tables.empty()) break;
      {
        Schema without_views = schema;
        without_views.views.clear();
        View& view = pick(schema.views);
        view.columns.clear();
        view.query.common = random_query(without_views, view);
      }
      break;
    case 4:
      if (!schema.views.empty()) schema.views.erase(schema.views.begin());
      break;
    case 5:
      add_trigger(schema);
      break;
    case 6:
      if (!schema.triggers.empty()) pick(schema.triggers).events = {"delete"};
      for (Trigger& trigger : schema.triggers) {
        if (trigger.events.front() != "delete") continue;
        trigger.update_of.clear();
        trigger.body.common = replace_all(trigger.body.common, "new.", "old.");
        trigger.when.common = replace_all(trigger.when.common, "new.", "old.");
      }
      break;
    case 7:
      if (!schema.triggers.empty()) schema.triggers.erase(schema.triggers.begin());
      break;
    default:
      add_enum(schema);
      if (!schema.enums.empty())
        pick(schema.enums).values.emplace_back("v" + std::to_string(below(99)));
  }
}

void OpsSchemaGenerator::mutate_once(Schema& schema) {
  const std::size_t what = below(10);
  if (schema.tables.empty() || what == 0) {
    add_table(schema);
  } else if (what == 1) {
    schema.tables.erase(schema.tables.begin() +
                        static_cast<std::ptrdiff_t>(below(schema.tables.size())));
  } else if (what == 2 && schema.tables.size() > 1) {
    // An index's name moves to another table.
    Table& from = pick(schema.tables);
    Table& to = pick(schema.tables);
    if (from.indexes.empty() || to.columns.front().generated) return;
    Index index = from.indexes.back();
    from.indexes.pop_back();
    index.columns = {random_part(to, false)};
    index.where = {};
    to.indexes.push_back(std::move(index));
  } else if (what < 8) {
    mutate_table(schema, pick(schema.tables));
  } else {
    mutate_object(schema);
  }
}

Schema OpsSchemaGenerator::mutated(const Schema& schema) {
  Schema result = schema;
  const std::size_t count = 1 + below(6);
  for (std::size_t i = 0; i < count; ++i) mutate_once(result);
  drop_dangling(result);
  return result;
}

}  // namespace ormdb
