#include "dialect/postgresql/normalize.h"

#include <algorithm>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/expression_pieces.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/types.h"

namespace ormdb::postgresql {
namespace {

// Sorting --------------------------------------------------------------------------------------

class SortKey {
 public:
  SortKey& operator<<(const std::string& text) {
    text_ += text;
    text_ += '\1';
    return *this;
  }
  SortKey& operator<<(const std::vector<std::string>& list) {
    for (const std::string& text : list) *this << text;
    return *this << std::to_string(list.size());
  }
  SortKey& operator<<(const std::vector<KeyPart>& parts) {
    for (const KeyPart& part : parts) *this << part;
    return *this << std::to_string(parts.size());
  }
  SortKey& operator<<(const KeyPart& part) {
    *this << part.column << part.expression.common << part.collation << part.operator_class;
    return *this << part.nulls << (part.descending ? "desc" : "");
  }
  SortKey& operator<<(const Options& options) {
    for (const auto& [dialect, entries] : options) {
      for (const auto& [key, value] : entries) *this << key << value;
    }
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string sort_key(const Unique& unique) {
  return (SortKey() << unique.columns << unique.options
                    << std::to_string(static_cast<int>(unique.deferrable)))
      .text();
}

std::string sort_key(const Check& check) {
  return (SortKey() << check.expression.common << check.options).text();
}

std::string sort_key(const ForeignKey& key) {
  return (SortKey() << key.columns << key.referenced_table << key.referenced_columns << key.match
                    << std::to_string(static_cast<int>(key.on_delete))
                    << std::to_string(static_cast<int>(key.on_update))
                    << std::to_string(static_cast<int>(key.deferrable)) << key.options)
      .text();
}

std::string sort_key(const Exclude& exclude) {
  SortKey key;
  key << exclude.method << exclude.where.common << exclude.options
      << std::to_string(static_cast<int>(exclude.deferrable));
  for (const Exclude::Element& element : exclude.elements) {
    key << element.part << element.operator_name;
  }
  return key.text();
}

std::string sort_key(const Index& index) {
  return (SortKey() << index.name << index.columns << index.where.common << index.method
                    << index.include << index.options)
      .text();
}

template <typename T>
void sort_by_key(std::vector<T>& values) {
  if (values.size() < 2) return;
  std::stable_sort(values.begin(), values.end(),
                   [](const T& a, const T& b) { return sort_key(a) < sort_key(b); });
}

template <typename T>
void sort_and_merge(std::vector<T>& values) {
  sort_by_key(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// Columns --------------------------------------------------------------------------------------

std::string canonical_collation(const std::string& name) {
  if (name.empty() || name == "default") return "";
  return name;
}

bool is_in_primary_key(const Table& table, const std::string& column) {
  if (!table.primary_key) return false;
  const std::vector<KeyPart>& parts = table.primary_key->columns;
  return std::any_of(parts.begin(), parts.end(),
                     [&](const KeyPart& part) { return part.column == column; });
}

void normalize_identity(Column& column) {
  auto own = column.options.find("postgresql");
  if (own == column.options.end()) return;
  const bool numbered = own->second.contains("identity") || own->second.contains("serial");
  if (numbered) {
    column.nullable = false;
    column.default_value.reset();
  }
  const std::string type = type_to_sql(column.type);
  std::map<std::string, std::string>& options = own->second;
  const auto erase_limit = [&](const char* key, std::string_view limit) {
    const auto found = options.find(key);
    if (found != options.end() && found->second == limit) options.erase(found);
  };
  // normalize_options() knows no column; bigint's limits are gone already.
  if (type == "integer") erase_limit("identity_max", "2147483647");
  if (type == "smallint") erase_limit("identity_max", "32767");
  if (own->second["inherited"] != "true") own->second.erase("inherited");
  if (own->second.empty()) column.options.erase(own);
}

void normalize_column(const Table& table, Column& column, const ColumnTypes& types,
                      const Schema& schema) {
  column.type = canonical_type(column.type, &schema);
  if (is_in_primary_key(table, column.name)) column.nullable = false;
  if (column.generated) {
    column.default_value.reset();
    normalize_expression(column.generated->expression, types);
  }
  column.default_value = normalized_default(column.default_value, column.type, schema);
  column.autoincrement = false;
  column.collation = canonical_collation(column.collation);
  column.renamed_from.clear();
  normalize_options(column.options);
  normalize_identity(column);
}

/// What a table has from its parents is said there. A partition has nothing else.
void drop_inherited_columns(Table& table) {
  const bool partition = !postgresql_option(table.options, "partition_of").empty();
  std::erase_if(table.columns, [&](const Column& column) {
    return partition || postgresql_flag(column.options, "inherited");
  });
}

// Keys -----------------------------------------------------------------------------------------

// Classes that an index of the method takes without being told (pg_opclass.opcdefault), as far as
// models are likely to name them.
bool is_default_class(std::string_view name, std::string_view type, std::string_view method) {
  struct TypeClasses {
    std::string_view type;
    std::string_view names;
  };
  static constexpr TypeClasses kClasses[] = {
      {"integer", " int4_ops "},
      {"bigint", " int8_ops "},
      {"smallint", " int2_ops "},
      {"text", " text_ops "},
      {"character varying", " text_ops varchar_ops "},
      {"character", " bpchar_ops "},
      {"numeric", " numeric_ops "},
      {"boolean", " bool_ops "},
      {"date", " date_ops "},
      {"timestamp without time zone", " timestamp_ops "},
      {"timestamp with time zone", " timestamptz_ops "},
      {"time without time zone", " time_ops "},
      {"interval", " interval_ops "},
      {"uuid", " uuid_ops "},
      {"bytea", " bytea_ops "},
      {"real", " float4_ops "},
      {"double precision", " float8_ops "},
      {"jsonb", " jsonb_ops "},
      {"inet", " inet_ops "},
      {"tsvector", " tsvector_ops "},
  };
  const bool array = type.ends_with("[]");
  const bool own = method == "gin" ? array || type == "jsonb" || type == "tsvector"
                                   : method.empty() || method == "btree" || method == "hash";
  if (name.empty() || !own) return false;
  if (array) return name == "array_ops";
  for (const TypeClasses& each : kClasses) {
    if (each.type != type) continue;
    return each.names.find(" " + std::string(name) + " ") != std::string_view::npos;
  }
  return false;
}

// The collation that an expression has from its columns, where they agree (manual, 24.2.1
// "Collation Support, Concepts"): an index does not state it again.
std::string derived_collation(const std::string& expression, const Table& table) {
  std::string derived;
  const Pieces pieces = read_pieces(expression);
  for (const Column& column : table.columns) {
    if (column.collation.empty()) continue;
    const std::string name = quote(column.name);
    const bool used = std::any_of(pieces.begin(), pieces.end(),
                                  [&](const Piece& piece) { return piece.text == name; });
    if (!used) continue;
    if (!derived.empty() && derived != column.collation) return "";
    derived = column.collation;
  }
  const bool own = std::any_of(pieces.begin(), pieces.end(),
                               [](const Piece& piece) { return piece.text == "collate"; });
  return own ? "" : derived;
}

void normalize_part(KeyPart& part, const Table* table, const ColumnTypes& types,
                    std::string_view method) {
  normalize_expression(part.expression, types);
  if (part.column.empty()) {
    const Pieces pieces = read_pieces(part.expression.common);
    if (pieces.size() == 1 && is_plain_name(pieces[0])) {
      part.column = std::exchange(part.expression.common, "");
      if (part.column.starts_with('"')) {
        part.column = replace_all(part.column.substr(1, part.column.size() - 2), "\"\"", "\"");
      }
    }
  }
  if (part.nulls == (part.descending ? "first" : "last")) part.nulls.clear();
  const Column* column = table == nullptr ? nullptr : table->find_column(part.column);
  if (column != nullptr && part.collation == column->collation) part.collation.clear();
  part.collation = canonical_collation(part.collation);
  if (table != nullptr && !part.collation.empty() && !part.expression.empty() &&
      derived_collation(part.expression.common, *table) == part.collation) {
    part.collation.clear();
  }
  part.operator_class = join_pieces(read_pieces(part.operator_class));
  const auto type = types.find(quote(part.column));
  if (type != types.end() && is_default_class(part.operator_class, type->second, method)) {
    part.operator_class.clear();
  }
  part.prefix_length = 0;
}

/// A key constraint takes columns only: no order, no collation.
void normalize_key_columns(std::vector<KeyPart>& parts) {
  for (KeyPart& part : parts) {
    KeyPart plain;
    plain.column = std::move(part.column);
    part = std::move(plain);
  }
}

void normalize_primary_key(Table& table) {
  if (!table.primary_key) return;
  PrimaryKey& key = *table.primary_key;
  key.name.clear();
  normalize_key_columns(key.columns);
  normalize_options(key.options);
}

void normalize_uniques(Table& table) {
  for (Unique& unique : table.uniques) {
    unique.name.clear();
    normalize_key_columns(unique.columns);
    normalize_options(unique.options);
  }
  sort_and_merge(table.uniques);
}

void normalize_foreign_keys(Table& table) {
  for (ForeignKey& key : table.foreign_keys) {
    key.name.clear();
    key.match = to_lower(key.match);
    if (key.match == "simple") key.match.clear();
    normalize_options(key.options);
  }
  sort_and_merge(table.foreign_keys);
}

void normalize_checks(Table& table, const ColumnTypes& types) {
  for (Check& check : table.checks) {
    check.name.clear();
    normalize_expression(check.expression, types);
    normalize_options(check.options);
  }
  std::erase_if(table.checks, [](const Check& check) { return check.expression.empty(); });
  sort_and_merge(table.checks);
}

void normalize_excludes(Table& table, const ColumnTypes& types) {
  for (Exclude& exclude : table.excludes) {
    exclude.name.clear();
    exclude.method = to_lower(exclude.method);
    if (exclude.method == "gist") exclude.method.clear();
    for (Exclude::Element& element : exclude.elements) {
      normalize_part(element.part, &table, types,
                     exclude.method.empty() ? "gist" : std::string_view(exclude.method));
      element.operator_name = join_pieces(read_pieces(element.operator_name));
    }
    normalize_expression(exclude.where, types);
    normalize_options(exclude.options);
  }
  sort_and_merge(table.excludes);
}

}  // namespace

ColumnTypes column_types(const Table& table, const Schema& schema) {
  ColumnTypes types;
  for (const Column& column : table.columns) {
    types.emplace(quote(column.name), type_without_modifiers(column.type, &schema));
  }
  return types;
}

void normalize_expression(SqlText& text, const ColumnTypes& types) {
  if (text.empty()) return;
  std::string canonical = canonical_expression(postgresql_text(text), types);
  text.common = std::move(canonical);
  text.by_dialect.clear();
}

void normalize_query(SqlText& text) {
  if (text.empty()) return;
  std::string canonical = canonical_sql(postgresql_text(text), SqlDialect::kPostgresql);
  text.common = std::move(canonical);
  text.by_dialect.clear();
}

void normalize_indexes(std::vector<Index>& indexes, const Table* table, const ColumnTypes& types) {
  for (Index& index : indexes) {
    index.method = to_lower(index.method);
    if (index.method == "btree") index.method.clear();
    for (KeyPart& part : index.columns) normalize_part(part, table, types, index.method);
    normalize_expression(index.where, types);
    normalize_options(index.options);
    index.renamed_from.clear();
  }
  sort_by_key(indexes);
}

void normalize_table(Table& table, const Schema& schema) {
  const ColumnTypes types = column_types(table, schema);
  table.relationships.clear();
  table.renamed_from.clear();
  normalize_options(table.options);
  for (Column& column : table.columns) normalize_column(table, column, types, schema);
  normalize_primary_key(table);
  normalize_uniques(table);
  normalize_foreign_keys(table);
  normalize_checks(table, types);
  normalize_excludes(table, types);
  normalize_indexes(table.indexes, &table, types);
  drop_inherited_columns(table);
}

std::string canonical_call(std::string_view call) {
  Pieces pieces = read_pieces(call);
  const auto is_open = [](const Piece& piece) { return piece.is_symbol("("); };
  auto open = std::find_if(pieces.begin(), pieces.end(), is_open);
  if (open == pieces.end() && !pieces.empty()) {
    pieces.insert(pieces.end(), {symbol_piece("("), symbol_piece(")")});
    open = pieces.end() - 2;
  }
  // The arguments are strings whatever they look like (CREATE TRIGGER, "arguments").
  for (auto piece = open; piece != pieces.end(); ++piece) {
    const bool bare = piece->kind == Piece::Kind::kWord || piece->kind == Piece::Kind::kNumber;
    if (bare) *piece = {Piece::Kind::kString, string_literal(piece->text)};
  }
  return join_pieces(pieces);
}

}  // namespace ormdb::postgresql
