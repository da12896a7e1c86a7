// SQL as tokens: what the splitter, the comparison of expressions, the SQLite DDL parser and the
// classification of raw statements stand on. It knows quotes, comments and dollar strings of the
// three dialects; it knows no grammar. It never fails: an unterminated token ends at the text's end
// and says so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ormdb {

enum class SqlDialect { kSqlite, kPostgresql, kMysql };

/// "sqlite", "postgresql", "mysql" → SqlDialect; kSqlite for anything else.
SqlDialect sql_dialect(std::string_view name);

struct SqlToken {
  enum class Kind {
    kSpace,    // white space
    kComment,  // -- line, # line (MySQL), /* block */ (nested on PostgreSQL)
    kWord,     // unquoted identifier or keyword
    kQuoted,   // "x"; `x`; [x] (SQLite). On MySQL "x" is a kString.
    kString,   // 'x', E'x', U&'x', N'x', B'x', x'00', $tag$…$tag$
    kNumber,
    kParameter,  // ?, ?1, :name, @name, $1
    kSymbol,     // operators and punctuation, longest first: || << >> <= >= <> != == -> ->> ::
  };
  Kind kind = Kind::kSpace;
  std::string_view text;  ///< Into the scanned text.
  std::size_t begin = 0;  ///< Byte offset.
  std::size_t end = 0;
  int line = 1;            ///< 1-based, of its first byte.
  bool terminated = true;  ///< false: the text ended inside it.

  bool is_word(std::string_view lower_or_upper) const;  ///< A kWord equal without case.
  bool is_symbol(std::string_view symbol) const;
  /// The name or string without its quotes, doubled quotes undone; the text itself for other kinds.
  std::string unquoted() const;
  /// kWord, kQuoted, or kString where SQLite takes one for a name.
  bool can_be_name() const;
};

/// All tokens, spaces and comments too: their texts joined are `sql`.
std::vector<SqlToken> scan_sql(std::string_view sql, SqlDialect dialect);

/// Without spaces and comments.
std::vector<SqlToken> scan_sql_tokens(std::string_view sql, SqlDialect dialect);

/// One spelling for comparing: no comments, one space between tokens, words in lower case, quoted
/// identifiers as "x" (unquoted where they need no quotes and are no keywords), outer parentheses
/// and a final semicolon gone. Two texts with equal canonical forms mean the same; the reverse does
/// not hold.
std::string canonical_sql(std::string_view sql, SqlDialect dialect);

/// Whether `word` is reserved in any of the three dialects, so that a name needs quotes.
bool is_sql_keyword(std::string_view word);

/// Splits into statements: by semicolons outside strings, comments, dollar quotes, trigger and
/// routine bodies (BEGIN … END), and by MySQL's DELIMITER lines. Comment-only and empty pieces are
/// left out.
struct SqlStatement {
  std::string text;  ///< Trimmed, without the final semicolon; leading comments are kept out.
  int line = 1;      ///< Of its first token, 1-based in `sql`.
};
std::vector<SqlStatement> split_sql(std::string_view sql, SqlDialect dialect);

/// Whether the statement only reads or changes rows: it begins with SELECT, INSERT, UPDATE, DELETE,
/// MERGE, REPLACE, VALUES or WITH (a SELECT … INTO on PostgreSQL makes a table: not a data
/// statement).
bool is_data_statement(std::string_view statement, SqlDialect dialect);

}  // namespace ormdb
