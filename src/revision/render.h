// Revisions as text, in the shapes that users of Alembic know. No text ends in a newline unless
// said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/revision.h"

namespace ormdb {

/// Colours by ANSI codes, or none: ids yellow, labels green, (current) cyan and bold.
struct RevisionStyle {
  bool color = false;
  std::string id(std::string_view text) const;
  std::string label(std::string_view text) const;
  std::string current(std::string_view text) const;
};

// `rows` are the version table's rows; leave them empty where (current) should not show.

/// `DOWN[ (DEPENDS_ON)] -> REV[ (LABELS)][ (head)| (effective head)][ (branchpoint)][ (mergepoint)]
/// [ (current)][, MESSAGE]` on one line; DOWN is `<base>` or ids joined by ", ".
std::string render_history_line(const RevisionGraph& graph, const Revision& revision,
                                const std::vector<std::string>& rows, const RevisionStyle& style);

/// A line of `heads`: `REV[ (LABELS)] (head)`.
std::string render_head_line(const RevisionGraph& graph, const Revision& revision,
                             const RevisionStyle& style);

/// A line of `current`: `REV[ (head)][ (mergepoint)]`.
std::string render_current_line(const RevisionGraph& graph, const Revision& revision,
                                const RevisionStyle& style);

/// A line, led by its end, for each child of a branch point; with the titles of their messages.
std::string render_children(const RevisionGraph& graph, const Revision& revision,
                            const RevisionStyle& style, bool messages);

/// A branch point and below it, indented, its children: `-> CHILD[ (LABELS)][ flags]`.
std::string render_branch_point(const RevisionGraph& graph, const Revision& revision,
                                const RevisionStyle& style);

/// What `show` and -v print: `Rev:`, `Parent:` or `Merges:`, `Also depends on:`, `Branches into:`,
/// `Branch names:`, `Path:`, `Created:` (those that say something), an empty line, the message
/// indented by four. Ends in a newline, so that a list of them reads well.
std::string render_revision(const RevisionGraph& graph, const Revision& revision,
                            const std::vector<std::string>& rows, const RevisionStyle& style);

/// The first line of the message.
std::string_view title_of(const Revision& revision);

}  // namespace ormdb
