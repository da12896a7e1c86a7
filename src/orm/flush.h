// One flush: what the session collected, as batches of equal statements.
//
//  1. Removals spread along cascades; the children that stay lose their keys.
//  2. INSERT, models by the order of their foreign keys, rows of trees by their links. A link whose
//     parent has no row yet (a cycle) leaves NULL, and an UPDATE follows.
//  3. UPDATE of the columns that differ from the images.
//  4. Rows of association tables: INSERT, then DELETE.
//  5. DELETE, children first; rows that point to each other in a circle get NULL before. What the
//     database's own actions did to objects is done to them too.
//
// Every step notes in the undo log how the objects were.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "orm/session_core.h"

namespace ormdb::detail {

class Flush {
 public:
  explicit Flush(SessionCore& core) : core_(core) {}
  void run();

 private:
  using Entities = std::vector<Entity*>;

  // flush_delete.cc
  void spread_removals();
  void note_new_children();
  Entities children_at(const Relation& relation, Entity* parent);
  void spread(Entity* entity, const KeyMap& key);
  void clear_associations(Entity* entity);
  void remove_all();
  void remove_of(const Mapper& mapper, const Entities& entities);
  void delete_rows(const Mapper& mapper, const Entities& entities);
  void follow_database(const Mapper& mapper, const Entities& gone);
  void follow_key(const KeyMap& key, const std::vector<std::string>& gone);

  // flush_order.cc
  /// Where tables point to each other in a circle, one of the keys leads from rows that are deleted
  /// later to rows that are deleted earlier: it gets NULL.
  void cut_backward_keys();
  /// Rows that point to rows of their own table before those, as the database has them.
  Entities children_first(const Mapper& mapper, const Entities& entities);
  /// NULL into the key of rows that will be deleted.
  void cut(const KeyMap& key, const Entities& children);

  // flush_insert.cc
  void insert_all();
  void insert_of(const Mapper& mapper, Entities entities);
  void insert_batch(const Mapper& mapper, const std::string& mask, const Entities& entities);
  Entities parents_first(const Mapper& mapper, const Entities& entities) const;

  // flush.cc
  /// Copies the keys of parents; false when one has none yet.
  bool resolve_links(Entity* entity);
  void note_column(Entity* entity, ColumnIndex column);
  void copy_key(Entity* child, const KeyMap& key, const Entity* parent);
  void clear_key(Entity* child, const KeyMap& key);
  void update_all();
  bool prepare_update(Entity* entity, std::string& mask);
  const UpdatePlan& update_plan(const Mapper& mapper, const std::string& mask);
  void update_batch(const Mapper& mapper, const std::string& mask, const Entities& entities);
  void check_key(Entity* entity, ColumnIndex column) const;
  void write_associations();
  void finish();

  SessionCore& core_;
  std::vector<Entities> removed_;  ///< By mapper.
  /// Children that were given the parent and not written yet; a list may not be loaded.
  std::unordered_multimap<const Entity*, std::pair<const KeyMap*, Entity*>> new_children_;
  std::vector<ColumnIndex> changed_;  ///< Of the object that is looked at.
  Entities waiting_;                  ///< Their links wait for a later row.
};

/// Objects in memory as rows of an INSERT, whose mask says what the database fills in.
class InsertRows : public RowSource {
 public:
  InsertRows(const Mapper& mapper, std::string_view mask);
  void put(std::size_t row, ParameterSink& sink) override;
  void written(std::size_t row, std::int64_t key, const RowReader* columns) override;
  /// Reads a further column back; before plan().
  void also_return(ColumnIndex column);
  const InsertPlan& plan(PooledConnection& connection, std::string_view mask,
                         bool bulk = false) const;

 private:
  virtual void* object_at(std::size_t row) const = 0;

  const Mapper& mapper_;
  bool without_key_;
  std::vector<ColumnIndex> sent_;
  std::vector<ColumnIndex> returned_;
  std::string also_returned_;  ///< Part of the plan's key.
  Scratch scratch_;
};
bool has_server_expressions(const Mapper& mapper);
std::string insert_mask(const Mapper& mapper, const void* object, bool has_expressions);

/// The key of a plan: which metadata, which mapper, which columns.
std::string plan_key(const Mapper& mapper, std::string_view mask);

/// Whether the database does something to the children of a row that is deleted.
bool is_by_database(ForeignKeyAction action);

/// Rows by key, as the database has them: the key, then the version where there is one.
void put_stored_key(const Entity* entity, ParameterSink& sink, Scratch& scratch);

/// A part of a plan's key: columns.
void append_column(std::string& mask, ColumnIndex column);

}  // namespace ormdb::detail
