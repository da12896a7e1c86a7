#include "dialect/postgresql/alter_enum.h"

#include <algorithm>

#include "base/text.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"
#include "ops/canonical.h"

namespace ormdb::postgresql {

std::optional<std::pair<std::string, std::string>> renamed_value(const Enum& from, const Enum& to) {
  if (from.values.size() != to.values.size()) return std::nullopt;
  std::optional<std::pair<std::string, std::string>> renamed;
  for (std::size_t i = 0; i < from.values.size(); ++i) {
    if (from.values[i] == to.values[i]) continue;
    if (renamed || contains(from.values, to.values[i])) return std::nullopt;
    renamed = {from.values[i], to.values[i]};
  }
  return renamed;
}

std::optional<std::vector<std::string>> added_values(const Enum& from, const Enum& to) {
  std::vector<std::string> added;
  std::size_t seen = 0;
  for (const std::string& value : to.values) {
    if (seen < from.values.size() && value == from.values[seen]) {
      ++seen;
    } else {
      added.push_back(value);
    }
  }
  if (seen < from.values.size()) return std::nullopt;
  for (const std::string& value : added) {
    if (contains(from.values, value)) return std::nullopt;
  }
  return added;
}

std::vector<std::string> create_enum_sql(const Enum& value) {
  std::vector<std::string> labels;
  for (const std::string& label : value.values) labels.push_back(string_literal(label));
  std::vector<std::string> statements = {"CREATE TYPE " + sql_name(value) + " AS ENUM (" +
                                         join(labels, ", ") + ")"};
  if (!value.comment.empty()) {
    statements.push_back(comment_sql("TYPE " + sql_name(value), value.comment));
  }
  return statements;
}

std::vector<std::string> add_values_sql(const Enum& from, const Enum& to) {
  std::vector<std::string> statements;
  std::size_t seen = 0;  // how many of the old values are passed
  for (std::size_t i = 0; i < to.values.size(); ++i) {
    const std::string& value = to.values[i];
    if (contains(from.values, value)) {
      ++seen;
      continue;
    }
    std::string sql = "ALTER TYPE " + sql_name(to) + " ADD VALUE " + string_literal(value);
    if (seen < from.values.size()) {
      sql += i == 0 ? " BEFORE " + string_literal(from.values.front())
                    : " AFTER " + string_literal(to.values[i - 1]);
    }
    statements.push_back(std::move(sql));
  }
  return statements;
}

}  // namespace ormdb::postgresql
