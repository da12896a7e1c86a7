#include "base/sql_scanner.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/sql_lexer.h"

namespace ormdb {
namespace {

std::string undouble(std::string_view text, char quote) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    if (text[i] == quote && i + 1 < text.size() && text[i + 1] == quote) ++i;
  }
  return result;
}

}  // namespace

SqlDialect sql_dialect(std::string_view name) {
  if (name == "postgresql") return SqlDialect::kPostgresql;
  if (name == "mysql") return SqlDialect::kMysql;
  return SqlDialect::kSqlite;
}

bool SqlToken::is_word(std::string_view lower_or_upper) const {
  return kind == Kind::kWord && text.size() == lower_or_upper.size() &&
         std::equal(text.begin(), text.end(), lower_or_upper.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

bool SqlToken::is_symbol(std::string_view symbol) const {
  return kind == Kind::kSymbol && text == symbol;
}

std::string SqlToken::unquoted() const {
  if (kind != Kind::kQuoted && kind != Kind::kString) return std::string(text);
  if (text[0] == '$') {
    const std::size_t tag = text.find('$', 1) + 1;
    return std::string(text.substr(tag, text.size() - (terminated ? 2 * tag : tag)));
  }
  const std::size_t open = text.find_first_of("'\"`[");
  const std::string_view inner = text.substr(open + 1, text.size() - open - (terminated ? 2 : 1));
  return text[open] == '[' ? std::string(inner) : undouble(inner, text[open]);
}

bool SqlToken::can_be_name() const {
  if (kind == Kind::kWord || kind == Kind::kQuoted) return true;
  return kind == Kind::kString && (text[0] == '\'' || text[0] == '"');
}

std::vector<SqlToken> scan_sql(std::string_view sql, SqlDialect dialect) {
  std::vector<SqlToken> tokens;
  for (SqlLexer lexer(sql, dialect); !lexer.at_end();) tokens.push_back(lexer.next());
  return tokens;
}

std::vector<SqlToken> scan_sql_tokens(std::string_view sql, SqlDialect dialect) {
  std::vector<SqlToken> tokens;
  tokens.reserve(sql.size() / 6 + 1);
  for (SqlLexer lexer(sql, dialect); !lexer.at_end();) {
    const SqlToken token = lexer.next();
    if (token.kind != SqlToken::Kind::kSpace && token.kind != SqlToken::Kind::kComment) {
      tokens.push_back(token);
    }
  }
  return tokens;
}

}  // namespace ormdb
