#include "support/ops_schema_generator.h"

#include <algorithm>

#include "base/text.h"

namespace ormdb {
namespace {

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

bool is_strict(const Table& table) {
  const auto found = table.options.find("sqlite");
  return found != table.options.end() && found->second.contains("strict");
}

bool is_without_rowid(const Table& table) {
  const auto found = table.options.find("sqlite");
  return found != table.options.end() && found->second.contains("without_rowid");
}

std::vector<std::string> plain_columns(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) {
    if (!column.generated) names.push_back(column.name);
  }
  return names;
}

bool has_relation(const Schema& schema, const std::string& name) {
  const auto any = [&](const auto& items) {
    return std::any_of(items.begin(), items.end(),
                       [&](const auto& item) { return iequals(item.name, name); });
  };
  return any(schema.tables) || any(schema.views) || any(schema.virtual_tables);
}

bool has_column(const Table& table, const std::string& name) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [&](const Column& column) { return iequals(column.name, name); });
}

KeyPart part_of(std::string column) {
  KeyPart part;
  part.column = std::move(column);
  return part;
}

bool same_columns(const std::vector<KeyPart>& a, const std::vector<KeyPart>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const KeyPart& x, const KeyPart& y) { return x.column == y.column; });
}

}  // namespace

/// SplitMix64 (Steele, Lea, Flood 2014): the same on every machine, unlike std's distributions.
std::uint64_t OpsSchemaGenerator::next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

std::size_t OpsSchemaGenerator::below(std::size_t limit) {
  return limit == 0 ? 0 : static_cast<std::size_t>(next() % limit);
}

template <typename Items>
void OpsSchemaGenerator::shuffle(Items& items) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
}

std::string OpsSchemaGenerator::fresh_table_name(const Schema& schema) {
  static const std::vector<std::string> names = {"user",      "post",    "Tag",  "order",
                                                 "line item", "comment", "café", "invoice",
                                                 "group",     "a",       "b",    "track"};
  for (int i = 0; i < 4; ++i) {
    std::string name = pick(names);
    if (!has_relation(schema, name)) return name;
  }
  return "table" + std::to_string(++names_) + "x" + std::to_string(below(1000000));
}

Type OpsSchemaGenerator::random_type(const Schema& schema, bool strict) {
  static const std::vector<const char*> portable = {
      "integer", "big_integer", "small_integer", "string(20)",   "string(80)",    "string",
      "text",    "boolean",     "float",         "double",       "numeric(10,2)", "numeric",
      "date",    "time",        "datetime",      "large_binary", "json",          "uuid"};
  static const std::vector<const char*> native = {"NVARCHAR(160)", "INT", "TINYINT", "MONEY", ""};
  if (!schema.enums.empty() && chance(12)) {
    Type type = Type::of(TypeKind::kEnum);
    type.name = pick(schema.enums).name;
    return type;
  }
  if (!strict && chance(12)) return Type::native_of("sqlite", pick(native));
  return *parse_type(pick(portable));
}

Literal OpsSchemaGenerator::random_default(const Type& type) {
  switch (below(8)) {
    case 0:
      return Literal::expression("CURRENT_TIMESTAMP");
    case 1:
      return Literal::expression("1 + 2");
    case 2:
      return Literal::boolean(chance(50));
    case 3:
      return Literal::null();
    case 4:
      return Literal::binary(std::string("\0\xff", 2));
    case 5:
      return Literal::string("it's " + render_type(type));
    default:
      return Literal::number(std::to_string(below(5)));
  }
}

void OpsSchemaGenerator::add_column(const Schema& schema, Table& table) {
  static const std::vector<std::string> names = {"title", "content",   "price", "qty",  "Created",
                                                 "group", "full name", "état",  "note", "rank"};
  Column column;
  column.name = pick(names);
  if (has_column(table, column.name)) column.name = "c" + std::to_string(below(1000000));
  if (has_column(table, column.name)) return;
  column.type = random_type(schema, is_strict(table));
  column.nullable = chance(60);
  // A table that has rows takes no new column without a value.
  if (!column.nullable || chance(30)) column.default_value = random_default(column.type);
  if (!column.nullable && column.default_value->kind == Literal::Kind::kNull) {
    column.default_value = Literal::number("0");
  }
  if (chance(15)) column.collation = chance(50) ? "NOCASE" : "RTRIM";
  if (!column.nullable && chance(8)) column.options["sqlite"]["not_null_on_conflict"] = "replace";
  if (chance(8)) column.comment = "comment " + std::to_string(below(3));
  table.columns.push_back(std::move(column));
}

