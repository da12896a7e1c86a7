// Views whose text says "*".
//
// The catalog holds the columns that * stood for when the view was made. Where what it selects from
// gets other columns, the models' view is another one, though the server, which spells it by the
// columns that are there, finds no difference.
#pragma once

#include <string>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// The views of the models before they are reconciled that say "*".
std::vector<View> views_with_star(const Schema& models);

/// Gives those of `views` their own text back in `to` that select from a table whose columns are
/// not those of `from`, or from a view that differs.
void restore_changed_stars(const std::vector<View>& views, const Schema& from, Schema& to);

}  // namespace ormdb::postgresql
