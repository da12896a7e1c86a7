#include "dialect/sqlite/normalize.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/sqlite/ddl_cursor.h"
#include "dialect/sqlite/rebuild.h"
#include "dialect/sqlite/types.h"

namespace ormdb {
namespace {

void fold_all(std::vector<std::string>& names) {
  for (std::string& name : names) fold_sqlite_name(name);
}

std::string folded_collation(std::string name) {
  fold_sqlite_name(name);
  return name == "binary" ? "" : name;
}

// Sorting
// ------------------------------------------------------------------------------------------

void append(std::string& key, const std::string& text) {
  key += text;
  key += '\1';
}

void append(std::string& key, const Options& options) {
  for (const auto& [dialect, entries] : options) {
    for (const auto& [name, value] : entries) {
      append(key, name);
      append(key, value);
    }
  }
}

void append(std::string& key, const std::vector<KeyPart>& parts) {
  for (const KeyPart& part : parts) {
    append(key, part.column);
    append(key, part.expression.common);
    append(key, part.collation);
    key += part.descending ? 'd' : 'a';
  }
}

std::string sort_key(const Unique& unique) {
  std::string key;
  append(key, unique.columns);
  append(key, unique.options);
  return key;
}

std::string sort_key(const Check& check) {
  std::string key;
  append(key, check.expression.common);
  append(key, check.options);
  return key;
}

std::string sort_key(const ForeignKey& foreign) {
  std::string key;
  for (const std::string& column : foreign.columns) append(key, column);
  append(key, foreign.referenced_table);
  for (const std::string& column : foreign.referenced_columns) append(key, column);
  append(key, foreign.match);
  key += static_cast<char>('0' + static_cast<int>(foreign.on_delete));
  key += static_cast<char>('0' + static_cast<int>(foreign.on_update));
  key += static_cast<char>('0' + static_cast<int>(foreign.deferrable));
  return key;
}

std::string sort_key(const Index& index) {
  std::string key;
  append(key, index.name);
  append(key, index.columns);
  append(key, index.where.common);
  return key;
}

template <typename T>
void sort_by_key(std::vector<T>& values) {
  if (values.size() < 2) return;
  std::vector<std::pair<std::string, T>> keyed;
  keyed.reserve(values.size());
  for (T& value : values) {
    std::string key = sort_key(value);
    keyed.emplace_back(std::move(key), std::move(value));
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < keyed.size(); ++i) values[i] = std::move(keyed[i].second);
}

template <typename T>
void sort_and_merge(std::vector<T>& values) {
  sort_by_key(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// Columns
// ------------------------------------------------------------------------------------------

std::string without_leading_zeros(std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? "0" : std::string(digits.substr(first));
}

// 0x1F is 31: 64 bits in two's complement (sqlite.org/lang_expr.html#literal_values_constants_).
std::string decimal_of_hex(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return "";
  return std::to_string(static_cast<std::int64_t>(value));
}

// One spelling of a number: without a plus and leading zeros, with a digit on both sides of the
// point. SQLite stores the text of a default as it was written.
std::string normalized_number(const std::string& written) {
  std::string text = to_lower(trim(written));
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text = std::string(trim(text.substr(1)));
  if (text.starts_with("0x")) {
    const std::string decimal = decimal_of_hex(std::string_view(text).substr(2));
    if (!decimal.empty()) text = decimal;
  } else {
    const std::size_t end = text.find_first_not_of("0123456789");
    std::string rest = end == std::string::npos ? "" : text.substr(end);
    if (rest.starts_with('.') && (rest.size() == 1 || rest[1] == 'e')) rest.insert(1, "0");
    text = without_leading_zeros(text.substr(0, end)) + rest;
  }
  if (!negative || text == "0") return text;
  return text.starts_with('-') ? text.substr(1) : "-" + text;
}

// A number with or without a sign, in the spelling of its own.
bool is_number(const DdlCursor& cursor, TokenRange range) {
  const SqlToken& first = cursor.token(range.begin);
  const bool sign = range.size() == 2 && (first.is_symbol("-") || first.is_symbol("+"));
  return (sign || range.size() == 1) && cursor.token(range.end - 1).kind == SqlToken::Kind::kNumber;
}

// An expression that is a constant is that constant, and a lone name in double quotes is text:
// there are no columns to name in a default. A blob has one case.
Literal normalized_expression(const std::string& sql) {
  const DdlCursor cursor(sql);
  const TokenRange range = cursor.unwrapped({0, cursor.last()});
  if (std::optional<Literal> literal = read_constant(cursor, range, true)) return *literal;
  if (is_number(cursor, range)) return Literal::number(cursor.text(range));
  std::string text = canonical_sql(sql, SqlDialect::kSqlite);
  if (range.size() == 1 && cursor.token(range.begin).kind == SqlToken::Kind::kString) {
    text = to_lower(text);
  }
  return Literal::expression(std::move(text));
}

std::string hex_literal(std::string_view bytes) {
  std::string text = "x'";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 15U];
  }
  return text + "'";
}

void normalize_default(std::optional<Literal>& value) {
  if (!value) return;
  if (value->kind == Literal::Kind::kSql) {
    const std::string sql = value->sql.for_dialect("sqlite");
    if (sql.empty()) {
      value.reset();
      return;
    }
    value = normalized_expression(sql);
  }
  if (value->kind == Literal::Kind::kBinary) value = Literal::expression(hex_literal(value->text));
  if (value->kind == Literal::Kind::kBoolean) {
    value = Literal::number(value->text == "true" ? "1" : "0");
  }
  if (value->kind == Literal::Kind::kNumber) value->text = normalized_number(value->text);
}

// A single-column key of integers that is no alias must not become one by its canonical type.
Type normalized_type(const Table& table, const Column& column, bool strict) {
  if (is_rowid_alias(table, column)) return Type::of(TypeKind::kInteger);
  Column probe;
  probe.name = column.name;
  probe.type = canonical_sqlite_type(column.type, strict);
  if (probe.type.kind != TypeKind::kNative && probe.type.kind != TypeKind::kInteger &&
      is_rowid_alias(table, probe)) {
    return Type::native_of("sqlite", sqlite_type_name(probe.type));
  }
  return std::move(probe.type);
}

/// A spelling of one's own may carry a collation: "TEXT COLLATE decimal".
void split_collation(Column& column) {
  if (column.type.kind != TypeKind::kNative || !column.collation.empty()) return;
  const std::string name = sqlite_type_name(column.type);
  const std::vector<SqlToken> tokens = scan_sql_tokens(name, SqlDialect::kSqlite);
  if (tokens.size() < 3 || !tokens[tokens.size() - 2].is_word("collate")) return;
  column.collation = tokens.back().unquoted();
  column.type =
      Type::native_of("sqlite", std::string(trim(name.substr(0, tokens[tokens.size() - 2].begin))));
}

void normalize_column(const Table& table, Column& column, bool strict) {
  split_collation(column);
  const bool alias = is_rowid_alias(table, column);
  column.type = normalized_type(table, column, strict);
  fold_sqlite_name(column.name);
  if (alias) {
    column.nullable = false;  // but a NULL becomes the next rowid
  } else {
    column.autoincrement = false;
  }
  if (alias || column.nullable) column.options["sqlite"].erase("not_null_on_conflict");
  normalize_default(column.default_value);
  if (column.generated) normalize_sqlite_text(column.generated->expression);
  if (!column.collation.empty()) column.collation = folded_collation(std::move(column.collation));
  column.comment.clear();
  column.renamed_from.clear();
  normalize_sqlite_options(column.options);
}

// Constraints
// --------------------------------------------------------------------------------------

std::string column_collation(const Table& table, const std::string& name) {
  const Column* column = table.find_column(name);
  return column == nullptr ? "" : column->collation;
}

bool is_plain_name(const std::string& text) {
  return !text.empty() && text[0] > '9' && !is_sql_keyword(text) &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

// The columns of `table` are normalized already.
void normalize_parts(const Table& table, std::vector<KeyPart>& parts) {
  for (KeyPart& part : parts) {
    fold_sqlite_name(part.column);
    normalize_sqlite_text(part.expression);
    if (part.column.empty() && is_plain_name(part.expression.common)) {
      part.column = std::exchange(part.expression.common, "");
    }
    if (!part.collation.empty()) {
      std::string own = folded_collation(part.collation);
      const bool same = own == column_collation(table, part.column);
      part.collation = same ? "" : own.empty() ? "binary" : std::move(own);
    }
    part.nulls.clear();
    part.operator_class.clear();
    part.prefix_length = 0;
  }
}

void normalize_primary_key(Table& table, bool strict) {
  if (!table.primary_key) return;
  PrimaryKey& key = *table.primary_key;
  key.name.clear();
  key.deferrable = Deferrable::kNo;
  normalize_sqlite_options(key.options);
  normalize_parts(table, key.columns);
  if (!strict && !has_sqlite_flag(table, "without_rowid")) return;
  for (const KeyPart& part : key.columns) {
    if (Column* column = table.find_column(part.column)) column->nullable = false;
  }
}

void normalize_uniques(Table& table) {
  for (Unique& unique : table.uniques) {
    unique.name.clear();
    unique.deferrable = Deferrable::kNo;
    normalize_sqlite_options(unique.options);
    normalize_parts(table, unique.columns);
  }
  sort_and_merge(table.uniques);
}

void normalize_foreign_keys(Table& table) {
  for (ForeignKey& key : table.foreign_keys) {
    key.name.clear();
    fold_all(key.columns);
    fold_sqlite_name(key.referenced_table);
    fold_all(key.referenced_columns);
    fold_sqlite_name(key.match);
    if (key.match == "simple") key.match.clear();
    key.options.clear();
  }
  sort_and_merge(table.foreign_keys);
}

void normalize_checks(Table& table) {
  unqualify_checks(table);  // as a rebuild writes them
  for (Check& check : table.checks) {
    check.name.clear();
    normalize_sqlite_text(check.expression);
    normalize_sqlite_options(check.options);
  }
  std::erase_if(table.checks, [](const Check& check) { return check.expression.empty(); });
  sort_and_merge(table.checks);
}

void normalize_indexes(Table& table) {
  for (Index& index : table.indexes) {
    fold_sqlite_name(index.name);
    normalize_parts(table, index.columns);
    normalize_sqlite_text(index.where);
    index.method.clear();
    index.include.clear();
    index.comment.clear();
    index.options.clear();
    index.renamed_from.clear();
  }
  sort_by_key(table.indexes);
}

}  // namespace

void fold_sqlite_name(std::string& name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
}

void normalize_sqlite_text(SqlText& text) {
  if (text.empty()) return;
  std::string canonical = canonical_sql(text.for_dialect("sqlite"), SqlDialect::kSqlite);
  text.common = std::move(canonical);
  text.by_dialect.clear();
}

void normalize_sqlite_options(Options& options) {
  if (options.empty()) return;
  const auto own = options.find("sqlite");
  Options kept;
  if (own != options.end()) {
    for (const auto& [key, value] : own->second) {
      if (!value.empty() && value != "false") kept["sqlite"][key] = to_lower(value);
    }
  }
  options = std::move(kept);
}

void normalize_sqlite_table(Table& table, const std::vector<Enum>& enums) {
  fold_sqlite_name(table.name);
  fold_sqlite_name(table.schema);
  table.comment.clear();
  table.relationships.clear();
  table.renamed_from.clear();
  table.excludes.clear();
  normalize_sqlite_options(table.options);
  expand_enums(table, enums);
  const bool strict = has_sqlite_flag(table, "strict");
  for (Column& column : table.columns) normalize_column(table, column, strict);
  normalize_primary_key(table, strict);
  normalize_uniques(table);
  normalize_foreign_keys(table);
  normalize_checks(table);
  normalize_indexes(table);
}

}  // namespace ormdb
