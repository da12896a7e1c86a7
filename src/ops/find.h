// Finding things of a schema by name, as a dialect compares names: an exact match wins, then one
// that is equal under SchemaRules::fold (SQLite: without case).
//
// Replays look names up in a schema of thousands of tables for every operation, so nothing here
// allocates for a name that does not match.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/diff.h"
#include "ormdb/schema.h"

namespace ormdb {

/// Compares names with one wanted name. Relies on fold() changing nothing but case in ASCII names.
class NameMatcher {
 public:
  NameMatcher(std::string_view wanted, const SchemaRules& rules);

  bool exact(std::string_view name) const { return name == wanted_; }
  bool exact(std::string_view schema, std::string_view name) const;
  bool same(std::string_view name) const;
  bool same(std::string_view schema, std::string_view name) const;

 private:
  std::string_view wanted_;
  const SchemaRules& rules_;
  bool ascii_;
};

bool same_name(std::string_view a, std::string_view b, const SchemaRules& rules);

// Each returns the position, or the size of the list when there is none.
std::size_t find_table(const Schema& schema, std::string_view name, const SchemaRules& rules);
std::size_t find_virtual_table(const Schema& schema, std::string_view name,
                               const SchemaRules& rules);
std::size_t find_view(const Schema& schema, std::string_view name, const SchemaRules& rules);
/// By its name, and by its table where names are the table's own.
std::size_t find_trigger(const Schema& schema, const Trigger& trigger, const SchemaRules& rules);
std::size_t find_object(const Schema& schema, const DatabaseObject& object,
                        const SchemaRules& rules);
std::size_t find_enum(const Schema& schema, std::string_view name, const SchemaRules& rules);
std::size_t find_column(const Table& table, std::string_view name, const SchemaRules& rules);
std::size_t find_index(const Table& table, std::string_view name, const SchemaRules& rules);

/// What already has the name: "table", "view", "virtual table", or "" when it is free.
std::string_view relation_with_name(const Schema& schema, std::string_view name,
                                    const SchemaRules& rules);

}  // namespace ormdb
