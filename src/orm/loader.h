// Loading relationships: which strategy for which, and the statements of each.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "orm/session_core.h"

namespace ormdb::detail {

/// Strategies as a tree along the relationships.
struct LoadTree {
  const Relation* relation = nullptr;
  Loading loading = Loading::kSelect;
  std::vector<LoadTree> next;
};

/// What the options of a query say for the relationships of `mapper`, and the defaults of those
/// that they leave out, but not back along `came_by`.
std::vector<LoadTree> load_tree(const Metadata::Impl& models, const Mapper& mapper,
                                const std::vector<LoadSpec>& specs,
                                const Relation* came_by = nullptr, std::size_t depth = 0);

/// Loads one relationship for objects that do not have it yet.
class Loader {
 public:
  Loader(SessionCore& core, const Relation& relation) : core_(core), relation_(relation) {}

  /// By lists of keys.
  void load(const std::vector<Entity*>& owners);
  /// All rows of the children's table: when the owners are a whole table too.
  void load_whole(const std::vector<Entity*>& owners);
  /// With the query that gave the owners as a subquery.
  void load_subquery(const std::vector<Entity*>& owners, const QueryData& query);

 private:
  using Keys = std::vector<std::vector<Datum>>;

  void load_parents(const std::vector<Entity*>& owners);
  void load_children(const std::vector<Entity*>& owners);
  void begin(const std::vector<Entity*>& owners);
  void finish(const std::vector<Entity*>& owners);
  Keys owner_keys(const std::vector<Entity*>& owners) const;
  /// Runs the statement for the keys, chunk by chunk; without keys for the whole table.
  void select(const Keys& keys, const std::vector<ColumnIndex>& columns);
  void select_chunk(const Keys& keys, std::size_t first, std::size_t count,
                    const std::vector<ColumnIndex>& columns);
  std::string select_text(std::size_t count, const std::vector<ColumnIndex>& columns);
  std::size_t take_rows(PreparedStatement& statement);
  const Tokens& filter() const;
  void give(Entity* owner, Entity* child);
  Entity* owner_of_child(const Entity* child) const;
  Entity* owner_of_row(const RowReader& row) const;

  SessionCore& core_;
  const Relation& relation_;
  std::vector<Entity*> found_;                       ///< Parents that a statement gave.
  std::unordered_map<std::string, Entity*> by_key_;  ///< Owners by a key that is not primary.
};

/// The value of an integer column; false: NULL or of another kind.
bool integer_of(const Mapper& mapper, const void* object, ColumnIndex column, std::int64_t& value);

/// Whether the query gives every row of its model's table.
bool gives_all_rows(const QueryData& query);

/// Applies the strategies but kJoined to objects of one model, level after level. `query` gave
/// them, or is null.
void apply_loads(SessionCore& core, const std::vector<LoadTree>& tree,
                 const std::vector<Entity*>& entities, const QueryData* query);

/// The objects at the other end of what is loaded.
std::vector<Entity*> targets_of(const Relation& relation, const std::vector<Entity*>& owners);

}  // namespace ormdb::detail
