#include "dialect/postgresql/result.h"

#include <charconv>
#include <string>

#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

// src/include/catalog/pg_type.dat: these never change.
enum TypeOid : Oid {
  kBool = 16,
  kBytea = 17,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kOid = 26,
  kFloat4 = 700,
  kFloat8 = 701,
};

template <class Number>
Number parse(std::string_view text) {
  Number number{};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return number;
  throw Error(ErrorKind::kInternal,
              "PostgreSQL gave '" + std::string(text) + "' where a number was expected");
}

// Either of the server's spellings, '\x…' and 'escape'.
Blob parse_bytes(const char* text) {
  std::size_t size = 0;
  const auto* escaped = reinterpret_cast<const unsigned char*>(text);
  const std::unique_ptr<unsigned char, decltype(Client::PQfreemem)> bytes(
      client().PQunescapeBytea(escaped, &size), client().PQfreemem);
  if (bytes == nullptr) throw Error(ErrorKind::kInternal, "no memory for a value of type bytea");
  return Blob{std::string(reinterpret_cast<const char*>(bytes.get()), size)};
}

Value value_of(const PGresult* result, int row, int column) {
  const Client& pq = client();
  if (pq.PQgetisnull(result, row, column) != 0) return std::monostate();
  const char* start = pq.PQgetvalue(result, row, column);
  const std::string_view text(start, static_cast<std::size_t>(pq.PQgetlength(result, row, column)));
  switch (pq.PQftype(result, column)) {
    case kInt2:
    case kInt4:
    case kInt8:
    case kOid:
      return parse<std::int64_t>(text);
    case kBool:
      return std::int64_t{text == "t"};
    case kFloat4:
    case kFloat8:
      return parse<double>(text);
    case kBytea:
      return parse_bytes(start);
    default:
      return std::string(text);
  }
}

}  // namespace

Rows to_rows(const PGresult* result) {
  Rows rows;
  if (result == nullptr) return rows;
  const Client& pq = client();
  const int columns = pq.PQnfields(result);
  for (int i = 0; i < columns; ++i) rows.columns.emplace_back(pq.PQfname(result, i));
  const int count = pq.PQntuples(result);
  rows.rows.reserve(static_cast<std::size_t>(count));
  for (int row = 0; row < count; ++row) {
    std::vector<Value>& values = rows.rows.emplace_back();
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) values.push_back(value_of(result, row, i));
  }
  return rows;
}

}  // namespace ormdb::postgresql
