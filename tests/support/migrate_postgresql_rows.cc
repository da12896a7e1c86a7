#include "base/text.h"
#include "support/migrate_postgresql_builder.h"
#include "support/migrate_postgresql_schema.h"

namespace ormdb::test {
namespace {

constexpr std::size_t kRows = 3;

/// The key's column that the reference goes to, as a query; "" when the column is no reference.
std::string referenced_value(const Schema& schema, const Table& table, const std::string& column) {
  for (const ForeignKey& key : table.foreign_keys) {
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      const Table* parent = schema.find_table(key.referenced_table);
      if (key.columns[i] != column || parent == nullptr) continue;
      const std::string name = quoted_name(parent->primary_key->columns[i].column);
      return "(SELECT " + name + " FROM " + quoted_relation(*parent) + " ORDER BY " + name +
             " LIMIT 1)";
    }
  }
  return "";
}

/// "" for a column that the row leaves to its default.
std::string value_for(const Schema& schema, const Table& table, const Column& column,
                      std::size_t row) {
  const auto own = column.options.find("postgresql");
  const bool numbered =
      own != column.options.end() &&
      (own->second.contains("serial") ||
       (own->second.contains("identity") && own->second.at("identity") != "none"));
  if (column.generated || numbered) return "";
  const std::string reference = referenced_value(schema, table, column.name);
  if (!reference.empty()) return row == kRows - 1 ? "" : reference;
  if (row == kRows - 1 && (column.nullable || column.default_value)) return "";
  const TypeSample* sample = sample_of(column.type);
  return sample == nullptr ? "" : sample->values[row];
}

}  // namespace

std::vector<std::string> rows_for(const Schema& schema) {
  std::vector<std::string> statements;
  for (const Table& table : schema.tables) {
    for (std::size_t row = 0; row < kRows; ++row) {
      std::vector<std::string> names, values;
      for (const Column& column : table.columns) {
        std::string value = value_for(schema, table, column, row);
        if (value.empty()) continue;
        names.push_back(quoted_name(column.name));
        values.push_back(std::move(value));
      }
      const std::string into = "INSERT INTO " + quoted_relation(table);
      statements.push_back(names.empty() ? into + " DEFAULT VALUES"
                                         : into + " (" + join(names, ", ") + ") VALUES (" +
                                               join(values, ", ") + ")");
    }
  }
  return statements;
}

}  // namespace ormdb::test
