#include "dialect/postgresql/deferred_checks.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialect/postgresql/literal.h"

namespace ormdb::postgresql {
namespace {

struct Found {
  bool any_deferrable = false;
  std::vector<std::string> initially_deferred;
};

class Search {
 public:
  Found in(const Schema& schema) {
    for (const Table& table : schema.tables) {
      if (table.primary_key) add(*table.primary_key, table.schema);
      for (const Unique& unique : table.uniques) add(unique, table.schema);
      for (const ForeignKey& key : table.foreign_keys) add(key, table.schema);
      for (const Exclude& exclude : table.excludes) add(exclude, table.schema);
    }
    for (const Trigger& trigger : schema.triggers) add(trigger);
    return std::move(found_);
  }

 private:
  template <typename Key>
  void add(const Key& key, const std::string& schema) {
    found_.any_deferrable = found_.any_deferrable || key.deferrable != Deferrable::kNo;
    if (key.deferrable == Deferrable::kDeferred) note(key.name, schema);
  }
  void add(const Trigger& trigger) {
    const auto own = trigger.options.find("postgresql");
    if (own == trigger.options.end()) return;
    const auto deferrable = own->second.find("deferrable");
    if (deferrable == own->second.end()) return;
    found_.any_deferrable = true;
    const std::size_t dot = trigger.table.rfind('.');
    if (deferrable->second != "deferred") return;
    note(trigger.name, dot == std::string::npos ? "" : trigger.table.substr(0, dot));
  }
  void note(const std::string& name, const std::string& schema) {
    if (name.empty()) return;
    const std::string text = (schema.empty() ? "" : quote(schema) + ".") + quote(name);
    auto& names = found_.initially_deferred;
    if (std::find(names.begin(), names.end(), text) == names.end()) names.push_back(text);
  }

  Found found_;
};

}  // namespace

std::vector<std::string> DeferredChecks::before_data(const Schema& schema) {
  pending_ = true;
  if (!std::exchange(immediate_, false)) return {};
  const Found found = Search().in(schema);
  if (found.initially_deferred.empty()) return {};
  return {"SET CONSTRAINTS " + join(found.initially_deferred, ", ") + " DEFERRED"};
}

std::vector<std::string> DeferredChecks::before_change(const Schema& schema) {
  if (!std::exchange(pending_, false) || !Search().in(schema).any_deferrable) return {};
  immediate_ = true;
  return {"SET CONSTRAINTS ALL IMMEDIATE"};
}

}  // namespace ormdb::postgresql
