// The order of DELETEs where tables point to themselves, or to each other in a circle.
#include <algorithm>
#include <map>

#include "orm/flush.h"

namespace ormdb::detail {

namespace {

/// Places in a list of objects by the bytes of some columns, as the database has them.
using Places = std::unordered_map<std::string, std::size_t>;

std::string stored_key(const Entity* entity, const std::vector<ColumnIndex>& columns) {
  std::string bytes;
  for (const ColumnIndex column : columns) {
    const Datum value = stored_value(entity, column);
    if (value.is_null()) return "";
    append_key(bytes, value);
  }
  return bytes;
}

Places places_by(const std::vector<ColumnIndex>& columns, const std::vector<Entity*>& entities) {
  Places places;
  places.reserve(entities.size());
  for (std::size_t i = 0; i < entities.size(); ++i) {
    places.emplace(stored_key(entities[i], columns), i);
  }
  places.erase("");
  return places;
}

bool may_be_cut(const KeyMap& key) { return key.nullable && !is_by_database(key.on_delete); }

/// A topological order (Kahn's) from the leaves up.
class ChildrenFirst {
 public:
  ChildrenFirst(const Mapper& mapper, const std::vector<Entity*>& entities)
      : entities_(entities), parents_(entities.size()), children_(entities.size()) {
    for (const KeyMap* key : mapper.parents) {
      if (key->parent == &mapper) add_edges(*key);
    }
  }

  std::vector<Entity*> sorted() {
    for (std::size_t i = 0; i < entities_.size(); ++i) {
      if (children_[i] == 0) ready_.push_back(i);
    }
    take_ready();
    for (std::size_t i = 0; i < entities_.size() && taken_ < entities_.size(); ++i) {
      cut_from(i);
      take_ready();
    }
    std::vector<Entity*> result;
    for (const std::size_t i : ready_) result.push_back(entities_[i]);
    // Circles that cannot be cut: it is for the database to take or to refuse them.
    for (std::size_t i = 0; i < entities_.size(); ++i) {
      if (children_[i] > 0) result.push_back(entities_[i]);
    }
    return result;
  }

  const std::map<const KeyMap*, std::vector<Entity*>>& cuts() const { return cuts_; }

 private:
  struct Edge {
    std::size_t parent;
    const KeyMap* key;
  };

  void add_edges(const KeyMap& key) {
    const Places places = places_by(key.parent_columns, entities_);
    for (std::size_t i = 0; i < entities_.size(); ++i) {
      const auto found = places.find(stored_key(entities_[i], key.child_columns));
      if (found == places.end() || found->second == i) continue;
      parents_[i].push_back({found->second, &key});
      ++children_[found->second];
    }
  }

  void lose_child(std::size_t parent) {
    if (--children_[parent] == 0) ready_.push_back(parent);
  }

  void take_ready() {
    for (; taken_ < ready_.size(); ++taken_) {
      for (const Edge& edge : parents_[ready_[taken_]]) lose_child(edge.parent);
    }
  }

  /// Opens the circle that the object is in, if it is in one.
  void cut_from(std::size_t place) {
    if (children_[place] == 0) return;
    std::erase_if(parents_[place], [&](const Edge& edge) {
      if (children_[edge.parent] == 0 || !may_be_cut(*edge.key)) return false;
      cuts_[edge.key].push_back(entities_[place]);
      lose_child(edge.parent);
      return true;
    });
  }

  const std::vector<Entity*>& entities_;
  std::vector<std::vector<Edge>> parents_;
  std::vector<std::size_t> children_;  ///< How many are not placed before it yet.
  std::vector<std::size_t> ready_;     ///< In their order; those from taken_ on are to be followed.
  std::size_t taken_ = 0;
  std::map<const KeyMap*, std::vector<Entity*>> cuts_;
};

/// NULL for some columns of rows.
class NullRows final : public RowSource {
 public:
  NullRows(const KeyMap& key, const std::vector<Entity*>& entities)
      : key_(key), entities_(entities) {}
  std::size_t size() const override { return entities_.size(); }
  void put(std::size_t row, ParameterSink& sink) override {
    scratch_.clear();
    for (const ColumnIndex column : key_.child_columns) {
      sink.put_null(key_.child->columns[column].kind);
    }
    put_stored_key(entities_[row], sink, scratch_);
  }
  void written(std::size_t, std::int64_t, const RowReader*) override {}

 private:
  const KeyMap& key_;
  const std::vector<Entity*>& entities_;
  Scratch scratch_;
};

}  // namespace

void Flush::cut(const KeyMap& key, const Entities& children) {
  const Mapper& mapper = *key.child;
  std::string mask;
  for (const ColumnIndex column : key.child_columns) append_column(mask, column);
  const UpdatePlan& plan = update_plan(mapper, mask);
  NullRows rows(key, children);
  const auto started = core_.start_statement();
  // A row that is gone is for its DELETE to tell.
  core_.driver(mapper).update(plan, rows);
  core_.end_statement("UPDATE " + plan.table, started, children.size());
}

void Flush::cut_backward_keys() {
  for (const auto& mapper : core_.models().mappers) {
    const Entities& children = removed_[mapper->index];
    for (const KeyMap* key : mapper->parents) {
      const Entities& parents = removed_[key->parent->index];
      const bool backward = mapper->rank < key->parent->rank && may_be_cut(*key);
      if (!backward || children.empty() || parents.empty()) continue;
      const Places places = places_by(key->parent_columns, parents);
      Entities met;
      for (Entity* child : children) {
        if (places.contains(stored_key(child, key->child_columns))) met.push_back(child);
      }
      if (!met.empty()) cut(*key, met);
    }
  }
}

Flush::Entities Flush::children_first(const Mapper& mapper, const Entities& entities) {
  const bool is_tree = std::any_of(mapper.parents.begin(), mapper.parents.end(),
                                   [&](const KeyMap* key) { return key->parent == &mapper; });
  if (!is_tree || entities.size() < 2) return entities;
  ChildrenFirst order(mapper, entities);
  Entities sorted = order.sorted();
  for (const auto& [key, children] : order.cuts()) cut(*key, children);
  return sorted;
}

}  // namespace ormdb::detail
