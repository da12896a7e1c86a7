// What a comparison leaves out because the configuration says so.
#pragma once

#include <string>
#include <vector>

#include "ormdb/config.h"
#include "ormdb/diff.h"

namespace ormdb {

/// The schema without the objects that `include`/`exclude` leave out. `left_out`, where given, gets
/// a line for each: "table audit: excluded by ormdb.yaml".
Schema in_scope(Schema schema, const ObjectFilter& filter, std::vector<std::string>* left_out);

/// Makes `to` equal to `from` in what `compare` switches off (types, defaults, …), for the columns
/// and tables that both have.
void ignore_uncompared(const Schema& from, Schema& to, const CompareOptions& compare,
                       const SchemaRules& rules);

}  // namespace ormdb
