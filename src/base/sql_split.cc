// Splitting a text into statements.
//
// 1. Tokens are read one by one; the significant ones of the current statement move a small state
//    machine (Body) that says whether a semicolon ends the statement.
// 2. SQLite: a trigger's body ends at an END that stands between two semicolons, as
// sqlite3_complete()
//    has it, so that CASE … END and columns named "end" do no harm.
// 3. PostgreSQL: no split inside parentheses (CREATE RULE … DO (a; b)), nor in BEGIN ATOMIC … END.
// 4. MySQL: blocks of routines are counted; DELIMITER lines change what ends a statement.

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/sql_lexer.h"
#include "base/sql_scanner.h"
#include "base/text.h"

namespace ormdb {
namespace {

bool is_significant(const SqlToken& token) {
  return token.kind != SqlToken::Kind::kSpace && token.kind != SqlToken::Kind::kComment;
}

bool is_any(const SqlToken& token, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (token.is_word(word)) return true;
  }
  return false;
}

// Whether a semicolon ends the statement of which the tokens so far were added.
class Body {
 public:
  explicit Body(SqlDialect dialect) : dialect_(dialect) {}

  void add(const SqlToken& token) {
    ++count_;
    if (count_ == 1) create_ = is_any(token, {"create", "alter"});
    if (count_ == 1) anonymous_begin_ = dialect_ == SqlDialect::kMysql && token.is_word("begin");
    if (create_ && !routine_ && !object_named_) note_object(token);
    switch (dialect_) {
      case SqlDialect::kSqlite:
        add_sqlite(token);
        break;
      case SqlDialect::kPostgresql:
        add_postgresql(token);
        break;
      case SqlDialect::kMysql:
        add_mysql(token);
        break;
    }
    before_ = token;
  }

  // Whether a semicolon that follows ends the statement.
  bool complete() const {
    if (dialect_ == SqlDialect::kSqlite && depth_ == 2) return true;
    return depth_ == 0 && parentheses_ == 0;
  }

 private:
  // CREATE [OR REPLACE] [TEMP] [DEFINER = …] TRIGGER …: the first of these words names the object.
  void note_object(const SqlToken& token) {
    routine_ = is_any(token, {"trigger", "function", "procedure", "event", "package"});
    object_named_ = is_any(token, {"table", "view", "index", "database", "schema"});
  }

  void add_sqlite(const SqlToken& token) {
    if (!routine_) return;
    if (token.is_word("begin") && !entered_) {
      entered_ = true;
      depth_ = 1;
    } else if (depth_ == 1 && token.is_word("end") && before_.is_symbol(";")) {
      depth_ = 2;
    } else if (depth_ == 2) {
      depth_ = 1;  // END was a name: something other than a semicolon follows.
    }
  }

  void add_postgresql(const SqlToken& token) {
    if (token.is_symbol("(")) ++parentheses_;
    if (token.is_symbol(")") && parentheses_ > 0) --parentheses_;
    if (!routine_) return;
    if (depth_ == 0 && token.is_word("atomic") && before_.is_word("begin")) {
      depth_ = 1;
    } else if (depth_ > 0 && token.is_word("case")) {
      ++depth_;
    } else if (depth_ > 0 && token.is_word("end")) {
      --depth_;
    }
  }

  // The words that open a block where a statement can stand; IF and REPEAT are functions elsewhere.
  void add_mysql(const SqlToken& token) {
    if (anonymous_begin_ && count_ == 3 && token.is_word("atomic") && before_.is_word("not")) {
      routine_ = true;
      depth_ = 1;
      return;
    }
    if (!routine_) return;
    const bool after_end = before_.is_word("end");
    const bool can_start =
        before_.is_symbol(";") || before_.is_symbol(":") ||
        is_any(before_, {"row", "then", "else", "begin", "do", "loop", "repeat"});
    if (token.is_word("end")) {
      if (depth_ > 0) --depth_;
    } else if (token.is_word("case")) {
      if (!after_end) ++depth_;
    } else if (token.is_word("begin")) {
      ++depth_;
    } else if (can_start && is_any(token, {"if", "loop", "while", "repeat"})) {
      ++depth_;
    }
  }

