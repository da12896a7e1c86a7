// Templates of scripts, filled in line by line.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "script/header_value.h"
#include "script/script.h"
#include "script/script_lines.h"

namespace ormdb {
namespace {

constexpr std::string_view kBuiltIn = R"(# ${message}
format: 1
revision: ${revision}
down_revision: ${down_revision}
depends_on: ${depends_on}
branch_labels: ${branch_labels}
message: ${message}
created: ${created}
---
upgrade:
  ${upgrade}
downgrade:
  ${downgrade}
)";

constexpr std::array<std::string_view, 8> kNames = {"message",    "revision",      "down_revision",
                                                    "depends_on", "branch_labels", "created",
                                                    "upgrade",    "downgrade"};

constexpr std::array<std::string_view, 4> kRequired = {"revision", "down_revision", "upgrade",
                                                       "downgrade"};

/// A placeholder within a line.
struct Placeholder {
  std::string_view name;
  std::size_t begin = 0;
  std::size_t end = 0;
};

class TemplateFiller {
 public:
  TemplateFiller(std::string_view text, const Revision& header, const std::string& file)
      : source_{file, std::string(text)}, header_(header) {
    LineReader reader(source_.text);
    TextLine line;
    while (reader.next(line)) lines_.push_back(line);
  }

  std::string fill(std::string_view upgrade, std::string_view downgrade) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::string_view text = trim(lines_[i].text);
      if (text == "${upgrade}") {
        operations(i, upgrade);
        seen_.push_back("upgrade");
      } else if (text == "${downgrade}") {
        operations(i, downgrade);
        seen_.push_back("downgrade");
      } else {
        line(lines_[i]);
      }
    }
    for (const std::string_view name : kRequired) {
      if (std::find(seen_.begin(), seen_.end(), name) != seen_.end()) continue;
      throw error(0, "the template has no ${" + std::string(name) + "}")
          .hint("see ormdb.yaml(5) for what a template must hold");
    }
    return std::move(out_);
  }

 private:
  Error error(int line_number, std::string message) const {
    return source_.error(ErrorKind::kConfig, line_number, std::move(message));
  }

  void operations(std::size_t index, std::string_view yaml) {
    const std::string_view text = lines_[index].text;
    const std::string indent(text.substr(0, text.find('$')));
    LineReader reader(yaml);
    TextLine operation;
    while (reader.next(operation)) {
      if (!operation.text.empty()) out_.append(indent).append(operation.text);
      out_ += '\n';
    }
    if (yaml.empty() && !operations_follow(index) && out_.ends_with(":\n")) {
      out_.insert(out_.size() - 1, " []");
    }
  }

  /// Whether the template goes on with operations of its own.
  bool operations_follow(std::size_t index) const {
    for (std::size_t i = index + 1; i < lines_.size(); ++i) {
      const std::string_view text = trim(lines_[i].text);
      if (text.empty() || text.starts_with('#')) continue;
      return text.starts_with("- ");
    }
    return false;
  }

  void line(const TextLine& source_line) {
    const std::string_view text = source_line.text;
    std::string filled;
    std::size_t at = 0;
    while (true) {
      const std::size_t dollar = text.find("${", at);
      if (dollar == std::string_view::npos) break;
      if (dollar > at && text[dollar - 1] == '$') {  // "$${" stands for "${"
        filled.append(text.substr(at, dollar - 1 - at)).append("${");
        at = dollar + 2;
        continue;
      }
      const Placeholder placeholder = placeholder_at(source_line, dollar);
      if (says_nothing(text, placeholder)) return;
      filled.append(text.substr(at, dollar - at));
      filled +=
          is_value(text, placeholder) ? value_of(placeholder.name) : plain_of(placeholder.name);
      at = placeholder.end;
    }
    out_.append(filled).append(text.substr(at)).append("\n");
  }

  Placeholder placeholder_at(const TextLine& source_line, std::size_t begin) {
    const std::string_view text = source_line.text;
    const std::size_t close = text.find('}', begin);
    const std::string_view name = close == std::string_view::npos
                                      ? text.substr(begin + 2)
                                      : text.substr(begin + 2, close - begin - 2);
    const auto known = std::find(kNames.begin(), kNames.end(), name);
    if (close == std::string_view::npos || known == kNames.end()) {
      const std::vector<std::string> names(kNames.begin(), kNames.end());
      throw error(source_line.number, "unknown placeholder '${" + std::string(name) +
                                          (close == std::string_view::npos ? "'" : "}'") +
                                          did_you_mean(name, names))
          .hint("placeholders: " + join(names, ", ") + "; write $${ for ${");
    }
    if (name == "upgrade" || name == "downgrade") {
      throw error(source_line.number,
                  "'${" + std::string(name) + "}' must stand alone on its line");
    }
    seen_.push_back(*known);
    return {*known, begin, close + 1};
  }

  /// "key: ${name}", with nothing else but a comment.
  static bool is_value(std::string_view text, const Placeholder& placeholder) {
    const std::string_view before = trim(text.substr(0, placeholder.begin));
    const std::string_view behind = trim(text.substr(placeholder.end));
    return before.ends_with(':') && !before.starts_with('#') &&
           (behind.empty() || behind.starts_with('#'));
  }

  bool says_nothing(std::string_view text, const Placeholder& placeholder) const {
    const std::string_view name = placeholder.name;
    if (name == "message") {
      return header_.message.empty() && trim(text.substr(0, placeholder.begin)) == "#" &&
             trim(text.substr(placeholder.end)).empty();
    }
    if (!is_value(text, placeholder)) return false;
    return (name == "depends_on" && header_.depends_on.empty()) ||
           (name == "branch_labels" && header_.branch_labels.empty()) ||
           (name == "created" && header_.created.empty());
  }

  std::string value_of(std::string_view name) const {
    if (name == "message") return render_header_scalar(header_.message);
    if (name == "revision") return render_header_scalar(header_.id);
    if (name == "created") return render_header_scalar(header_.created);
    if (name == "depends_on") return render_header_list(header_.depends_on);
    if (name == "branch_labels") return render_header_list(header_.branch_labels);
    const auto& parents = header_.down_revisions;
    if (parents.empty()) return "null";
    return parents.size() == 1 ? render_header_scalar(parents.front())
                               : render_header_list(parents);
  }

  std::string plain_of(std::string_view name) const {
    std::string text = name == "message"         ? header_.message
                       : name == "revision"      ? header_.id
                       : name == "created"       ? header_.created
                       : name == "depends_on"    ? join(header_.depends_on, ", ")
                       : name == "branch_labels" ? join(header_.branch_labels, ", ")
                                                 : join(header_.down_revisions, ", ");
    for (char& c : text) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    }
    return text;
  }

  Source source_;
  const Revision& header_;
  std::vector<TextLine> lines_;
  std::vector<std::string_view> seen_;
  std::string out_;
};

}  // namespace

std::string_view built_in_template() { return kBuiltIn; }

std::string apply_template(std::string_view template_text, const Revision& header,
                           std::string_view upgrade_yaml, std::string_view downgrade_yaml,
                           const std::string& template_file) {
  return TemplateFiller(template_text, header, template_file).fill(upgrade_yaml, downgrade_yaml);
}

}  // namespace ormdb
