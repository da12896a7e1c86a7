#include "model/model_places.h"

#include <charconv>
#include <optional>
#include <span>

namespace ormdb {
namespace {

struct Spot {
  const Node* node = nullptr;
  int line = 0;
};

Spot entry_spot(const Node& map, std::size_t index) {
  const int line = index < map.entry_lines.size() ? map.entry_lines[index] : map.line;
  return {&map.entries[index].second, line};
}

std::optional<Spot> find_entry(const Node& map, std::string_view key) {
  for (std::size_t i = 0; i < map.entries.size(); ++i) {
    if (map.entries[i].first == key) return entry_spot(map, i);
  }
  return std::nullopt;
}

/// An item of a list, by its `name`, its text or its number from 0.
std::optional<Spot> find_item(const Node& list, std::string_view name) {
  for (const Node& item : list.items) {
    const Node* item_name = item.find("name");
    if ((item_name != nullptr && item_name->text == name) ||
        (item.is_scalar() && item.text == name)) {
      return Spot{&item, item.line};
    }
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (error != std::errc() || end != name.data() + name.size() || index >= list.items.size()) {
    return std::nullopt;
  }
  return Spot{&list.items[index], list.items[index].line};
}

/// An object of a section by its name, or by "schema.name".
std::optional<Spot> find_object(const Node& section, std::string_view name) {
  if (section.is_list()) return find_item(section, name);
  if (auto spot = find_entry(section, name)) return spot;
  for (std::size_t i = 0; i < section.entries.size(); ++i) {
    const auto& [key, body] = section.entries[i];
    const Node* schema = body.find("schema");
    if (schema != nullptr && schema->text + "." + key == name) return entry_spot(section, i);
  }
  return std::nullopt;
}

/// A trigger that stands in its table.
std::optional<Spot> find_table_trigger(const Node& document, std::string_view name) {
  const Node* tables = document.find("tables");
  if (tables == nullptr) return std::nullopt;
  for (const auto& [key, table] : tables->entries) {
    const Node* triggers = table.find("triggers");
    if (triggers == nullptr) continue;
    if (auto spot = find_object(*triggers, name)) return spot;
  }
  return std::nullopt;
}

std::optional<Spot> find_root(const Node& document, const std::vector<std::string>& path) {
  const Node* section = document.find(path[0]);
  if (section != nullptr && path.size() < 2) return Spot{section, section->line};
  if (path.size() < 2) return std::nullopt;
  if (section != nullptr) {
    if (auto spot = find_object(*section, path[1])) return spot;
  }
  return path[0] == "triggers" ? find_table_trigger(document, path[1]) : std::nullopt;
}

/// A constraint that stands in a column: by its name, or the first part of the primary key.
std::optional<Spot> find_in_columns(const Node& table, std::span<const std::string> rest) {
  const Node* columns = table.find("columns");
  if (columns == nullptr || rest.empty()) return std::nullopt;
  const std::string name = rest.size() > 1 ? rest[1] : "";
  for (std::size_t i = 0; i < columns->entries.size(); ++i) {
    for (const char* key : {"primary_key", "unique", "foreign_key"}) {
      const Node* value = columns->entries[i].second.find(key);
      if (value == nullptr) continue;
      const bool is_it =
          rest[0] == "primary_key" ? rest[0] == key : !name.empty() && value->text == name;
      if (is_it) return entry_spot(*columns, i);
    }
  }
  return std::nullopt;
}

Spot deepest(Spot spot, std::span<const std::string> rest) {
  for (; !rest.empty(); rest = rest.subspan(1)) {
    const std::string& step = rest.front();
    const auto next =
        spot.node->is_list() ? find_item(*spot.node, step) : find_entry(*spot.node, step);
    if (!next) break;
    spot = *next;
  }
  return spot;
}

/// Within a table, constraints may stand in its columns.
Spot deepest_in_object(const Spot& object, std::span<const std::string> rest) {
  const Spot listed = deepest(object, rest);
  const bool is_constraint =
      !rest.empty() && (rest[0] == "primary_key" || rest[0] == "constraints");
  const Node* section = is_constraint ? object.node->find(rest[0]) : nullptr;
  const bool found = !is_constraint || (section != nullptr && listed.node != section) ||
                     (section != nullptr && rest.size() == 1);
  if (found) return listed;
  return find_in_columns(*object.node, rest).value_or(listed);
}

}  // namespace

ModelPlace place_of_entry(const ModelFile& file, std::string_view section, std::size_t index) {
  const Node* node = file.document.find(section);
  if (node == nullptr || index >= node->entries.size()) return {&file, 0};
  return {&file, entry_spot(*node, index).line};
}

ModelPlace find_place(const std::vector<std::unique_ptr<ModelFile>>& files,
                      const std::vector<std::string>& path) {
  if (path.empty()) return {};
  for (const auto& file : files) {
    if (const auto spot = find_root(file->document, path)) {
      const std::size_t skipped = path.size() < 2 ? 1 : 2;
      return {file.get(), deepest_in_object(*spot, std::span(path).subspan(skipped)).line};
    }
  }
  return {};
}

}  // namespace ormdb
