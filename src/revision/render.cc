#include "revision/render.h"

#include <algorithm>

#include "base/text.h"

namespace ormdb {
namespace {

std::string painted(bool color, std::string_view code, std::string_view text) {
  if (!color) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string ids_joined(const std::vector<std::string>& ids, const RevisionStyle& style) {
  std::vector<std::string> parts;
  for (const std::string& id : ids) parts.push_back(style.id(id));
  return join(parts, ", ");
}

std::string down_ids(const Revision& revision, const RevisionStyle& style) {
  return revision.down_revisions.empty() ? "<base>" : ids_joined(revision.down_revisions, style);
}

std::string labels_in_parentheses(const RevisionGraph& graph, const Revision& revision,
                                  const RevisionStyle& style) {
  std::vector<std::string> labels = graph.labels_of(revision);
  return labels.empty() ? "" : " " + style.label("(" + join(labels, ", ") + ")");
}

std::string head_flag(const RevisionGraph& graph, const Revision& revision) {
  if (!graph.is_head(revision)) return "";
  return graph.is_effective_head(revision) ? " (head)" : " (effective head)";
}

std::string tree_flags(const RevisionGraph& graph, const Revision& revision) {
  std::string text = head_flag(graph, revision);
  if (graph.is_branch_point(revision)) text += " (branchpoint)";
  if (graph.is_merge_point(revision)) text += " (mergepoint)";
  return text;
}

std::string current_flag(const Revision& revision, const std::vector<std::string>& rows,
                         const RevisionStyle& style) {
  return contains(rows, revision.id) ? " " + style.current("(current)") : "";
}

std::string children_joined(const RevisionGraph& graph, const Revision& revision,
                            const RevisionStyle& style) {
  std::vector<std::string> ids;
  for (const Revision* child : graph.children(revision)) ids.push_back(child->id);
  return ids_joined(ids, style);
}

std::string message_block(const Revision& revision) {
  std::string text;
  for (const std::string& line : split(trim(revision.message), '\n')) {
    text += line.empty() ? "\n" : "    " + line + "\n";
  }
  return trim(text).empty() ? "" : "\n" + text;
}

}  // namespace

std::string RevisionStyle::id(std::string_view text) const { return painted(color, "33", text); }
std::string RevisionStyle::label(std::string_view text) const { return painted(color, "32", text); }
std::string RevisionStyle::current(std::string_view text) const {
  return painted(color, "1;36", text);
}

std::string_view title_of(const Revision& revision) {
  std::string_view message = trim(revision.message);
  return trim(message.substr(0, message.find('\n')));
}

std::string render_history_line(const RevisionGraph& graph, const Revision& revision,
                                const std::vector<std::string>& rows, const RevisionStyle& style) {
  std::string text = down_ids(revision, style);
  if (!revision.depends_on.empty()) text += " (" + join(revision.depends_on, ", ") + ")";
  text += " -> " + style.id(revision.id) + labels_in_parentheses(graph, revision, style);
  text += tree_flags(graph, revision) + current_flag(revision, rows, style);
  std::string_view title = title_of(revision);
  return title.empty() ? text : text + ", " + std::string(title);
}

std::string render_head_line(const RevisionGraph& graph, const Revision& revision,
                             const RevisionStyle& style) {
  return style.id(revision.id) + labels_in_parentheses(graph, revision, style) +
         head_flag(graph, revision);
}

std::string render_current_line(const RevisionGraph& graph, const Revision& revision,
                                const RevisionStyle& style) {
  std::string text = style.id(revision.id) + head_flag(graph, revision);
  return graph.is_merge_point(revision) ? text + " (mergepoint)" : text;
}

std::string render_branch_point(const RevisionGraph& graph, const Revision& revision,
                                const RevisionStyle& style) {
  return style.id(revision.id) + labels_in_parentheses(graph, revision, style) +
         tree_flags(graph, revision) + render_children(graph, revision, style, false);
}

std::string render_children(const RevisionGraph& graph, const Revision& revision,
                            const RevisionStyle& style, bool messages) {
  std::string text;
  const std::string indent(revision.id.size(), ' ');
  for (const Revision* child : graph.children(revision)) {
    text += "\n" + indent + " -> " + style.id(child->id) +
            labels_in_parentheses(graph, *child, style) + tree_flags(graph, *child);
    const std::string_view title = title_of(*child);
    if (messages && !title.empty()) text += ", " + std::string(title);
  }
  return text;
}

std::string render_revision(const RevisionGraph& graph, const Revision& revision,
                            const std::vector<std::string>& rows, const RevisionStyle& style) {
  std::string text = "Rev: " + style.id(revision.id) + tree_flags(graph, revision) +
                     current_flag(revision, rows, style) + "\n";
  text +=
      (graph.is_merge_point(revision) ? "Merges: " : "Parent: ") + down_ids(revision, style) + "\n";
  if (!revision.depends_on.empty()) {
    text += "Also depends on: " + join(revision.depends_on, ", ") + "\n";
  }
  if (graph.is_branch_point(revision)) {
    text += "Branches into: " + children_joined(graph, revision, style) + "\n";
  }
  std::vector<std::string> labels = graph.labels_of(revision);
  if (!labels.empty()) text += "Branch names: " + style.label(join(labels, ", ")) + "\n";
  if (!revision.file.empty()) text += "Path: " + revision.file + "\n";
  if (!revision.created.empty()) text += "Created: " + revision.created + "\n";
  return text + message_block(revision);
}

}  // namespace ormdb
