// The SQL form: sections between marker lines, statements by the scanner, effects from comments.
#include <algorithm>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "base/yaml.h"
#include "script/header_value.h"
#include "script/operation_node.h"
#include "script/script_lines.h"
#include "script/script_parts.h"

namespace ormdb {

using namespace script_parts;

namespace {

/// `-- ormdb effects:` of a section, as YAML that stands on the lines of the script.
struct Effects {
  int line = 0;      ///< Of the directive.
  std::string yaml;  ///< The directive's value, or the comment lines behind it without their "--".
  int first_line = 0;  ///< Of the YAML's first line.
};

class SectionReader {
 public:
  SectionReader(const Source& source, const SqlSection& section, std::string_view dialect)
      : source_(source), section_(section), dialect_(sql_dialect(dialect)) {}

  std::vector<ScriptStep> read() {
    const std::vector<Effects> effects = find_effects();
    std::size_t next = 0;
    for (const SqlStatement& statement : split_sql(section_.text, dialect_)) {
      const int line = statement.line + section_.first_line - 1;
      const int number = static_cast<int>(steps_.size()) + 1;
      check_terminated(statement.text, line, number);
      Execute execute(SqlText{statement.text, {}});
      if (next < effects.size() && effects[next].line < line) {
        execute.effects = parse_effects(effects[next++], number);
        if (next < effects.size() && effects[next].line < line)
          throw without_statement(effects[next]);
      }
      Operation operation(std::move(execute));
      operation.transaction = section_.transaction;
      steps_.push_back({std::move(operation), line});
    }
    if (next < effects.size()) throw without_statement(effects[next]);
    return std::move(steps_);
  }

 private:
  Error error(int line, std::string message) const {
    return source_.error(ErrorKind::kScript, line, std::move(message));
  }

  /// An open quote would swallow the statements behind it.
  void check_terminated(std::string_view statement, int line, int number) const {
    const std::vector<SqlToken> tokens = scan_sql(statement, dialect_);
    if (tokens.empty() || tokens.back().terminated) return;
    throw error(line + tokens.back().line - 1, "a quote or comment begins here that is not closed")
        .operation(number);
  }

  Error without_statement(const Effects& effects) const {
    return error(effects.line, "no statement follows these effects")
        .hint("'-- ormdb effects:' stands before the one statement whose effects it names");
  }

  std::vector<Effects> find_effects() const {
    std::vector<Effects> found;
    LineReader lines(section_.text);
    TextLine line;
    bool collecting = false;
    while (lines.next(line)) {
      const auto directive = parse_directive(line.text);
      if (directive) {
        if (directive->name != "effects") continue;  // judged by check_directives
        const int number = line.number + section_.first_line - 1;
        found.push_back({number, std::string(directive->value), number});
        collecting = directive->value.empty();
        if (collecting) ++found.back().first_line;
      } else if (collecting && line.text.starts_with("--")) {
        found.back().yaml += std::string(line.text.substr(2)) + "\n";
      } else {
        collecting = false;
      }
    }
    return found;
  }

  std::vector<Operation> parse_effects(const Effects& effects, int number) const {
    const Source text{source_.file, effects.yaml};
    const std::vector<Node> documents = parse_yaml(text, ErrorKind::kScript, effects.first_line);
    if (documents.size() != 1 || !documents.front().is_list()) {
      throw error(effects.line, "'-- ormdb effects:' needs a list of operations")
          .operation(number)
          .hint(
              "write one comment line '--   - add_column: {…}' an operation, or "
              "'-- ormdb effects: []' for none");
    }
    std::vector<Operation> operations;
    for (const Node& item : documents.front().items) {
      operations.push_back(operation_from_node(item, source_, number));
    }
    return operations;
  }

