// Random schema values for round trips: everything a document can say, with the odd names and texts
// that break careless readers. Values are canonical: SQL text has no outer white space.
#pragma once

#include <algorithm>
#include <random>

#include "ormdb/schema.h"
#include "schema/object_kind.h"

namespace ormdb::testing {

class RandomSchema {
 public:
  explicit RandomSchema(unsigned seed) : engine_(seed) {}

  bool coin(int one_in = 2) { return below(static_cast<std::size_t>(one_in)) == 0; }
  std::size_t below(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine_);
  }

  std::string odd_text() {
    static const std::vector<std::string> kTexts = {
        "plain",      "two words", "null",    "true", "no",     "0",           "1.50",
        "007",        "a.b",       "a: b",    "# x",  "x # y",  "it's",        "say \"hi\"",
        "line\nline", "tab\there", "{brace}", "[x]",  "- dash", "~",           "\xC3\xA9t\xC3\xA9",
        "*star",      "&amp",      "%p",      "@at",  "`tick`", "back\\slash", "a,b",
        "?",          ":",         "key:",    "|",    ">",      "!tag",        "1e5"};
    return kTexts[below(kTexts.size())];
  }

  /// A name that is none yet; `index` keeps it apart from others.
  std::string name(std::size_t index) {
    static const std::vector<std::string> kStems = {
        "a",    "title", "user_id",   "Order",    "first name", "x.y", "desc", "a(b)",
        "true", "12",    "say \"x\"", "\xC3\xA9", "a,b",        "a-b", "null"};
    return kStems[below(kStems.size())] + (coin() ? "" : "_") + std::to_string(index);
  }

  SqlText sql() {
    static const std::vector<std::string> kSql = {"price > 0",
                                                  "a || ': ' || b",
                                                  "lower(name) = 'x # y'",
                                                  "x IN (1, 2)",
                                                  "CASE WHEN a\nTHEN b\n  END",
                                                  "1",
                                                  "true",
                                                  "\"quoted\" IS NOT NULL",
                                                  "{}"};
    SqlText text;
    text.common = kSql[below(kSql.size())];
    if (coin(5)) text.by_dialect["sqlite"] = kSql[below(kSql.size())];
    if (coin(5)) text.by_dialect["mysql"] = kSql[below(kSql.size())];
    if (!text.by_dialect.empty() && coin()) text.common.clear();
    return text;
  }

  SqlText maybe_sql() { return coin(3) ? sql() : SqlText{}; }
  std::string maybe_text() { return coin(4) ? odd_text() : std::string(); }

  Literal literal() {
    static const std::vector<std::string> kNumbers = {"0",   "-1",   "1.50", "007",
                                                      "1e5", "0x1F", "10"};
    switch (below(6)) {
      case 0:
        return Literal::null();
      case 1:
        return Literal::boolean(coin());
      case 2:
        return Literal::number(kNumbers[below(kNumbers.size())]);
      case 3:
        return Literal::string(coin(8) ? "" : odd_text());
      case 4:
        return Literal::binary(std::string("\0\xFFz", 3));
      default:
        break;
    }
    Literal expression = Literal::expression("");
    expression.sql = sql();
    return expression;
  }

  Type type(int depth = 0) {
    switch (below(depth > 1 ? 7 : 8)) {
      case 0:
        return Type::string(static_cast<int>(below(3)) * 60);
      case 1:
        return Type::numeric(10, static_cast<int>(below(3)));
      case 2: {
        Type type = Type::of(TypeKind::kDatetime);
        type.timezone = coin();
        return type;
      }
      case 3: {
        Type type = Type::of(TypeKind::kEnum);
        type.name = coin(3) ? "odd) name" : "status";
        if (coin(3)) type.name = " padded ";
        return type;
      }
      case 4: {
        Type type = Type::native_of("sqlite", odd_text());
        if (coin()) type.native["postgresql"] = "citext";
        return type;
      }
      case 5:
        return Type::of(TypeKind::kText);
      case 6:
        return Type::of(TypeKind::kLargeBinary);
      default:
        break;
    }
    Type array = Type::of(TypeKind::kArray);
    array.element.push_back(type(depth + 1));
    return array;
  }