  SqlDialect dialect_;
  int count_ = 0;
  bool create_ = false, routine_ = false, object_named_ = false, entered_ = false;
  bool anonymous_begin_ = false;
  int depth_ = 0;  // Open blocks; SQLite: 1 in the body, 2 behind its ";END".
  int parentheses_ = 0;
  SqlToken before_;
};

class Splitter {
 public:
  Splitter(std::string_view sql, SqlDialect dialect)
      : sql_(sql), dialect_(dialect), lexer_(sql, dialect), body_(dialect) {}

  std::vector<SqlStatement> run() {
    while (!lexer_.at_end()) step();
    finish();
    return std::move(statements_);
  }

 private:
  void step() {
    if (delimiter_ != ";" && sql_.substr(lexer_.position(), delimiter_.size()) == delimiter_) {
      finish();
      skip_to(lexer_.position() + delimiter_.size());
      return;
    }
    SqlToken token = lexer_.next();
    if (!is_significant(token)) return;
    if (dialect_ == SqlDialect::kMysql) {
      if (!started_ && token.is_word("delimiter")) return read_delimiter(token);
      cut_at_delimiter(&token);
    }
    if (delimiter_ == ";" && token.is_symbol(";") && body_.complete()) return finish();
    if (!started_) {
      started_ = true;
      begin_ = token.begin;
      line_ = token.line;
    }
    end_ = token.end;
    body_.add(token);
  }

  // DELIMITER $$: `END$$` is one word for the lexer.
  void cut_at_delimiter(SqlToken* token) {
    if (delimiter_ == ";" || token->kind == SqlToken::Kind::kString) return;
    const std::size_t at = token->text.find(delimiter_);
    if (at == std::string_view::npos || at == 0) return;
    token->end = token->begin + at;
    token->text = token->text.substr(0, at);
    lexer_.seek(token->end);
  }

  void read_delimiter(const SqlToken& word) {
    const std::size_t line_end = std::min(sql_.find('\n', word.end), sql_.size());
    const std::string_view mark = trim(sql_.substr(word.end, line_end - word.end));
    if (!mark.empty()) delimiter_ = std::string(mark);
    skip_to(line_end);
  }

  void skip_to(std::size_t position) { lexer_.seek(position); }

  void finish() {
    if (started_) statements_.push_back({std::string(sql_.substr(begin_, end_ - begin_)), line_});
    started_ = false;
    body_ = Body(dialect_);
  }

  std::string_view sql_;
  SqlDialect dialect_;
  SqlLexer lexer_;
  Body body_;
  std::string delimiter_ = ";";
  bool started_ = false;
  std::size_t begin_ = 0, end_ = 0;
  int line_ = 1;
  std::vector<SqlStatement> statements_;
};

// SELECT … INTO table, outside parentheses; INSERT INTO and MERGE INTO are something else.
bool selects_into(const std::vector<SqlToken>& tokens) {
  int depth = 0;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i].is_symbol("(")) ++depth;
    if (tokens[i].is_symbol(")")) --depth;
    if (depth == 0 && tokens[i].is_word("into") && !is_any(tokens[i - 1], {"insert", "merge"})) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<SqlStatement> split_sql(std::string_view sql, SqlDialect dialect) {
  return Splitter(sql, dialect).run();
}

bool is_data_statement(std::string_view statement, SqlDialect dialect) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(statement, dialect);
  std::size_t first = 0;
  while (first < tokens.size() && tokens[first].is_symbol("(")) ++first;
  if (first == tokens.size()) return false;
  if (is_any(tokens[first], {"insert", "update", "delete", "merge", "replace", "values"}))
    return true;
  if (!is_any(tokens[first], {"select", "with"})) return false;
  return dialect != SqlDialect::kPostgresql || !selects_into(tokens);
}

}  // namespace ormdb
