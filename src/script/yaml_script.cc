// The YAML form: parsing the body, the checksum's lines, rendering.
#include "base/yaml.h"
#include "schema/node_layout.h"
#include "script/operation_node.h"
#include "script/script_lines.h"
#include "script/script_parts.h"

namespace ormdb {

using namespace script_parts;

namespace {

constexpr std::size_t kSectionIndent = 2;

std::vector<ScriptStep> read_section(NodeReader& body, std::string_view key) {
  std::vector<ScriptStep> steps;
  const Node* node = body.get(key);
  if (node == nullptr || node->is_null()) return steps;
  if (!node->is_list()) {
    throw body.error_at_key(key, "'" + std::string(key) + "' must be a list of operations")
        .hint("begin every operation with '- '");
  }
  steps.reserve(node->items.size());
  for (const Node& item : node->items) {
    const int number = static_cast<int>(steps.size()) + 1;
    steps.push_back({operation_from_node(item, body.source(), number), item.line});
  }
  return steps;
}

/// The key of a line that begins a top-level entry; "" for any other line.
std::string_view top_level_key(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (line.empty() || colon == std::string_view::npos) return "";
  const char first = line.front();
  if (first == ' ' || first == '\t' || first == '#' || first == '-' || first == '}' ||
      first == ']') {
    return "";
  }
  std::string_view key = line.substr(0, colon);
  while (!key.empty() && key.back() == ' ') key.remove_suffix(1);
  if (key.size() > 1 && (key.front() == '"' || key.front() == '\'') && key.back() == key.front()) {
    key = key.substr(1, key.size() - 2);
  }
  return key;
}

}  // namespace

ScriptBody script_parts::parse_yaml_body(const Source& source) {
  const auto separator = find_header_end(source.text);
  if (!separator) {
    throw source.error(ErrorKind::kScript, 1, "the header does not end")
        .hint("a line '---' must stand between the header and the body");
  }
  const Source text{source.file, source.text.substr(separator->end)};
  const std::vector<Node> documents = parse_yaml(text, ErrorKind::kScript, separator->number + 1);
  if (documents.size() > 1) {
    throw source.error(ErrorKind::kScript, documents[1].line,
                       "a script has one body, but a second begins");
  }
  if (documents.empty() || documents.front().is_null()) {
    throw source.error(ErrorKind::kScript, separator->number, "the script has no body")
        .hint("write 'upgrade: []' for a script that does nothing");
  }
  NodeReader reader(documents.front(), source, ErrorKind::kScript, "the script's body");
  ScriptBody body;
  body.has_downgrade = reader.has("downgrade");
  const bool has_upgrade = reader.has("upgrade");
  reader.finish();
  if (!has_upgrade) throw reader.error(reader.node(), "the script's body needs 'upgrade'");
  body.upgrade = read_section(reader, "upgrade");
  body.downgrade = read_section(reader, "downgrade");
  return body;
}

// Unindented comments at a section's end are outside it: they may as well belong to what follows.
// An indented one could be part of a literal block.
std::string_view script_parts::yaml_section(std::string_view text, Direction direction) {
  const auto separator = find_header_end(text);
  if (!separator) return "";
  const std::string_view wanted = direction == Direction::kUpgrade ? "upgrade" : "downgrade";
  const std::string_view body = text.substr(separator->end);
  std::size_t begin = std::string_view::npos;
  std::size_t end = 0;
  LineReader lines(body);
  TextLine line;
  while (lines.next(line)) {
    const std::string_view key = top_level_key(line.text);
    if (begin == std::string_view::npos) {
      if (key != wanted) continue;
      begin = line.begin;
    } else if (!key.empty()) {
      break;
    }
    const bool is_outer =
        line.text.starts_with('#') || line.text.find_first_not_of(" \t") == std::string_view::npos;
    if (!is_outer) end = line.end;
  }
  return begin == std::string_view::npos ? "" : body.substr(begin, end - begin);
}

std::string render_operations(const std::vector<Operation>& operations) {
  if (operations.empty()) return "";
  Node list = Node::list();
  for (const Operation& operation : operations) list.push(operation_to_node(operation));
  list.style = Node::Style::kBlock;
  lay_out(list, kSectionIndent);
  return render_yaml(list);
}

std::string render_yaml_script(const Revision& header, const std::vector<Operation>& upgrade,
                               const std::vector<Operation>& downgrade) {
  return apply_template(built_in_template(), header, render_operations(upgrade),
                        render_operations(downgrade));
}

}  // namespace ormdb
