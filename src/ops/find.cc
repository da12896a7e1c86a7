#include "ops/find.h"

#include <algorithm>

#include "base/text.h"

namespace ormdb {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

template <typename Items>
std::size_t find_plain(const Items& items, std::string_view name, const SchemaRules& rules) {
  const NameMatcher matcher(name, rules);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (matcher.exact(items[i].name)) return i;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (matcher.same(items[i].name)) return i;
  }
  return items.size();
}

template <typename Items>
std::size_t find_qualified(const Items& items, std::string_view name, const SchemaRules& rules) {
  const NameMatcher matcher(name, rules);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (matcher.exact(items[i].schema, items[i].name)) return i;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (matcher.same(items[i].schema, items[i].name)) return i;
  }
  return items.size();
}

/// Whether the last letters show that two names differ in more than case. Most names do, and names
/// of a kind tend to begin alike.
bool ends_otherwise(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.empty() != b.empty();
  const auto x = static_cast<unsigned char>(a.back());
  const auto y = static_cast<unsigned char>(b.back());
  constexpr unsigned kCaseBit = 0x20;
  return x < 0x80 && y < 0x80 && (x | kCaseBit) != (y | kCaseBit);
}

}  // namespace

NameMatcher::NameMatcher(std::string_view wanted, const SchemaRules& rules)
    : wanted_(wanted), rules_(rules), ascii_(is_ascii(wanted)) {}

bool NameMatcher::exact(std::string_view schema, std::string_view name) const {
  if (schema.empty()) return wanted_ == name;
  return wanted_.size() == schema.size() + 1 + name.size() && wanted_.starts_with(schema) &&
         wanted_[schema.size()] == '.' && wanted_.ends_with(name);
}

bool NameMatcher::same(std::string_view name) const {
  if (ends_otherwise(name, wanted_)) return false;
  if (name.size() == wanted_.size()) {
    if (name == wanted_) return true;
    if (iequals(name, wanted_)) return rules_.fold(name) == rules_.fold(wanted_);
  }
  return !(ascii_ && is_ascii(name)) && rules_.fold(name) == rules_.fold(wanted_);
}

bool NameMatcher::same(std::string_view schema, std::string_view name) const {
  if (schema.empty()) return same(name);
  return same(std::string(schema) + "." + std::string(name));
}

bool same_name(std::string_view a, std::string_view b, const SchemaRules& rules) {
  return NameMatcher(a, rules).same(b);
}

std::size_t find_table(const Schema& schema, std::string_view name, const SchemaRules& rules) {
  return find_qualified(schema.tables, name, rules);
}
std::size_t find_virtual_table(const Schema& schema, std::string_view name,
                               const SchemaRules& rules) {
  return find_plain(schema.virtual_tables, name, rules);
}
std::size_t find_view(const Schema& schema, std::string_view name, const SchemaRules& rules) {
  return find_qualified(schema.views, name, rules);
}
std::size_t find_trigger(const Schema& schema, const Trigger& trigger, const SchemaRules& rules) {
  if (rules.trigger_names_are_global()) return find_plain(schema.triggers, trigger.name, rules);
  const NameMatcher name(trigger.name, rules);
  const NameMatcher table(trigger.table, rules);
  std::size_t at = 0;
  for (; at < schema.triggers.size(); ++at) {
    if (name.same(schema.triggers[at].name) && table.same(schema.triggers[at].table)) break;
  }
  return at;
}
std::size_t find_object(const Schema& schema, const DatabaseObject& object,
                        const SchemaRules& rules) {
  const NameMatcher name(object.name, rules);
  const auto found = std::find_if(
      schema.objects.begin(), schema.objects.end(), [&](const DatabaseObject& candidate) {
        return candidate.kind == object.kind && candidate.signature == object.signature &&
               name.same(candidate.name) && same_name(candidate.schema, object.schema, rules) &&
               same_name(candidate.table, object.table, rules);
      });
  return static_cast<std::size_t>(found - schema.objects.begin());
}
std::size_t find_enum(const Schema& schema, std::string_view name, const SchemaRules& rules) {
  return find_qualified(schema.enums, name, rules);
}
std::size_t find_column(const Table& table, std::string_view name, const SchemaRules& rules) {
  return find_plain(table.columns, name, rules);
}
std::size_t find_index(const Table& table, std::string_view name, const SchemaRules& rules) {
  return find_plain(table.indexes, name, rules);
}

std::string_view relation_with_name(const Schema& schema, std::string_view name,
                                    const SchemaRules& rules) {
  if (find_table(schema, name, rules) < schema.tables.size()) return "table";
  if (find_view(schema, name, rules) < schema.views.size()) return "view";
  if (find_virtual_table(schema, name, rules) < schema.virtual_tables.size()) {
    return "virtual table";
  }
  return "";
}

}  // namespace ormdb