void OpsSchemaGenerator::add_generated(Table& table) {
  const std::vector<std::string> sources = plain_columns(table);
  Column column;
  column.name = "g" + std::to_string(below(1000000));
  if (sources.empty() || has_column(table, column.name)) return;
  column.type = Type::of(TypeKind::kText);
  column.nullable = true;
  Generated generated;
  generated.expression.common =
      chance(50) ? "length(" + quoted(pick(sources)) + ") + 1" : quoted(pick(sources)) + " || 'x'";
  generated.stored = chance(40);
  column.generated = generated;
  table.columns.push_back(std::move(column));
}

void OpsSchemaGenerator::add_primary_key(Table& table) {
  table.primary_key.reset();
  for (Column& column : table.columns) column.autoincrement = false;
  PrimaryKey key;
  if (chance(20)) key.name = "pk_" + std::to_string(below(100));
  const std::vector<std::string> columns = plain_columns(table);
  const bool without_rowid = is_without_rowid(table);
  if (!without_rowid && (chance(60) || columns.size() < 2)) {
    if (!has_column(table, "id")) {
      Column id;
      id.name = "id";
      id.type = Type::of(TypeKind::kInteger);
      table.columns.insert(table.columns.begin(), id);
    }
    Column* id = table.find_column("id");
    if (id == nullptr || id->generated) return;
    id->default_value.reset();
    key.columns.push_back(part_of("id"));
    if (id->type.kind == TypeKind::kInteger) id->autoincrement = chance(20);
  } else {
    const std::string first = columns[below(columns.size())];
    key.columns.push_back(part_of(first));
    const std::string second = columns[below(columns.size())];
    if (second != first) key.columns.push_back(part_of(second));
    if (key.columns.size() == 2 && chance(20)) key.columns.back().descending = true;
  }
  table.primary_key = std::move(key);
}

void OpsSchemaGenerator::add_check(Table& table) {
  const std::vector<std::string> columns = plain_columns(table);
  if (columns.empty()) return;
  Check check;
  if (chance(40)) check.name = "ck_" + std::to_string(below(1000000));
  const std::string a = quoted(columns[below(columns.size())]);
  const std::string b = quoted(columns[below(columns.size())]);
  switch (below(3)) {
    case 0:
      check.expression.common = a + " IS NOT NULL OR " + b + " <> 'x'";
      break;
    case 1:
      check.expression.common = "length(" + a + ") < " + std::to_string(50 + below(100));
      break;
    default:
      check.expression.common = a + " IS NULL  OR " + a + " >= 0";
  }
  table.checks.push_back(std::move(check));
}

KeyPart OpsSchemaGenerator::random_part(const Table& table, bool may_be_expression) {
  const std::vector<std::string> columns = plain_columns(table);
  const std::string column = columns[below(columns.size())];
  KeyPart part;
  if (may_be_expression && chance(20)) {
    part.expression.common = "lower(" + quoted(column) + ")";
  } else {
    part.column = column;
  }
  part.descending = may_be_expression && chance(20);
  if (may_be_expression && chance(15)) part.collation = "NOCASE";
  return part;
}

void OpsSchemaGenerator::add_unique(Table& table) {
  const std::vector<std::string> columns = plain_columns(table);
  if (columns.empty()) return;
  Unique unique;
  if (chance(40)) unique.name = "uq_" + std::to_string(below(1000000));
  unique.columns.push_back(random_part(table, false));
  KeyPart second = random_part(table, false);
  if (second.column != unique.columns.front().column && chance(60)) {
    unique.columns.push_back(std::move(second));
  }
  if (chance(10)) unique.options["sqlite"]["on_conflict"] = "ignore";
  if (table.primary_key && same_columns(table.primary_key->columns, unique.columns)) return;
  for (const Unique& other : table.uniques) {
    if (same_columns(other.columns, unique.columns)) return;
  }
  table.uniques.push_back(std::move(unique));
}