  /// `conflict` is the key of SQLite's that the object has, if it has one.
  Options options(const std::string& conflict = "") {
    static const std::vector<std::string> kActions = {"rollback", "abort", "fail", "ignore",
                                                      "REPLACE"};
    Options options;
    if (!conflict.empty() && coin(4)) {
      options["sqlite"][conflict] = kActions[below(kActions.size())];
    }
    if (coin(4)) options["postgresql"]["storage"] = odd_text();
    if (coin(6)) options["mysql"]["engine"] = coin() ? "true" : "false";
    return options;
  }

  Column column(std::string name) {
    Column column;
    column.name = std::move(name);
    column.type = type();
    column.nullable = coin();
    if (coin(3)) column.default_value = literal();
    if (coin(6)) column.generated = Generated{sql(), coin()};
    column.autoincrement = coin(8);
    column.collation = maybe_text();
    column.comment = maybe_text();
    column.options = options("not_null_on_conflict");
    column.renamed_from = maybe_text();
    return column;
  }

  KeyPart column_part(const Table& table) {
    KeyPart part;
    part.column = table.columns[below(table.columns.size())].name;
    if (coin(4)) part.descending = true;
    if (coin(6)) part.collation = coin() ? "NOCASE" : odd_text();
    if (coin(8)) part.prefix_length = 10;
    return part;
  }

  KeyPart index_part(const Table& table) {
    KeyPart part = column_part(table);
    if (coin(4)) part.nulls = coin() ? "first" : "last";
    if (coin(8)) part.operator_class = odd_text();
    if (coin(4)) {
      part.column.clear();
      part.expression = sql();
    }
    return part;
  }

  Deferrable deferrable() { return static_cast<Deferrable>(coin(3) ? below(3) : 0); }

  template <typename Key>
  Key key(const Table& table) {
    Key key;
    key.name = maybe_text();
    const std::size_t count = coin() ? 1 : 2;
    for (std::size_t i = 0; i < count; ++i) key.columns.push_back(column_part(table));
    if (coin(5)) key.deferrable = deferrable();
    if (coin(5)) key.options = options("on_conflict");
    return key;
  }

  ForeignKey foreign_key(const Table& table) {
    static const std::vector<std::string> kMatches = {"", "full", "partial", "simple"};
    ForeignKey key;
    key.name = maybe_text();
    const std::size_t count = coin(3) ? 2 : 1;
    for (std::size_t i = 0; i < count; ++i) {
      key.columns.push_back(table.columns[below(table.columns.size())].name);
      if (!coin(8)) key.referenced_columns.push_back(name(i));
    }
    key.referenced_table = name(7);
    key.on_delete = static_cast<ForeignKeyAction>(below(5));
    key.on_update = static_cast<ForeignKeyAction>(below(5));
    key.match = kMatches[below(kMatches.size())];
    key.deferrable = deferrable();
    if (coin(8)) key.options = options();
    return key;
  }

  Index index(const Table& table, std::string index_name) {
    Index index;
    index.name = std::move(index_name);
    const std::size_t count = 1 + below(3);
    for (std::size_t i = 0; i < count; ++i) index.columns.push_back(index_part(table));
    index.unique = coin();
    index.where = maybe_sql();
    index.method = coin(4) ? "gin" : "";
    if (coin(4)) index.include = {odd_text(), "b"};
    index.comment = maybe_text();
    index.options = options();
    index.renamed_from = maybe_text();
    return index;
  }

  Exclude exclude(const Table& table) {
    Exclude exclude;
    exclude.name = maybe_text();
    exclude.method = coin() ? "gist" : "";
    for (std::size_t i = 1 + below(2); i > 0; --i) {
      exclude.elements.push_back({index_part(table), coin() ? "=" : "&&"});
    }
    exclude.where = maybe_sql();
    exclude.deferrable = deferrable();
    exclude.options = options();
    return exclude;
  }

  Table table(std::string table_name) {
    Table table;
    table.name = std::move(table_name);
    table.schema = coin(4) ? "auth" : "";
    const std::size_t columns = 1 + below(5);
    for (std::size_t i = 0; i < columns; ++i) table.columns.push_back(column(name(i)));
    if (coin()) table.primary_key = key<PrimaryKey>(table);
    for (std::size_t i = below(3); i > 0; --i) table.uniques.push_back(key<Unique>(table));
    for (std::size_t i = below(3); i > 0; --i) table.foreign_keys.push_back(foreign_key(table));
    for (std::size_t i = below(3); i > 0; --i)
      table.checks.push_back({maybe_text(), sql(), options()});
    if (coin(4)) table.excludes.push_back(exclude(table));
    for (std::size_t i = below(3); i > 0; --i) {
      table.indexes.push_back(index(table, coin(6) ? "" : name(i)));
    }
    table.comment = maybe_text();
    table.options = options();
    if (coin(4)) {
      table.relationships.push_back(
          {odd_text(), "post", "one_to_many", maybe_text(), maybe_text(), {"a"}, "b desc", "all"});
    }
    table.renamed_from = maybe_text();
    return table;
  }

