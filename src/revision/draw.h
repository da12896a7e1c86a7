// History as a drawing: what `history --graph` prints.
#pragma once

#include <string>
#include <vector>

#include "ormdb/revision.h"

namespace ormdb {

/// Lines like those of `git log --graph`, without newlines: one for each revision (`*` in its lane,
/// then id, labels, (head), (merge), (current), message), and between them those on which lanes
/// fork (`|\`) and join (`|/`). Lanes are edges by down_revision; depends_on is said in words.
/// Labels stand where they were written and at the heads. `revisions`: newest first, children
/// before parents (RevisionGraph::history() gives them so); an edge to a revision that is not among
/// them ends. Lines are cut to `width` columns (0: never); lanes beyond half of it are not drawn
/// but marked by `…`.
std::vector<std::string> draw_history(const RevisionGraph& graph,
                                      const std::vector<const Revision*>& revisions,
                                      const std::vector<std::string>& rows, int width, bool color);

}  // namespace ormdb
