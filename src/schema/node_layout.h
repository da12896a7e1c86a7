// How a written document is laid out: what fits goes on one line, the rest is broken up.
#pragma once

#include "base/node.h"

namespace ormdb {

/// Gives every list and map below `node` whose style is kAuto a definite one: kFlow when it fits
/// into 100 columns with everything in it and holds neither a text of several lines nor a part
/// that must stand in block style, else kBlock. `indent`: the column (from 0) at which the node's
/// entries will stand.
void lay_out(Node& node, std::size_t indent);

}  // namespace ormdb
