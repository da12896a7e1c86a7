#include "ops/order_objects.h"

#include <algorithm>
#include <map>
#include <set>

#include "ops/sql_names.h"
#include "ops/topological.h"

namespace ormdb {
namespace {

using Names = std::set<std::string>;

/// Positions of views so that each stands after those that it mentions; ties by name.
std::vector<std::size_t> order_of_use(const std::vector<View>& views, const SchemaRules& rules) {
  std::map<std::string, std::size_t> numbers;
  for (std::size_t i = 0; i < views.size(); ++i) numbers[rules.fold(views[i].name)] = i;
  std::vector<std::set<std::size_t>> dependencies(views.size());
  for (std::size_t i = 0; i < views.size(); ++i) {
    for (const std::string& name : mentioned_names(views[i].query, rules)) {
      const auto found = numbers.find(name);
      if (found != numbers.end()) dependencies[i].insert(found->second);
    }
  }
  return topological_order(dependencies);
}

class Objects {
 public:
  Objects(const SchemaChanges& changes, const SchemaRules& rules)
      : changes_(changes), rules_(rules) {
    collect_what_goes();
    sort_views();
    sort_triggers();
  }

  ObjectOperations operations() const;

 private:
  void collect_what_goes();
  void sort_views();
  void sort_triggers();
  void create_views(std::vector<Operation>& result) const;
  Names mentions(const Trigger& trigger) const;

  const SchemaChanges& changes_;
  const SchemaRules& rules_;
  Names going_;  // relations that are dropped or lose a column
  Names gone_;   // relations that are dropped, if only to be created again: triggers fall with them
  std::vector<View> dropped_views_, created_views_;
  std::vector<std::pair<View, View>> replaced_views_;
  std::vector<Trigger> dropped_triggers_, created_triggers_;
  std::vector<std::pair<Trigger, Trigger>> replaced_triggers_;
};

void Objects::collect_what_goes() {
  for (const Table& table : changes_.tables.dropped) gone_.insert(rules_.fold(table.name));
  for (const VirtualTable& table : changes_.virtual_tables.dropped) {
    gone_.insert(rules_.fold(table.name));
  }
  for (const View& view : changes_.views.dropped) gone_.insert(rules_.fold(view.name));
  going_ = gone_;
  for (const TableChanges& table : changes_.altered_tables) {
    if (table.dropped_columns.empty()) continue;
    const std::size_t dot = table.name.rfind('.');
    going_.insert(rules_.fold(dot == std::string::npos ? table.name : table.name.substr(dot + 1)));
  }
}

/// A changed view whose old text needs something that goes, goes before it; what uses that view
/// too.
void Objects::sort_views() {
  dropped_views_ = changes_.views.dropped;
  created_views_ = changes_.views.created;
  std::vector<View> old_views;
  for (const auto& [from, to] : changes_.views.replaced) old_views.push_back(from);
  for (const std::size_t i : order_of_use(old_views, rules_)) {
    const auto& [from, to] = changes_.views.replaced[i];
    const bool same_kind = from.materialized == to.materialized;
    if (same_kind && !intersect(mentioned_names(from.query, rules_), going_)) {
      replaced_views_.emplace_back(from, to);
      continue;
    }
    going_.insert(rules_.fold(from.name));
    gone_.insert(rules_.fold(from.name));
    dropped_views_.push_back(from);
    created_views_.push_back(to);
  }
}

Names Objects::mentions(const Trigger& trigger) const {
  Names result = mentioned_names(trigger.body, rules_);
  result.merge(mentioned_names(trigger.when, rules_));
  result.insert(rules_.fold(trigger.table));
  return result;
}

void Objects::sort_triggers() {
  dropped_triggers_ = changes_.triggers.dropped;
  created_triggers_ = changes_.triggers.created;
  for (const auto& [from, to] : changes_.triggers.replaced) {
    if (intersect(mentions(from), going_)) {
      dropped_triggers_.push_back(from);
      created_triggers_.push_back(to);
    } else {
      replaced_triggers_.emplace_back(from, to);
    }
  }
  for (const Trigger& trigger : changes_.unchanged_triggers) {
    if (!gone_.contains(rules_.fold(std::string(unqualified(trigger.table))))) continue;
    dropped_triggers_.push_back(trigger);
    created_triggers_.push_back(trigger);
  }
  const auto by_name = [&](const Trigger& a, const Trigger& b) {
    return rules_.fold(a.name) < rules_.fold(b.name);
  };
  std::sort(dropped_triggers_.begin(), dropped_triggers_.end(), by_name);
  std::sort(created_triggers_.begin(), created_triggers_.end(), by_name);
}

/// Created and replaced views in one order of use.
void Objects::create_views(std::vector<Operation>& result) const {
  std::map<std::string, Operation> by_name;
  for (const View& view : created_views_) {
    by_name.emplace(rules_.fold(qualified_name(view)), CreateView{view});
  }
  for (const auto& [from, to] : replaced_views_) {
    by_name.emplace(rules_.fold(qualified_name(to)), ReplaceView{from, to});
  }
  std::vector<View> views;
  for (const auto& [name, operation] : by_name) {
    const auto* created = operation.get_if<CreateView>();
    views.push_back(created != nullptr ? created->view : operation.get_if<ReplaceView>()->to);
  }
  for (const std::size_t i : order_of_use(views, rules_)) {
    result.push_back(by_name.at(rules_.fold(qualified_name(views[i]))));
  }
}

ObjectOperations Objects::operations() const {
  ObjectOperations result;
  result.gone = gone_;
  for (const Trigger& trigger : dropped_triggers_) result.before.emplace_back(DropTrigger{trigger});
  std::vector<View> views = dropped_views_;
  std::sort(views.begin(), views.end(), [&](const View& a, const View& b) {
    return rules_.fold(qualified_name(a)) < rules_.fold(qualified_name(b));
  });
  std::vector<std::size_t> order = order_of_use(views, rules_);
  std::reverse(order.begin(), order.end());
  for (const std::size_t i : order) result.before.emplace_back(DropView{views[i]});
  for (const VirtualTable& table : changes_.virtual_tables.dropped) {
    result.before.emplace_back(DropVirtualTable{table});
  }
  for (const VirtualTable& table : changes_.virtual_tables.created) {
    result.after.emplace_back(CreateVirtualTable{table});
  }
  create_views(result.after);
  for (const auto& [from, to] : replaced_triggers_) {
    result.after.emplace_back(ReplaceTrigger{from, to});
  }
  for (const Trigger& trigger : created_triggers_) {
    result.after.emplace_back(CreateTrigger{trigger});
  }
  return result;
}

}  // namespace

ObjectOperations object_operations(const SchemaChanges& changes, const SchemaRules& rules) {
  return Objects(changes, rules).operations();
}

}  // namespace ormdb