  View view(std::string view_name) {
    View view;
    view.name = std::move(view_name);
    view.schema = coin(4) ? "auth" : "";
    if (coin(3)) view.columns = {odd_text(), "b"};
    view.query = sql();
    view.materialized = coin(3);
    if (view.materialized && coin()) view.indexes.push_back(index(table("v"), name(1)));
    view.comment = maybe_text();
    view.options = options();
    return view;
  }

  Trigger trigger(std::string trigger_name) {
    static const std::vector<std::string> kTimings = {"after", "before", "instead_of"};
    Trigger trigger;
    trigger.name = std::move(trigger_name);
    trigger.table = name(3);
    trigger.timing = kTimings[below(kTimings.size())];
    trigger.events = {"update"};
    if (coin()) trigger.events.push_back("delete");
    if (coin(3)) trigger.update_of = {odd_text()};
    trigger.for_each_row = !coin(4);
    trigger.when = maybe_sql();
    trigger.body = sql();
    if (coin(3)) {
      trigger.function = "touch('it''s')";
      if (coin()) trigger.body = {};
    }
    trigger.comment = maybe_text();
    trigger.options = options();
    return trigger;
  }

  VirtualTable virtual_table(std::string table_name) {
    return {std::move(table_name), coin(4) ? "odd(module" : "fts5", coin(4) ? "" : "title, body",
            maybe_text()};
  }

  Enum enum_value(std::string enum_name) {
    return {std::move(enum_name), coin(4) ? "auth" : "", {odd_text(), "b"}, maybe_text()};
  }

  Property property(PropertyShape shape) {
    switch (shape) {
      case PropertyShape::kFlag:
        return SqlText{"true", {}};
      case PropertyShape::kText:
        return SqlText{odd_text(), {}};
      case PropertyShape::kList:
        return std::vector<std::string>{odd_text(), "b"};
      case PropertyShape::kMap:
        return std::vector<NamedText>{{name(1), odd_text()}, {name(2), "b"}};
      case PropertyShape::kSql:
        return sql();
      case PropertyShape::kBody:
        return SqlText{"\n begin\n  " + odd_text() + ";\nend ", {}};
    }
    return {};
  }

  DatabaseObject object(const ObjectKind& kind, std::string object_name) {
    DatabaseObject object;
    object.kind = std::string(kind.kind);
    object.name = std::move(object_name);
    if (kind.has_signature) object.signature = coin(3) ? "" : "integer, numeric(1,2)";
    if (kind.in_schema && coin(4)) object.schema = "auth";
    if (kind.on_table) object.table = name(3);
    for (const PropertyRule& rule : kind.properties) {
      if (rule.required || coin()) {
        object.properties[std::string(rule.name)] = property(rule.shape);
      }
    }
    object.comment = maybe_text();
    return object;
  }

  DatabaseObject object(std::string object_name) {
    return object(object_kinds()[below(object_kinds().size())], std::move(object_name));
  }

  Schema schema() {
    Schema schema;
    for (const ObjectKind& kind : object_kinds()) {
      for (std::size_t i = below(3); i > 0; --i) schema.objects.push_back(object(kind, name(i)));
    }
    for (std::size_t i = below(3); i > 0; --i) schema.enums.push_back(enum_value(name(i)));
    for (std::size_t i = below(4); i > 0; --i) schema.tables.push_back(table(name(i)));
    for (std::size_t i = below(2); i > 0; --i)
      schema.virtual_tables.push_back(virtual_table(name(i)));
    for (std::size_t i = below(3); i > 0; --i) schema.views.push_back(view(name(i)));
    std::stable_partition(schema.views.begin(), schema.views.end(),
                          [](const View& view) { return !view.materialized; });
    for (std::size_t i = below(3); i > 0; --i)
      schema.triggers.push_back(trigger(name(coin(3) ? 1 : i)));
    return schema;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace ormdb::testing
