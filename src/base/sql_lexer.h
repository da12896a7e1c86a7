// One SQL token after the other: the engine below scan_sql() and split_sql().
//
// Sources of the lexical rules: SQLite src/tokenize.c; PostgreSQL manual 4.1 "Lexical Structure";
// MySQL manual 9.1 "Literal Values", 9.2 "Schema Object Names", 9.7 "Comments".
#pragma once

#include <cstddef>
#include <string_view>

#include "base/sql_scanner.h"

namespace ormdb {

class SqlLexer {
 public:
  SqlLexer(std::string_view sql, SqlDialect dialect) : sql_(sql), dialect_(dialect) {}

  bool at_end() const { return pos_ >= sql_.size(); }
  std::size_t position() const { return pos_; }
  int line() const { return line_; }

  /// The next token, never empty. Must not be called at the end.
  SqlToken next();
  /// Continues at `position`, which must not be before the start of the last token.
  void seek(std::size_t position);

 private:
  char at(std::size_t index) const { return index < sql_.size() ? sql_[index] : '\0'; }
  /// Each returns the end of the token that starts at pos_.
  std::size_t space_end() const;
  std::size_t line_end() const;
  std::size_t block_comment_end(bool* terminated) const;
  std::size_t quoted_end(std::size_t open, char close, bool backslash, bool* terminated) const;
  std::size_t word_end(std::size_t from) const;
  std::size_t number_end() const;
  std::size_t dollar_end(bool* terminated) const;
  std::size_t symbol_end() const;
  std::size_t operator_run_end() const;

  bool is_comment_start() const;
  bool scan_quoted(SqlToken* token) const;
  bool scan_prefixed_string(SqlToken* token) const;
  bool scan_parameter(SqlToken* token) const;
  void scan(SqlToken* token) const;

  std::string_view sql_;
  SqlDialect dialect_;
  std::size_t pos_ = 0;
  int line_ = 1;
  std::size_t last_begin_ = 0;
  int last_line_ = 1;
};

}  // namespace ormdb
