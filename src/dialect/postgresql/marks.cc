#include "dialect/postgresql/marks.h"

#include "base/sql_lexer.h"
#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

bool holds_marks(const SqlToken& token) {
  if (token.kind != SqlToken::Kind::kSymbol) return false;
  return token.text != "?|" && token.text != "?&" && token.text != "@?";
}

}  // namespace

std::string numbered_marks(std::string_view sql, std::size_t count) {
  std::string result;
  std::size_t marks = 0;
  bool after_mark = false;
  SqlLexer lexer(sql, SqlDialect::kPostgresql);
  while (!lexer.at_end()) {
    const SqlToken token = lexer.next();
    const bool marked = holds_marks(token);
    for (const char c : token.text) {
      const bool mark = marked && c == '?';
      // Neither `LIMIT?` nor `?1` may grow into one word.
      const bool touches =
          mark ? !result.empty() && is_word_char(result.back()) : after_mark && is_word_char(c);
      if (touches) result += ' ';
      mark ? result.append("$").append(std::to_string(++marks)) : result.append(1, c);
      after_mark = mark;
    }
  }
  if (marks == count) return result;
  throw Error(ErrorKind::kDatabase, "the statement has " + counted(marks, "parameter") + ", and " +
                                        counted(count, "value") + " for them")
      .statement(std::string(sql));
}

}  // namespace ormdb::postgresql