void OpsSchemaGenerator::add_foreign_key(Schema& schema, Table& table) {
  const Table& parent = pick(schema.tables);
  std::vector<std::vector<KeyPart>> keys;
  if (parent.primary_key) keys.push_back(parent.primary_key->columns);
  for (const Unique& unique : parent.uniques) keys.push_back(unique.columns);
  if (keys.empty()) return;
  const std::vector<KeyPart> parts = pick(keys);
  ForeignKey key;
  if (chance(40)) key.name = "fk_" + std::to_string(below(1000000));
  std::vector<Column> own;
  for (const KeyPart& part : parts) {
    Column column;
    column.name = "ref" + std::to_string(below(1000000));
    const Column* referenced = parent.find_column(part.column);
    column.type =
        referenced == nullptr || (is_strict(table) && referenced->type.kind == TypeKind::kNative)
            ? Type::of(TypeKind::kText)
            : referenced->type;
    column.nullable = true;
    key.columns.push_back(column.name);
    key.referenced_columns.push_back(part.column);
    own.push_back(std::move(column));
  }
  key.referenced_table = chance(15) ? to_upper(parent.name) : parent.name;
  const bool is_primary = parent.primary_key && parts == parent.primary_key->columns;
  if (is_primary && chance(15)) key.referenced_columns.clear();
  key.on_delete = static_cast<ForeignKeyAction>(below(5));
  key.on_update =
      chance(70) ? ForeignKeyAction::kNoAction : static_cast<ForeignKeyAction>(below(5));
  key.deferrable = chance(70) ? Deferrable::kNo : static_cast<Deferrable>(below(3));
  for (Column& column : own) table.columns.push_back(std::move(column));
  table.foreign_keys.push_back(std::move(key));
}

void OpsSchemaGenerator::add_index(const Schema& schema, Table& table) {
  if (plain_columns(table).empty()) return;
  Index index;
  index.name = "ix_" + std::to_string(below(40));
  for (const Table& other : schema.tables) {
    for (const Index& existing : other.indexes) {
      if (existing.name == index.name) index.name = "ix_long_" + std::to_string(next() % 100000000);
    }
  }
  index.columns.push_back(random_part(table, true));
  if (chance(30)) index.columns.push_back(random_part(table, true));
  index.unique = chance(20);
  if (chance(25)) {
    index.where.common = quoted(pick(table.columns).name) + " IS NOT NULL";
  }
  table.indexes.push_back(std::move(index));
}

void OpsSchemaGenerator::add_table(Schema& schema) {
  Table table;
  table.name = fresh_table_name(schema);
  if (chance(15)) table.options["sqlite"]["strict"] = "true";
  const std::size_t columns = 2 + below(4);
  for (std::size_t i = 0; i < columns; ++i) add_column(schema, table);
  if (chance(15)) table.options["sqlite"]["without_rowid"] = "true";
  if (is_without_rowid(table) || chance(85)) add_primary_key(table);
  if (chance(25)) add_generated(table);
  if (chance(40)) add_check(table);
  if (chance(40)) add_unique(table);
  if (chance(10)) table.comment = "about " + table.name;
  schema.tables.push_back(std::move(table));
  Table& added = schema.tables.back();
  while (chance(40)) add_index(schema, added);
  while (chance(35)) add_foreign_key(schema, added);
}

std::string OpsSchemaGenerator::random_query(const Schema& schema, View& view) {
  const Table& table = pick(schema.tables);
  std::string columns;
  const std::size_t count = 1 + below(2);
  const bool names_columns = chance(30);
  for (std::size_t i = 0; i < count; ++i) {
    const Column& column = table.columns[below(table.columns.size())];
    columns += (columns.empty() ? "" : ", ") + quoted(table.name) + "." + quoted(column.name) +
               " AS \"o" + std::to_string(i) + "\"";
    if (names_columns) view.columns.push_back("k" + std::to_string(i));
  }
  std::string from = quoted(table.name);
  if (!schema.views.empty() && chance(40)) from += " CROSS JOIN " + quoted(pick(schema.views).name);
  std::string query = "SELECT " + columns + " FROM " + from;
  if (chance(40)) {
    query += " WHERE " + quoted(table.name) + "." + quoted(table.columns.front().name) + " > " +
             std::to_string(below(4));
  }
  return query;
}

