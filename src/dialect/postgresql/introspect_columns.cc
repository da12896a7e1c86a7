// The columns of tables, and what the columns of views and indexes carry.

#include <utility>

#include "base/text.h"
#include "dialect/postgresql/introspect_default.h"
#include "dialect/postgresql/introspect_parts.h"
#include "dialect/postgresql/types.h"

namespace ormdb::postgresql {
namespace {

// One row a column, so 12,000 for a thousand tables: what is rarely set is NULL or empty.
std::string columns_query(const Catalog& catalog) {
  std::string sql =
      "SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.attcollation,"
      " format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),"
      " a.attidentity, a.attgenerated,"
      " CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation END,"
      " CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END,"
      " nullif(a.attstattarget, '-1'),";
  sql += catalog.since(14, " nullif(a.attcompression, ''),", " NULL,");
  sql +=
      " nullif(a.attinhcount, '0'), a.attislocal, a.attoptions"
      " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
      " JOIN pg_type t ON t.oid = a.atttypid"
      " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
      " WHERE a.attnum > '0' AND NOT a.attisdropped"
      " AND (c.relkind IN ('r', 'p', 'v', 'm') OR (c.relkind IN ('i', 'I')"
      "  AND (a.attoptions IS NOT NULL OR a.attstattarget >= '0')))"
      " AND " +
      catalog.in_schemas("c.relnamespace") + " ORDER BY a.attrelid, a.attnum";
  return sql;
}

struct ColumnRow {
  Oid relation;
  std::int64_t number;
  std::string name;
  Oid type, collation;
  std::string type_text;
  bool not_null;
  std::string default_value;
  char identity, generated;
  Oid own_collation;
  char storage;
  std::string statistics;
  char compression;
  bool inherited, local;
  std::vector<std::string> parameters;
};

ColumnRow read_column(CatalogRow& row) {
  return {row.oid(),  row.integer(), row.text(),   row.oid(),    row.oid(), row.text(),
          row.flag(), row.text(),    row.letter(), row.letter(), row.oid(), row.letter(),
          row.text(), row.letter(),  row.flag(),   row.flag(),   row.list()};
}

Type type_of(const Draft& draft, const ColumnRow& row) {
  const auto array = draft.enum_arrays.find(row.type);
  const auto found = draft.enums.find(array == draft.enum_arrays.end() ? row.type : array->second);
  if (found == draft.enums.end()) return type_from_sql(row.type_text);
  Type type = Type::of(TypeKind::kEnum);
  type.name = found->second;
  if (array == draft.enum_arrays.end()) return type;
  Type list = Type::of(TypeKind::kArray);
  list.element.push_back(std::move(type));
  return list;
}

void put_identity(Column& column, const ColumnRow& row, Draft& draft, const Table& table) {
  put(column.options, "identity", word_of(row.identity, {{'a', "always"}, {'d', "by_default"}}));
  const auto found = draft.identities.find({row.relation, row.number});
  if (found == draft.identities.end()) return;
  const DatabaseObject& sequence = found->second.object;
  for (const char* parameter : {"start", "increment", "min", "max", "cache", "cycle"}) {
    put(column.options, std::string("identity_") + parameter, sequence.text(parameter));
  }
  put(column.options, "identity_comment", sequence.comment);
  if (sequence.name != default_sequence_name(table.name, row.name)) {
    put(column.options, "identity_sequence", sequence.name);
  }
}

// Whether the column is what `serial` would have made with this sequence.
bool is_serial(const ColumnRow& row, const OwnedSequence& sequence, const Table& table) {
  return row.not_null && sequence.plain && sequence.data_type == row.type_text &&
         sequence.object.schema == table.schema &&
         sequence.object.name == default_sequence_name(table.name, row.name) &&
         row.default_value ==
             "nextval('" + replace_all(sequence.regclass, "'", "''") + "'::regclass)";
}

// Takes the sequence of a serial column out of those that are left to be objects.
bool take_serial(const ColumnRow& row, Draft& draft, const Table& table) {
  const auto [begin, end] = draft.owned_sequences.equal_range({row.relation, row.number});
  for (auto sequence = begin; sequence != end; ++sequence) {
    if (!is_serial(row, sequence->second, table)) continue;
    draft.owned_sequences.erase(sequence);
    return true;
  }
  return false;
}

void put_value(Column& column, const ColumnRow& row, Draft& draft, const Table& table) {
  if (row.identity != '\0') {
    put_identity(column, row, draft, table);
  } else if (row.default_value.empty()) {
    return;
  } else if (row.generated != '\0') {
    column.generated =
        Generated{{std::string(trim(without_outer_parentheses(row.default_value))), {}},
                  row.generated == 's'};
  } else if (take_serial(row, draft, table)) {
    put(column.options, "serial", "true");
  } else {
    column.default_value = default_from_catalog(row.default_value, row.type_text);
  }
}

Column column_of(const Catalog& catalog, const ColumnRow& row, Draft& draft, const Table& table) {
  Column column;
  column.name = row.name;
  column.type = type_of(draft, row);
  column.nullable = !row.not_null;
  column.comment = catalog.comment(CatalogClass::kRelation, row.relation, row.number);
  put_value(column, row, draft, table);
  column.collation = collation_name(catalog, draft, row.own_collation);
  put(column.options, "storage",
      word_of(row.storage, {{'p', "plain"}, {'e', "external"}, {'x', "extended"}, {'m', "main"}}));
  put(column.options, "statistics", row.statistics);
  put(column.options, "compression", word_of(row.compression, {{'p', "pglz"}, {'l', "lz4"}}));
  if (row.inherited) put(column.options, "inherited", row.local ? "merged" : "true");
  return column;
}

void remember_attribute(Relation& relation, const ColumnRow& row) {
  relation.attributes.resize(static_cast<std::size_t>(row.number));
  relation.attributes.back() = {row.name, row.type, row.collation};
}

}  // namespace

void read_columns(const Catalog& catalog, Draft& draft) {
  catalog.each_row(columns_query(catalog), [&](CatalogRow& values) {
    ColumnRow row = read_column(values);
    const auto relation = draft.relations.find(row.relation);
    if (relation == draft.relations.end()) {
      draft.index_columns[{row.relation, row.number}] = {std::move(row.parameters),
                                                         std::move(row.statistics)};
      return;
    }
    remember_attribute(relation->second, row);
    if (Table* table = draft.table(row.relation)) {
      table->columns.push_back(column_of(catalog, row, draft, *table));
    } else if (View* view = draft.view(row.relation)) {
      put(view->options, "comment." + row.name,
          catalog.comment(CatalogClass::kRelation, row.relation, row.number));
    }
  });
}

}  // namespace ormdb::postgresql
