#include "cli/print.h"

#include <cstdio>

#include "base/mask.h"
#include "base/text.h"

namespace ormdb::cli {
namespace {

std::string_view escape_of(Paint paint) {
  switch (paint) {
    case Paint::kBold:
      return "\x1b[1m";
    case Paint::kDim:
      return "\x1b[2m";
    case Paint::kRed:
      return "\x1b[1;31m";
    case Paint::kGreen:
      return "\x1b[32m";
    case Paint::kYellow:
      return "\x1b[33m";
    case Paint::kCyan:
      return "\x1b[36m";
  }
  return "";
}

std::string source_text(const Error& error, const Style& style) {
  if (error.file().empty()) return "";
  std::string place = printable(error.file());
  if (error.line() > 0) place += ":" + std::to_string(error.line());
  std::string text = style(Paint::kCyan, "  -->") + " " + place + "\n";
  if (error.line() <= 0 || error.source_line().empty()) return text;
  const std::string number = std::to_string(error.line());
  const std::string gutter = style(Paint::kCyan, std::string(number.size(), ' ') + " |") + "\n";
  return text + gutter + style(Paint::kCyan, number + " |") + " " + printable(error.source_line()) +
         "\n" + gutter;
}

// Which step of which script, where the message is about one.
std::string step_place(const Error& error) {
  if (error.operation() <= 0) return "";
  std::string text = "  in ";
  if (!error.revision().empty()) text += "revision " + printable(error.revision()) + ", ";
  return text + "operation " + std::to_string(error.operation()) + "\n";
}

std::string statement_text(const Error& error, const Style& style) {
  if (error.statement().empty()) return "";
  std::string text = style(Paint::kCyan, "  statement:");
  if (!error.sqlstate().empty()) text += " (code " + printable(error.sqlstate()) + ")";
  return text + "\n" + indented(printable(error.statement()), "    ");
}

std::string milliseconds_text(double milliseconds) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1f ms", milliseconds);
  return buffer;
}

}  // namespace

std::string Style::operator()(Paint paint, std::string_view text) const {
  if (!color_ || text.empty()) return std::string(text);
  return std::string(escape_of(paint)) + std::string(text) + "\x1b[0m";
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f) {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\x%02x", static_cast<unsigned>(byte));
      result += buffer;
    } else {
      result += c;
    }
  }
  return result;
}

std::string indented(std::string_view text, std::string_view indent) {
  if (text.empty()) return "";
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::string result;
  for (const std::string& line : split(text, '\n')) {
    if (!line.empty()) result.append(indent).append(line);
    result += '\n';
  }
  return result;
}

std::string error_text(const Error& error, const Style& style) {
  std::string text =
      style(Paint::kRed, "error:") + " " + style(Paint::kBold, printable(error.message())) + "\n";
  text += source_text(error, style);
  text += step_place(error);
  text += statement_text(error, style);
  if (!error.candidates().empty()) {
    text += style(Paint::kCyan, "  candidates:") + "\n";
    text += indented(printable(join(error.candidates(), "\n")), "    ");
  }
  if (!error.hint().empty()) {
    text += style(Paint::kGreen, "hint:") + " " + printable(error.hint()) + "\n";
  }
  return mask_passwords(text);
}

std::string operations_text(const std::vector<Operation>& operations, const Style& style) {
  std::string text;
  for (const Operation& operation : operations) {
    text += "  " + printable(describe(operation));
    if (is_destructive(operation)) text += style(Paint::kYellow, "  (destructive)");
    text += '\n';
  }
  return text;
}

std::string arrow(const Revision& revision, Direction direction) {
  const std::string parents =
      revision.down_revisions.empty() ? "<base>" : join(revision.down_revisions, ", ");
  return direction == Direction::kUpgrade ? parents + " -> " + revision.id
                                          : revision.id + " -> " + parents;
}

std::string step_text(const StepResult& step, Direction direction, const Style& style) {
  std::string text = direction == Direction::kUpgrade ? "upgrade " : "downgrade ";
  text += style(Paint::kYellow, arrow(step.revision, direction));
  if (!step.revision.message.empty()) text += ", " + printable(step.revision.message);
  text += " (" + counted(step.statements.size(), "statement");
  if (step.milliseconds > 0) text += ", " + milliseconds_text(step.milliseconds);
  return text + ")\n";
}

std::string rows_text(const std::vector<std::string>& rows) {
  return rows.empty() ? "base" : join(rows, ", ");
}

}  // namespace ormdb::cli
