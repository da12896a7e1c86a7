// Shapes (tokens.h) to SQL text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orm/mapper.h"
#include "orm/tokens.h"

namespace ormdb::detail {

/// A relationship that a query loads with an outer join of its own.
struct EagerJoin {
  const Relation* relation = nullptr;
  int parent = -1;  ///< The eager join that it hangs on; -1: the query's own model.
};

/// Columns of an UPDATE and what they are set to.
using Assignments = std::vector<std::pair<const MemberRef*, Tokens>>;

struct RenderContext {
  const Metadata::Impl& models;
  const SqlStyle& style;
};

/// SELECT. With eager joins, each target's columns follow, in the order of the list.
std::string render_query(const RenderContext& context, std::string_view shape,
                         const std::vector<EagerJoin>& eager = {});
/// SELECT count(*) of the query's rows, and SELECT EXISTS (query).
std::string render_count(const RenderContext& context, std::string_view shape);
std::string render_exists(const RenderContext& context, std::string_view shape);
/// UPDATE and DELETE of the rows of `shape`, which has neither joins nor a limit. The values of
/// `set` come before those of the query, those of `returning` behind them.
std::string render_update(const RenderContext& context, std::string_view shape,
                          const Assignments& set, const std::vector<Tokens>& returning);
std::string render_delete(const RenderContext& context, std::string_view shape,
                          const std::vector<Tokens>& returning);

/// " AND (condition)" over the one unaliased table of the model, or "" without one; `parameters`
/// stand before it.
std::string render_filter(const RenderContext& context, const Mapper& mapper,
                          std::string_view condition, int parameters);

/// "t.a, t.b, …" of all columns.
std::string column_list(const Mapper& mapper, const SqlStyle& style, const std::string& table);

}  // namespace ormdb::detail
