// The SQL scanner: total on any text, loses nothing, and its canonical form is a fixed point.
#include <string>

#include "base/sql_scanner.h"
#include "fuzz_input.h"

namespace ormdb::fuzz {
namespace {

void check_dialect(std::string_view sql, SqlDialect dialect) {
  std::string joined;
  for (const SqlToken& token : scan_sql(sql, dialect)) {
    require(token.begin == joined.size() && token.end > token.begin, "tokens are contiguous");
    joined += token.text;
    token.unquoted();
  }
  require(joined == sql, "the tokens' texts joined are the text");

  const std::string canonical = canonical_sql(sql, dialect);
  require(canonical_sql(canonical, dialect) == canonical, "canonical_sql is a fixed point");

  int line = 1;
  for (const SqlStatement& statement : split_sql(sql, dialect)) {
    require(!statement.text.empty(), "a statement has text");
    require(statement.line >= line, "statements are in order");
    line = statement.line;
    is_data_statement(statement.text, dialect);
  }
}

}  // namespace
}  // namespace ormdb::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view sql = ormdb::fuzz::as_text(data, size);
  ormdb::fuzz::check_dialect(sql, ormdb::SqlDialect::kSqlite);
  ormdb::fuzz::check_dialect(sql, ormdb::SqlDialect::kPostgresql);
  ormdb::fuzz::check_dialect(sql, ormdb::SqlDialect::kMysql);
  return 0;
}