  const Source& source_;
  const SqlSection& section_;
  SqlDialect dialect_;
  std::vector<ScriptStep> steps_;
};

/// What a marker line behind the header may say.
void check_directives(const Source& source, int first_line) {
  static const std::vector<std::string> kDirectiveNames = {"upgrade", "downgrade", "transaction",
                                                           "effects", "unavailable"};
  LineReader lines(source.text);
  TextLine line;
  while (lines.next(line)) {
    const auto directive = parse_directive(line.text);
    if (!directive) continue;
    const std::string name(directive->name);
    const bool is_known =
        std::find(kDirectiveNames.begin(), kDirectiveNames.end(), name) != kDirectiveNames.end();
    if (!is_known && line.number > first_line) {
      throw source
          .error(ErrorKind::kScript, line.number,
                 "unknown directive '-- ormdb " + name + "'" + did_you_mean(name, kDirectiveNames))
          .hint("directives in the body: " + join(kDirectiveNames, ", "));
    }
    if (name == "transaction" && directive->value != "true" && directive->value != "false") {
      throw source.error(ErrorKind::kScript, line.number,
                         "'-- ormdb transaction:' must say true or false");
    }
    if (name == "unavailable" && directive->value.empty()) {
      throw source.error(ErrorKind::kScript, line.number, "'-- ormdb unavailable:' must say why");
    }
  }
}

void check_sections(const Source& source, const SqlSections& sections) {
  if (sections.duplicate_line != 0) {
    throw source.error(ErrorKind::kScript, sections.duplicate_line,
                       "a section begins a second time");
  }
  if (!sections.upgrade.present) {
    throw source.error(ErrorKind::kScript, 1, "the script has no line '-- ormdb upgrade'");
  }
  if (sections.stray_transaction_line != 0) {
    throw source
        .error(ErrorKind::kScript, sections.stray_transaction_line,
               "'-- ormdb transaction:' stands before no section")
        .hint(
            "it holds for a whole section: write it right before '-- ormdb upgrade' or "
            "'-- ormdb downgrade'");
  }
}

/// The statement with its semicolon, on a line of its own where a comment would swallow it.
std::string terminated(const std::string& statement) {
  std::string text(trim(statement));
  if (text.ends_with(';')) return text + "\n";
  const std::size_t last_line = text.rfind('\n') + 1;
  const bool may_end_in_comment =
      text.find("--", last_line) != text.npos || text.find('#', last_line) != text.npos;
  return text + (may_end_in_comment ? "\n;\n" : ";\n");
}

void refuse_directives(const std::string& statement) {
  LineReader lines(statement);
  TextLine line;
  while (lines.next(line)) {
    if (!parse_directive(line.text)) continue;
    throw Error(ErrorKind::kUnsupported, "a statement has the line '" + std::string(line.text) +
                                             "', which an SQL script would read as a directive")
        .statement(statement)
        .hint("write the script in YAML, or change that line");
  }
}

std::string effects_text(const std::vector<Operation>& effects) {
  if (effects.empty()) return "-- ormdb effects: []\n";
  std::string text = "-- ormdb effects:\n";
  const std::string yaml = render_operations(effects);
  LineReader lines(yaml);
  TextLine line;
  while (lines.next(line)) text += "--   " + std::string(line.text) + "\n";
  return text;
}

std::string section_text(const std::string& marker, const SqlSectionText& section) {
  refuse_directives(section.sql);
  std::string text;
  if (!section.transaction) text += "-- ormdb transaction: false\n";
  text += "-- ormdb " + marker + "\n";
  if (!section.unavailable.empty()) text += "-- ormdb unavailable: " + section.unavailable + "\n";
  text += section.sql;
  return text.ends_with('\n') ? text : text + "\n";
}

std::string header_line(std::string_view key, const std::string& value) {
  return "-- ormdb " + std::string(key) + ": " + value + "\n";
}

std::string header_text(const Revision& header) {
  const auto& parents = header.down_revisions;
  std::string text = header_line("revision", render_header_scalar(header.id));
  text += header_line("down_revision", parents.empty()       ? "null"
                                       : parents.size() == 1 ? render_header_scalar(parents.front())
                                                             : render_header_list(parents));
  if (!header.depends_on.empty())
    text += header_line("depends_on", render_header_list(header.depends_on));
  if (!header.branch_labels.empty()) {
    text += header_line("branch_labels", render_header_list(header.branch_labels));
  }
  text += header_line("message", render_header_scalar(header.message));
  if (!header.created.empty()) text += header_line("created", render_header_scalar(header.created));
  return text;
}

Unavailable find_unavailable(const SqlSection& section) {
  LineReader lines(section.text);
  TextLine line;
  while (lines.next(line)) {
    const auto directive = parse_directive(line.text);
    if (directive && directive->name == "unavailable") {
      return {std::string(directive->value), line.number + section.first_line - 1};
    }
  }
  return {};
}

}  // namespace

ScriptBody script_parts::parse_sql_body(const Source& source, std::string_view dialect) {
  const SqlSections sections = find_sql_sections(source.text);
  check_sections(source, sections);
  const int first_marker = sections.downgrade.present ? std::min(sections.upgrade.marker_line,
                                                                 sections.downgrade.marker_line)
                                                      : sections.upgrade.marker_line;
  check_directives(source, first_marker);
  ScriptBody body;
  body.upgrade = SectionReader(source, sections.upgrade, dialect).read();
  body.has_downgrade = sections.downgrade.present;
  if (body.has_downgrade)
    body.downgrade = SectionReader(source, sections.downgrade, dialect).read();
  body.unavailable_upgrade = find_unavailable(sections.upgrade);
  body.unavailable_downgrade = find_unavailable(sections.downgrade);
  return body;
}

std::string_view script_parts::sql_section(std::string_view text, Direction direction) {
  const SqlSections sections = find_sql_sections(text);
  return direction == Direction::kUpgrade ? sections.upgrade.text : sections.downgrade.text;
}

std::string render_sql_statements(const std::vector<SqlStep>& steps) {
  std::string text;
  for (const SqlStep& step : steps) {
    refuse_directives(step.sql);
    if (step.effects) text += effects_text(*step.effects);
    text += terminated(step.sql);
  }
  return text;
}

std::string render_sql_script(const Revision& header, const std::vector<SqlStep>& upgrade,
                              const std::vector<SqlStep>& downgrade) {
  return header_text(header) + "-- ormdb upgrade\n" + render_sql_statements(upgrade) +
         "-- ormdb downgrade\n" + render_sql_statements(downgrade);
}

std::string render_sql_script(const Revision& header, const SqlSectionText& upgrade,
                              const std::optional<SqlSectionText>& downgrade) {
  const std::string text = header_text(header) + section_text("upgrade", upgrade);
  return downgrade ? text + section_text("downgrade", *downgrade) : text;
}

}  // namespace ormdb
