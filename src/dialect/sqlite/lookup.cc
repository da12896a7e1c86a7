#include "dialect/sqlite/lookup.h"

#include "base/sql_scanner.h"
#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb {

bool same_name(std::string_view a, std::string_view b) { return iequals(a, b); }

bool holds_name(const std::vector<std::string>& names, std::string_view name) {
  for (const std::string& candidate : names) {
    if (same_name(candidate, name)) return true;
  }
  return false;
}

const Table* lookup_table(const Schema& schema, std::string_view name) {
  for (const Table& table : schema.tables) {
    if (same_name(qualified_name(table), name)) return &table;
  }
  return nullptr;
}

const Column* lookup_column(const Table& table, std::string_view name) {
  for (const Column& column : table.columns) {
    if (same_name(column.name, name)) return &column;
  }
  return nullptr;
}

const Table& require_table(const Schema& schema, std::string_view name) {
  const Table* table = lookup_table(schema, name);
  if (table != nullptr) return *table;
  std::vector<std::string> names;
  for (const Table& other : schema.tables) names.push_back(other.name);
  throw Error(ErrorKind::kScript,
              "there is no table " + std::string(name) + did_you_mean(name, names))
      .candidates(names);
}

std::string sqlite_option(const Options& options, const std::string& key) {
  const auto own = options.find("sqlite");
  if (own == options.end()) return "";
  const auto value = own->second.find(key);
  return value == own->second.end() ? "" : value->second;
}

bool is_set(const Options& options, const std::string& key) {
  return sqlite_option(options, key) == "true";
}

bool mentions(std::string_view sql, std::string_view name) {
  for (const SqlToken& token : scan_sql_tokens(sql, SqlDialect::kSqlite)) {
    if (token.can_be_name() && same_name(token.unquoted(), name)) return true;
  }
  return false;
}

bool references(const Table& table, std::string_view target) {
  for (const ForeignKey& key : table.foreign_keys) {
    if (same_name(key.referenced_table, target)) return true;
  }
  return false;
}

bool is_referenced(const Schema& schema, std::string_view target, bool but_itself) {
  for (const Table& table : schema.tables) {
    if (but_itself && same_name(table.name, target)) continue;
    if (references(table, target)) return true;
  }
  return false;
}

}  // namespace ormdb
