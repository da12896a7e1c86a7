#include "migrate/scope.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "schema/object_kind.h"

namespace ormdb {

namespace {

class Scope {
 public:
  Scope(const ObjectFilter& filter, std::vector<std::string>* left_out)
      : filter_(filter), left_out_(left_out) {}

  // Removes from `objects` what the filter does not admit; `name` gives an object's name.
  template <typename Object, typename Name>
  void trim(std::vector<Object>& objects, const std::string& kind, const std::string& what,
            Name name) {
    trim_if(objects, what, name,
            [&](const Object& object) { return !filter_.admits(kind, name(object)); });
  }

  template <typename Object, typename Name, typename IsOut>
  void trim_if(std::vector<Object>& objects, const std::string& what, Name name, IsOut is_out) {
    const auto out = [&](const Object& object) {
      if (!is_out(object)) return false;
      if (left_out_ != nullptr) {
        left_out_->push_back(what + " " + name(object) + ": excluded by ormdb.yaml");
      }
      return true;
    };
    objects.erase(std::remove_if(objects.begin(), objects.end(), out), objects.end());
  }

 private:
  const ObjectFilter& filter_;
  std::vector<std::string>* left_out_;
};

// Whether there is something of the name that a trigger can stand on.
bool has_relation(const Schema& schema, const std::string& name) {
  const auto any = [&](const auto& objects) {
    return std::any_of(objects.begin(), objects.end(),
                       [&](const auto& object) { return iequals(qualified_name(object), name); });
  };
  return any(schema.tables) || any(schema.views);
}

}  // namespace

Schema in_scope(Schema schema, const ObjectFilter& filter, std::vector<std::string>* left_out) {
  if (filter.include.empty() && filter.exclude.empty()) return schema;
  Scope scope(filter, left_out);
  const auto qualified = [](const auto& object) { return qualified_name(object); };
  const auto plain = [](const auto& object) { return object.name; };
  scope.trim(schema.tables, "tables", "table", qualified);
  scope.trim(schema.virtual_tables, "tables", "virtual table", plain);
  scope.trim(schema.views, "views", "view", qualified);
  scope.trim(schema.triggers, "triggers", "trigger", plain);
  scope.trim_if(schema.triggers, "trigger", plain,
                [&](const Trigger& trigger) { return !has_relation(schema, trigger.table); });
  scope.trim(schema.enums, "enums", "enum", qualified);
  for (const ObjectKind& kind : object_kinds()) {
    scope.trim_if(schema.objects, replace_all(std::string(kind.kind), "_", " "), qualified,
                  [&](const DatabaseObject& object) {
                    return object.kind == kind.kind &&
                           !filter.admits(std::string(kind.section), qualified_name(object));
                  });
  }
  scope.trim_if(schema.objects, "object", qualified, [&](const DatabaseObject& object) {
    return !object.table.empty() && !has_relation(schema, object.table);
  });
  for (Table& table : schema.tables) {
    const auto in_table = [&](const auto& object) { return table.name + "." + object.name; };
    scope.trim(table.columns, "columns", "column", in_table);
    scope.trim(table.indexes, "indexes", "index", plain);
  }
  return schema;
}

void ignore_uncompared(const Schema& from, Schema& to, const CompareOptions& compare,
                       const SchemaRules& rules) {
  if (compare.types && compare.defaults && compare.comments && compare.collations &&
      compare.checks) {
    return;
  }
  std::map<std::string, const Table*> known;
  for (const Table& table : from.tables) known[rules.fold(qualified_name(table))] = &table;
  for (Table& table : to.tables) {
    const auto found = known.find(rules.fold(qualified_name(table)));
    if (found == known.end()) continue;
    const Table& old = *found->second;
    if (!compare.comments) table.comment = old.comment;
    if (!compare.checks) table.checks = old.checks;
    for (Column& column : table.columns) {
      const auto same = std::find_if(old.columns.begin(), old.columns.end(), [&](const Column& c) {
        return rules.fold(c.name) == rules.fold(column.name);
      });
      if (same == old.columns.end()) continue;
      if (!compare.types) column.type = same->type;
      if (!compare.defaults) column.default_value = same->default_value;
      if (!compare.comments) column.comment = same->comment;
      if (!compare.collations) column.collation = same->collation;
    }
  }
}

}  // namespace ormdb
