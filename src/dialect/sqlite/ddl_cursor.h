// The tokens of one DDL statement and a place among them: what the DDL parser reads from.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sql_scanner.h"
#include "ormdb/schema.h"

namespace ormdb {

/// A half-open range of tokens.
struct TokenRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool empty() const { return begin >= end; }
  std::size_t size() const { return empty() ? 0 : end - begin; }
};

/// Every accept_… moves on only when it returns true; every expect_… throws Error{kDatabase} with
/// the statement and what was found instead. Behind the last token stands an empty one.
class DdlCursor {
 public:
  /// `sql` must outlive the cursor.
  explicit DdlCursor(std::string_view sql);

  const SqlToken& peek(std::size_t ahead = 0) const;
  const SqlToken& token(std::size_t index) const { return tokens_[index]; }
  bool at_end() const { return place_ + 1 >= tokens_.size(); }
  std::size_t place() const { return place_; }
  void move_to(std::size_t place) { place_ = place; }
  /// Behind the last token that is no semicolon.
  std::size_t last() const;

  bool at_word(std::string_view word) const { return peek().is_word(word); }
  bool at_words(std::string_view first, std::string_view second) const;
  bool at_symbol(std::string_view symbol) const { return peek().is_symbol(symbol); }
  bool accept_word(std::string_view word);
  bool accept_words(std::string_view first, std::string_view second);
  bool accept_symbol(std::string_view symbol);
  void expect_word(std::string_view word);
  void expect_symbol(std::string_view symbol);

  std::string expect_name();
  /// [schema.]name, of which the name is returned.
  std::string expect_object_name();
  /// (a, b): the names alone; what follows a name within its part is ignored.
  std::vector<std::string> expect_name_list();
  /// What stands within the parentheses that open here; moves behind them.
  TokenRange expect_group();

  /// The parts of a range between commas outside parentheses.
  std::vector<TokenRange> parts(TokenRange range) const;
  /// Behind the closing parenthesis when `index` is an opening one, else index + 1.
  std::size_t after(std::size_t index) const;

  /// The source from the first to the last token of the range.
  std::string text(TokenRange range) const;
  /// The range without parentheses around all of it.
  TokenRange unwrapped(TokenRange range) const;
  /// The source of the range without outer parentheses.
  std::string expression(TokenRange range) const { return text(unwrapped(range)); }

  [[noreturn]] void fail(std::string_view expected) const;

 private:
  std::string_view sql_;
  std::vector<SqlToken> tokens_;
  std::vector<std::size_t> closing_;  ///< Of each opening parenthesis; 0: none.
  std::size_t place_ = 0;
};

/// column or expression [COLLATE name] [ASC | DESC] [NULLS FIRST | LAST]
KeyPart read_key_part(const DdlCursor& cursor, TokenRange range);
/// The key parts of the parenthesised list that opens here.
std::vector<KeyPart> read_key_parts(DdlCursor& cursor);

/// The constant that all of `range` is: a string, a plain decimal number with or without minus,
/// NULL, TRUE or FALSE. `bare`: directly behind DEFAULT, where SQLite reads every quoted name as a
/// string.
std::optional<Literal> read_constant(const DdlCursor& cursor, TokenRange range, bool bare);

/// The value after DEFAULT. Strings, plain decimal numbers, NULL, TRUE and FALSE are constants,
/// also within parentheses; everything else is an expression (x'00', CURRENT_TIMESTAMP, +5, a bare
/// word).
Literal read_default(DdlCursor& cursor);

}  // namespace ormdb
