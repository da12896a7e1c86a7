// Text for people: colours, errors, operations, steps, tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/error.h"
#include "ormdb/migrator.h"
#include "ormdb/operation.h"
#include "ormdb/revision.h"

namespace ormdb::cli {

enum class Paint { kBold, kDim, kRed, kGreen, kYellow, kCyan };

/// Colours text, or leaves it alone.
class Style {
 public:
  explicit Style(bool color) : color_(color) {}
  bool color() const { return color_; }
  std::string operator()(Paint paint, std::string_view text) const;

 private:
  bool color_;
};

/// `text` without control characters (but newline and tab): what a database or a file says cannot
/// steer the terminal. They become \x1b and so on.
std::string printable(std::string_view text);

/// Every line of `text` with `indent` before it; ends with a newline unless `text` is empty.
std::string indented(std::string_view text, std::string_view indent);

/// An error as lines:
///
///     error: MESSAGE
///       --> FILE:LINE
///        |
///     12 | SOURCE LINE
///        |
///       in revision 4f1c2a9be07d, operation 3
///       statement:
///         SQL
///       candidates:
///         NAME
///     hint: HINT
std::string error_text(const Error& error, const Style& style);

/// "  add column post.slug string(120)", one a line; destructive ones are marked.
std::string operations_text(const std::vector<Operation>& operations, const Style& style);

/// "<base> -> 4f1c2a9be07d" for an upgrade; the other way round for a downgrade.
std::string arrow(const Revision& revision, Direction direction);

/// "upgrade 9ad0… -> 4f1c…, add slug to post (3 statements, 3.1 ms)"; without the time for a step
/// that was not run.
std::string step_text(const StepResult& step, Direction direction, const Style& style);

/// "a, b", or "base" when there is none.
std::string rows_text(const std::vector<std::string>& rows);

}  // namespace ormdb::cli
