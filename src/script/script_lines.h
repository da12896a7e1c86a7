// A script as lines: the markers between its parts, found without parsing what stands between them.
#pragma once

#include <optional>
#include <string_view>

#include "ormdb/revision.h"

namespace ormdb {

struct TextLine {
  std::string_view text;  ///< Without its end.
  std::size_t begin = 0;  ///< Byte offset.
  std::size_t end = 0;    ///< Behind its end.
  int number = 0;         ///< 1-based.
};

/// Goes over the lines of a text; LF, CRLF and CR end one, and a byte order mark is skipped.
class LineReader {
 public:
  explicit LineReader(std::string_view text);
  bool next(TextLine& line);

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  int number_ = 0;
};

/// "---", alone or with a comment: where the header of a YAML script ends.
bool is_header_end(std::string_view line);

/// The first such line of a YAML script.
std::optional<TextLine> find_header_end(std::string_view text);

/// A line "-- ormdb NAME: VALUE" or "-- ormdb NAME", which only counts at the line's beginning.
struct Directive {
  std::string_view name;
  std::string_view value;  ///< Trimmed; "" without a colon.
};
std::optional<Directive> parse_directive(std::string_view line);

/// A section of an SQL script: what stands between its marker and the next, without the directive
/// `-- ormdb transaction:` that stands before the next and belongs to it.
struct SqlSection {
  bool present = false;
  int marker_line = 0;
  int first_line = 0;  ///< Line of the text's first line in the script.
  std::string_view text;
  bool transaction = true;
};

struct SqlSections {
  SqlSection upgrade;
  SqlSection downgrade;
  int stray_transaction_line =
      0;                   ///< A transaction directive that stands before no section; 0: none.
  int duplicate_line = 0;  ///< A second marker of the same section; 0: none.
};

/// Never fails; what is wrong is in the result.
SqlSections find_sql_sections(std::string_view text);

}  // namespace ormdb
