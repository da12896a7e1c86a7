// The words for everything that can be wrong with a graph or a revision argument.
//
// Each names the thing, gives a command that leads further, lists the candidates, and says where
// the name came from: "argument", "database" (a row of the version table) or "script".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/error.h"
#include "revision/graph_data.h"

namespace ormdb {

// Scripts. `file:line` is that of the reference or definition at fault.
void check_id_in_script(const Revision& revision);
void check_label_in_script(const Revision& revision, const std::string& label);
Error duplicate_revision(const Revision& first, const Revision& second);
Error label_is_an_id(const Revision& revision, const Revision& owner);
Error duplicate_label(const std::string& label, const Revision& first, const Revision& second);
Error loop_error(ErrorKind kind, const Revision& revision);
/// `cycle`: each names the next as its parent or dependency, the last the first.
Error cycle_error(ErrorKind kind, const std::vector<const Revision*>& cycle);
Error missing_revision(const Revision& revision, const std::string& name, std::string_view key,
                       const std::vector<std::string>& known);

// Arguments and rows.
Error unknown_argument(const GraphData& graph, std::string_view name, std::string_view argument);
Error unknown_row(const GraphData& graph, const std::string& row);
Error ambiguous_prefix(const GraphData& graph, std::string_view prefix,
                       std::vector<std::string> keys);
Error multiple_heads(const GraphData& graph, std::string_view argument, const NodeList& heads);
Error not_in_branch(const GraphData& graph, NodeIndex node, std::string_view branch);
Error overlap(const GraphData& graph, NodeIndex lower, NodeIndex upper, std::string_view where);
/// A relative form that could go to or from each of `nodes`; `why` reads on with their list.
Error ambiguous_walk(const GraphData& graph, std::string_view argument, const std::string& why,
                     const NodeList& nodes);
Error duplicate_heads(const Revision& revision, const std::string& argument);
Error not_a_head(const GraphData& graph, NodeIndex node);
Error out_of_range(std::string_view argument, const std::string& why, const std::string& hint);

/// "4f1c2a9be07d (add slug to post, 2026-11-22T10:04:11Z)"
std::string describe(const Revision& revision);

}  // namespace ormdb