void OpsSchemaGenerator::add_view(Schema& schema) {
  if (schema.tables.empty()) return;
  View view;
  view.name = (chance(50) ? "v_" : "Aview ") + std::to_string(below(40));
  if (has_relation(schema, view.name)) return;
  view.query.common = random_query(schema, view);
  schema.views.push_back(std::move(view));
}

void OpsSchemaGenerator::add_trigger(Schema& schema) {
  if (schema.tables.empty()) return;
  Trigger trigger;
  trigger.name = "tr_" + std::to_string(below(40));
  for (const Trigger& other : schema.triggers) {
    if (other.name == trigger.name) return;
  }
  const Table& table = pick(schema.tables);
  const Table& other = pick(schema.tables);
  const std::string column = pick(table.columns).name;
  const std::string target = pick(other.columns).name;
  static const std::vector<std::string> events = {"insert", "update", "delete"};
  const std::string event = pick(events);
  trigger.events = {event};
  const std::string row = event == "delete" ? "old" : "new";
  trigger.body.common = "DELETE FROM " + quoted(other.name) + " WHERE " + quoted(other.name) + "." +
                        quoted(target) + " = " + row + "." + quoted(column) + ";";
  if (!schema.views.empty() && chance(25)) {
    trigger.table = pick(schema.views).name;
    trigger.timing = "instead_of";
    trigger.body.common = "SELECT 1;";
  } else {
    trigger.table = table.name;
    trigger.timing = chance(50) ? "after" : "before";
    if (event == "update" && chance(50)) trigger.update_of = {pick(table.columns).name};
    if (chance(30)) trigger.when.common = row + "." + quoted(column) + " IS NOT NULL";
  }
  schema.triggers.push_back(std::move(trigger));
}

void OpsSchemaGenerator::add_virtual_table(Schema& schema) {
  VirtualTable table;
  table.name = "search" + std::to_string(below(4));
  if (has_relation(schema, table.name)) return;
  table.module = chance(70) ? "fts5" : "rtree";
  table.arguments = table.module == "rtree" ? "id, min_x, max_x"
                    : chance(50)            ? "title, body"
                                            : "title, body, tokenize = 'porter'";
  schema.virtual_tables.push_back(std::move(table));
}

void OpsSchemaGenerator::add_enum(Schema& schema) {
  Enum value;
  value.name = "mood" + std::to_string(below(3));
  for (const Enum& other : schema.enums) {
    if (other.name == value.name) return;
  }
  value.values = {"good", "bad"};
  if (chance(50)) value.values.emplace_back("indifferent");
  schema.enums.push_back(std::move(value));
}

Schema OpsSchemaGenerator::schema() {
  Schema schema;
  while (chance(30)) add_enum(schema);
  const std::size_t tables = below(5);
  for (std::size_t i = 0; i < tables; ++i) add_table(schema);
  for (Table& table : schema.tables) {
    if (chance(20)) add_foreign_key(schema, table);
  }
  if (chance(20)) add_virtual_table(schema);
  while (chance(45)) add_view(schema);
  while (chance(45)) add_trigger(schema);
  drop_dangling(schema);
  return schema;
}

Schema OpsSchemaGenerator::shuffled(Schema schema) {
  shuffle(schema.tables);
  shuffle(schema.views);
  shuffle(schema.triggers);
  shuffle(schema.virtual_tables);
  shuffle(schema.enums);
  for (Table& table : schema.tables) {
    shuffle(table.uniques);
    shuffle(table.foreign_keys);
    shuffle(table.checks);
    shuffle(table.indexes);
  }
  return schema;
}

}  // namespace ormdb
