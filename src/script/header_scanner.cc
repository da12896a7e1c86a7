// The header of a script, line by line: no YAML parser, and nothing behind the header is looked at.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "script/header_value.h"
#include "script/script.h"
#include "script/script_lines.h"

namespace ormdb {
namespace {

constexpr std::array<std::string_view, 7> kKeys = {
    "format", "revision", "down_revision", "depends_on", "branch_labels", "message", "created"};

std::vector<std::string> key_names() { return {kKeys.begin(), kKeys.end()}; }

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Where the key of a line "key: …" ends; npos when the line is none.
std::size_t key_end(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && is_key_character(line[end])) ++end;
  std::size_t colon = end;
  while (colon < line.size() && line[colon] == ' ') ++colon;
  const bool ends_key =
      colon < line.size() && line[colon] == ':' &&
      (colon + 1 == line.size() || line[colon + 1] == ' ' || line[colon + 1] == '\t');
  return end > 0 && ends_key ? end : std::string_view::npos;
}

/// Fills a Revision from keys and values.
class HeaderBuilder {
 public:
  explicit HeaderBuilder(const Source& source) : source_(source) { revision_.file = source.file; }

  Error error(int line, std::string message) const {
    return source_.error(ErrorKind::kScript, line, std::move(message));
  }

  void set(std::string_view key, std::string_view text, int line) {
    note(key, line);
    HeaderValue value = parse_header_value(text);
    if (!value.problem.empty()) {
      throw error(line, "'" + std::string(key) + "' in the header: " + value.problem)
          .hint(value.hint);
    }
    if (!value.is_list && value.items.size() == 1 && value.items[0].empty()) value.items.clear();
    if (key == "revision") {
      revision_.id = scalar(key, value, line);
      revision_.line = line;
    } else if (key == "down_revision") {
      revision_.down_revisions = std::move(value.items);
      revision_.down_revision_line = line;
    } else if (key == "depends_on") {
      revision_.depends_on = std::move(value.items);
      revision_.depends_on_line = line;
    } else if (key == "branch_labels") {
      revision_.branch_labels = std::move(value.items);
    } else if (key == "message") {
      revision_.message = scalar(key, value, line);
    } else if (key == "created") {
      revision_.created = scalar(key, value, line);
    } else {
      check_format(scalar(key, value, line), line);
    }
  }

  Revision finish(int end_line, std::string_view form) {
    if (revision_.id.empty()) {
      throw error(revision_.line != 0 ? revision_.line : end_line, "the header has no 'revision'")
          .hint("a script begins with lines like " + std::string(form));
    }
    return std::move(revision_);
  }

 private:
  void note(std::string_view key, int line) {
    const auto found = std::find(kKeys.begin(), kKeys.end(), key);
    if (found == kKeys.end()) {
      Error unknown = error(line, "unknown key '" + std::string(key) + "' in the header" +
                                      did_you_mean(key, key_names()));
      if (key == "upgrade" || key == "downgrade") {
        unknown.hint("the header ends with a line '---'; the body begins behind it");
      } else if (nearest(key, key_names()).empty()) {
        unknown.hint("known keys: " + join(key_names(), ", "));
      }
      throw unknown.candidates(key_names());
    }
    int& first = lines_[static_cast<std::size_t>(found - kKeys.begin())];
    if (first != 0) {
      throw error(line, "duplicate key '" + std::string(key) + "' in the header, first on line " +
                            std::to_string(first));
    }
    first = line;
  }

  std::string scalar(std::string_view key, HeaderValue& value, int line) const {
    if (value.is_list) {
      throw error(line, "'" + std::string(key) + "' in the header must be one value, not a list");
    }
    return value.items.empty() ? "" : std::move(value.items.front());
  }

  void check_format(const std::string& format, int line) const {
    if (format == "1") return;
    throw error(line, "format '" + format + "' is unknown")
        .hint("this ormdb reads scripts of format 1");
  }

  const Source& source_;
  Revision revision_;
  std::array<int, kKeys.size()> lines_{};
};

Revision scan_yaml(const Source& source) {
  HeaderBuilder header(source);
  LineReader lines(source.text);
  TextLine line;
  while (lines.next(line)) {
    if (is_header_end(line.text)) return header.finish(line.number, "revision: 4f1c2a9be07d");
    const std::string_view text = trim(line.text);
    if (text.empty() || text.front() == '#') continue;
    const std::size_t end = key_end(line.text);
    if (end == std::string_view::npos) {
      throw header.error(line.number, "this line of the header is not 'key: value'")
          .hint(
              "every key begins its line and stands with its value on that line; the header ends "
              "with a line '---'");
    }
    header.set(line.text.substr(0, end), line.text.substr(line.text.find(':') + 1), line.number);
  }
  throw header.error(line.number, "the header does not end")
      .hint("a line '---' must stand between the header and the body");
}

Revision scan_sql(const Source& source) {
  HeaderBuilder header(source);
  LineReader lines(source.text);
  TextLine line;
  while (lines.next(line)) {
    const auto directive = parse_directive(line.text);
    if (!directive) {
      const std::string_view text = trim(line.text);
      if (text.empty() || text.starts_with("--")) continue;
      throw header.error(line.number, "SQL stands before '-- ormdb upgrade'")
          .hint(
              "the header's lines are comments; the upgrade's statements come behind '-- ormdb "
              "upgrade'");
    }
    if (directive->name == "upgrade" || directive->name == "downgrade") {
      return header.finish(line.number, "-- ormdb revision: 4f1c2a9be07d");
    }
    if (directive->name == "transaction") continue;  // of the section that follows
    if (line.text.find(':') == std::string_view::npos) {
      throw header.error(line.number, "this line of the header is not '-- ormdb key: value'")
          .hint("the sections begin with '-- ormdb upgrade' and '-- ormdb downgrade'");
    }
    header.set(directive->name, directive->value, line.number);
  }
  throw header.error(line.number, "the script has no line '-- ormdb upgrade'")
      .hint("it stands between the header and the statements");
}

}  // namespace

ScriptFormat script_format(std::string_view text) {
  LineReader lines(text);
  TextLine line;
  while (lines.next(line)) {
    if (parse_directive(line.text)) return ScriptFormat::kSql;
    if (is_header_end(line.text) || key_end(line.text) != std::string_view::npos) break;
  }
  return ScriptFormat::kYaml;
}

Revision scan_header(const Source& source) {
  if (script_format(source.text) == ScriptFormat::kSql) return scan_sql(source);
  if (source.file.ends_with(".sql")) {
    throw source.error(ErrorKind::kScript, 1, "the script has no line '-- ormdb revision: …'")
        .hint("a script in SQL begins with '-- ormdb revision: 4f1c2a9be07d'");
  }
  return scan_yaml(source);
}

}  // namespace ormdb
