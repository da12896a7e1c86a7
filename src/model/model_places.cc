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
    if ((item_name != nullptr && item_name->text == name) || (item.is_scalar() && item.text == name)) {
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

Spot deepest(Spot spot, std::span<const std::string> rest) {
  for (const std::string& step : rest) {
    const auto next = spot.node->is_list() ? find_item(*spot.node, step) : find_entry(*spot.node, step);
    if (!next) break;
    spot = *next;
  }
  return spot;
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
      return {file.get(), deepest(*spot, std::span(path).subspan(skipped)).line};
    }
  }
  return {};
}

}  // namespace ormdb
