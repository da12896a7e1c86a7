// The SQL scanner on any bytes. Laws: the tokens joined are the text; their places and lines fit;
// the canonical form is its own canonical form; every statement of a split stands in the text, in
// order.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/sql_scanner.h"

namespace {

void require(bool law) {
  if (!law) std::abort();
}

void check_tokens(std::string_view text, ormdb::SqlDialect dialect) {
  std::size_t place = 0;
  int line = 1;
  for (const ormdb::SqlToken& token : ormdb::scan_sql(text, dialect)) {
    require(token.begin == place && token.end > token.begin && token.end <= text.size());
    require(token.text == text.substr(token.begin, token.end - token.begin));
    require(token.line == line);
    require(token.terminated || token.end == text.size());
    require(token.unquoted().size() <= token.text.size());
    for (const char c : token.text) line += c == '\n' ? 1 : 0;
    place = token.end;
  }
  require(place == text.size());
}

void check_split(std::string_view text, ormdb::SqlDialect dialect) {
  std::size_t place = 0;
  int line = 1;
  for (const ormdb::SqlStatement& statement : ormdb::split_sql(text, dialect)) {
    const std::size_t found = text.find(statement.text, place);
    require(!statement.text.empty() && found != std::string_view::npos);
    require(statement.line >= line);
    place = found + statement.text.size();
    line = statement.line;
    ormdb::is_data_statement(statement.text, dialect);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto dialect :
       {ormdb::SqlDialect::kSqlite, ormdb::SqlDialect::kPostgresql, ormdb::SqlDialect::kMysql}) {
    check_tokens(text, dialect);
    const std::string canonical = ormdb::canonical_sql(text, dialect);
    require(ormdb::canonical_sql(canonical, dialect) == canonical);
    check_split(text, dialect);
  }
  return 0;
}
