#include "ops/rename_readers.h"

#include <algorithm>
#include <set>
#include <string>

#include "ops/find.h"
#include "ops/sql_names.h"

namespace ormdb {
namespace {

using Names = std::set<std::string>;

/// A view or a trigger, as far as it reads something.
struct Reader {
  std::string view;  // folded; "" for a trigger
  Names names;
  bool nested = false;  // a query within the query
  bool goes = false;
};

Reader reader(const View& view, const SchemaRules& rules) {
  return {rules.fold(view.name), mentioned_names(view.query, rules),
          has_subquery(view.query, rules)};
}

Reader reader(const Trigger& trigger, const SchemaRules& rules) {
  Reader result{"", mentioned_names(trigger.body, rules),
                has_subquery(trigger.body, rules) || has_subquery(trigger.when, rules)};
  result.names.merge(mentioned_names(trigger.when, rules));
  result.names.insert(rules.fold(trigger.table));
  for (const std::string& column : trigger.update_of) result.names.insert(rules.fold(column));
  return result;
}

/// `views` and every view that reads one of them, or of those.
Names with_users(Names views, const std::vector<Reader>& readers) {
  for (std::size_t before = views.size() + 1; before != views.size();) {
    before = views.size();
    for (const Reader& reader : readers) {
      if (!reader.view.empty() && intersect(reader.names, views)) views.insert(reader.view);
    }
  }
  return views;
}

void mark_broken(std::vector<Reader>& readers, const std::string& table,
                 const std::string& column) {
  Names views = with_users({table}, readers);
  views.erase(table);
  for (Reader& reader : readers) {
    const bool indirect = intersect(reader.names, views);
    const bool nested = reader.nested && reader.names.contains(table);
    if (reader.names.contains(column) && (indirect || nested)) reader.goes = true;
  }
}

void mark_users(std::vector<Reader>& readers) {
  Names views;
  for (const Reader& reader : readers) {
    if (reader.goes && !reader.view.empty()) views.insert(reader.view);
  }
  views = with_users(std::move(views), readers);
  for (Reader& reader : readers) {
    if (intersect(reader.names, views)) reader.goes = true;
  }
}

/// The table's name before the renames of tables, folded, without a schema.
std::string former_name(const std::string& table, const std::vector<Operation>& renames,
                        const SchemaRules& rules) {
  std::string name = table;
  for (const Operation& operation : renames) {
    const auto* rename = operation.get_if<RenameTable>();
    if (rename != nullptr && same_name(rename->to, table, rules)) name = rename->from;
  }
  return rules.fold(name.substr(name.rfind('.') + 1));
}

template <typename Object>
void erase_going(std::vector<Object>& objects, std::vector<Reader>::const_iterator reader) {
  std::erase_if(objects, [&](const Object&) { return (reader++)->goes; });
}

}  // namespace

std::vector<Operation> drops_before_renames(const Schema& from,
                                            const std::vector<Operation>& renames,
                                            const SchemaRules& rules) {
  if (rules.dialect() != "sqlite") return {};
  std::vector<Reader> readers;
  for (const View& view : from.views) readers.push_back(reader(view, rules));
  for (const Trigger& trigger : from.triggers) readers.push_back(reader(trigger, rules));
  for (const Operation& operation : renames) {
    const auto* rename = operation.get_if<RenameColumn>();
    if (rename == nullptr) continue;
    mark_broken(readers, former_name(rename->table, renames, rules), rules.fold(rename->from));
  }
  mark_users(readers);
  Schema left = from;
  erase_going(left.views, readers.cbegin());
  erase_going(left.triggers, readers.cbegin() + static_cast<std::ptrdiff_t>(from.views.size()));
  return diff(from, left, rules);
}

}  // namespace ormdb
