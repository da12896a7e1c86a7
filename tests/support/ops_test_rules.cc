#include "support/ops_test_rules.h"

#include <algorithm>

#include "base/sql_scanner.h"
#include "base/text.h"

namespace ormdb {
namespace {

class Normalizer {
 public:
  Normalizer(const Schema& schema, std::string_view dialect)
      : original_(schema), dialect_(dialect) {}

  void table(Table& table) const;
  void text(SqlText& text) const {
    if (text.empty()) return;
    text = SqlText{canonical_sql(text.for_dialect(dialect_), sql_dialect(dialect_)), {}};
  }

 private:
  static void fold(std::string& name) { name = to_lower(name); }
  static void fold(std::vector<std::string>& names) {
    for (std::string& name : names) fold(name);
  }
  void parts(const Table& table, std::vector<KeyPart>& parts) const;
  void enum_column(Table& table, Column& column) const;
  void foreign_key(ForeignKey& key) const;

  const Schema& original_;
  std::string_view dialect_;
};

void Normalizer::parts(const Table& table, std::vector<KeyPart>& parts) const {
  for (KeyPart& part : parts) {
    fold(part.column);
    text(part.expression);
    const Column* column = table.find_column(part.column);
    if (column != nullptr && column->collation == part.collation) part.collation.clear();
  }
}

void Normalizer::enum_column(Table& table, Column& column) const {
  if (column.type.kind != TypeKind::kEnum || dialect_ != "sqlite") return;
  std::string values;
  for (const Enum& value : original_.enums) {
    if (to_lower(value.name) != to_lower(column.type.name)) continue;
    for (const std::string& one : value.values)
      values += (values.empty() ? "'" : ", '") + one + "'";
  }
  table.checks.push_back({"", {column.name + " in (" + values + ")", {}}, {}});
  column.type = Type::string(0);
}

void Normalizer::foreign_key(ForeignKey& key) const {
  key.name.clear();
  fold(key.columns);
  fold(key.referenced_table);
  fold(key.referenced_columns);
  for (const Table& parent : original_.tables) {
    const bool implied = key.referenced_columns.empty() && parent.primary_key &&
                         to_lower(parent.name) == key.referenced_table;
    if (!implied) continue;
    for (const KeyPart& part : parent.primary_key->columns) {
      key.referenced_columns.push_back(to_lower(part.column));
    }
  }
}

void Normalizer::table(Table& table) const {
  fold(table.name);
  for (Column& column : table.columns) {
    fold(column.name);
    enum_column(table, column);
    column.renamed_from.clear();
    if (column.generated) text(column.generated->expression);
    if (column.default_value) text(column.default_value->sql);
  }
  if (table.primary_key) {
    table.primary_key->name.clear();
    parts(table, table.primary_key->columns);
    Column* column = table.find_column(table.primary_key->columns.front().column);
    const bool alias = table.primary_key->columns.size() == 1 && column != nullptr &&
                       column->type.kind == TypeKind::kInteger;
    if (alias) column->nullable = false;
  }
  for (Unique& unique : table.uniques) {
    unique.name.clear();
    parts(table, unique.columns);
  }
  for (Check& check : table.checks) {
    check.name.clear();
    text(check.expression);
  }
  for (ForeignKey& key : table.foreign_keys) foreign_key(key);
  for (Index& index : table.indexes) {
    fold(index.name);
    parts(table, index.columns);
    text(index.where);
    index.renamed_from.clear();
  }
  table.relationships.clear();
  table.renamed_from.clear();
}

template <typename Items>
void sort_by_name(Items& items) {
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return to_lower(a.name) < to_lower(b.name); });
}

}  // namespace

Schema TestRules::normalize(const Schema& schema) const {
  Schema result = schema;
  const Normalizer normalizer(schema, dialect_);
  for (Table& table : result.tables) normalizer.table(table);
  for (View& view : result.views) normalizer.text(view.query);
  for (Trigger& trigger : result.triggers) {
    normalizer.text(trigger.body);
    normalizer.text(trigger.when);
  }
  for (VirtualTable& table : result.virtual_tables) table.renamed_from.clear();
  if (dialect_ == "sqlite") result.enums.clear();
  sort_by_name(result.tables);
  sort_by_name(result.views);
  sort_by_name(result.triggers);
  sort_by_name(result.virtual_tables);
  return result;
}

std::string TestRules::fold(std::string_view identifier) const { return to_lower(identifier); }

}  // namespace ormdb
