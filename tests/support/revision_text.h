// Revision graphs and plans as short texts, for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/error.h"
#include "ormdb/revision.h"

namespace ormdb::test {

/// One revision a line: `id: parent parent ~ dependency [label label]`, all but the id optional.
/// File `id.yaml`, `revision:` on line 2, `down_revision:` on 3, `depends_on:` on 4; message "do
/// ID".
std::vector<Revision> revisions_from(std::string_view text);
RevisionGraph graph_from(std::string_view text);

std::vector<std::string> words(std::string_view text);           ///< By spaces.
std::string ids(const std::vector<const Revision*>& revisions);  ///< Joined by spaces.

/// "a b => b c": the steps, then the rows; checks that the last step's rows are the plan's.
/// An error reads "!kind".
std::string upgrade(const RevisionGraph& graph, std::string_view target, std::string_view rows);
std::string downgrade(const RevisionGraph& graph, std::string_view target, std::string_view rows);
std::string stamp(const RevisionGraph& graph, std::string_view targets, std::string_view rows,
                  bool purge = false);
std::string history(const RevisionGraph& graph, std::string_view range, std::string_view rows);
std::string resolve(const RevisionGraph& graph, std::string_view argument, std::string_view rows);

/// Runs `action`, which must throw an Error, and returns it.
template <typename Action>
Error error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::kInternal, "nothing was thrown");
}

}  // namespace ormdb::test
