#include "script/script_lines.h"

#include <algorithm>

#include "base/text.h"

namespace ormdb {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kPrefix = "-- ormdb";

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Builds the sections while the lines go by.
class SectionFinder {
 public:
  explicit SectionFinder(std::string_view text) : text_(text) {}

  SqlSections find() {
    LineReader lines(text_);
    TextLine line;
    while (lines.next(line)) take(line);
    close(pending_line_ != 0 ? pending_begin_ : text_.size());
    note_stray_transaction();
    return found_;
  }

 private:
  void take(const TextLine& line) {
    const auto directive = parse_directive(line.text);
    if (!directive) {
      const std::string_view text = trim(line.text);
      if (!text.empty() && !text.starts_with("--")) note_stray_transaction();
      return;
    }
    if (directive->name == "transaction") {
      note_stray_transaction();
      pending_line_ = line.number;
      pending_begin_ = line.begin;
      pending_value_ = directive->value != "false";
    } else if (directive->name == "upgrade" || directive->name == "downgrade") {
      open(directive->name == "upgrade" ? found_.upgrade : found_.downgrade, line);
    } else {
      note_stray_transaction();
    }
  }

  void open(SqlSection& section, const TextLine& line) {
    close(pending_line_ != 0 ? pending_begin_ : line.begin);
    if (section.present && found_.duplicate_line == 0) found_.duplicate_line = line.number;
    section.present = true;
    section.marker_line = line.number;
    section.first_line = line.number + 1;
    section.transaction = pending_line_ == 0 || pending_value_;
    pending_line_ = 0;
    open_ = &section;
    begin_ = line.end;
  }

  void close(std::size_t end) {
    if (open_ != nullptr) open_->text = text_.substr(begin_, end - begin_);
    open_ = nullptr;
  }

  /// A transaction directive that SQL or another directive follows belongs to no section.
  void note_stray_transaction() {
    if (pending_line_ != 0 && found_.stray_transaction_line == 0) {
      found_.stray_transaction_line = pending_line_;
    }
    pending_line_ = 0;
  }

  std::string_view text_;
  SqlSections found_;
  SqlSection* open_ = nullptr;
  std::size_t begin_ = 0;
  int pending_line_ = 0;
  std::size_t pending_begin_ = 0;
  bool pending_value_ = true;
};

}  // namespace

LineReader::LineReader(std::string_view text) : text_(text) {
  if (text.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

bool LineReader::next(TextLine& line) {
  if (at_ >= text_.size()) return false;
  std::size_t stop = at_;
  while (stop < text_.size() && text_[stop] != '\n' && text_[stop] != '\r') ++stop;
  line.text = text_.substr(at_, stop - at_);
  line.begin = at_;
  line.end = std::min(stop + (text_.substr(stop, 2) == "\r\n" ? 2 : 1), text_.size());
  line.number = ++number_;
  at_ = line.end;
  return true;
}

bool is_header_end(std::string_view line) {
  if (!line.starts_with("---")) return false;
  const std::string_view rest = line.substr(3);
  if (rest.empty()) return true;
  const std::string_view comment = trim(rest);
  return is_blank(rest.front()) && (comment.empty() || comment.front() == '#');
}

std::optional<TextLine> find_header_end(std::string_view text) {
  LineReader lines(text);
  TextLine line;
  while (lines.next(line)) {
    if (is_header_end(line.text)) return line;
  }
  return std::nullopt;
}

std::optional<Directive> parse_directive(std::string_view line) {
  if (!line.starts_with(kPrefix)) return std::nullopt;
  const std::string_view rest = line.substr(kPrefix.size());
  if (rest.empty() || !is_blank(rest.front())) return std::nullopt;
  const std::size_t colon = rest.find(':');
  Directive directive;
  directive.name = trim(rest.substr(0, colon));
  if (colon != std::string_view::npos) directive.value = trim(rest.substr(colon + 1));
  return directive;
}

SqlSections find_sql_sections(std::string_view text) { return SectionFinder(text).find(); }

}  // namespace ormdb
