#include "cli/option_set.h"

#include <utility>

namespace ormdb::cli {

std::string OptionSet::value(std::string_view name, std::string_view otherwise) const {
  const std::vector<std::string>& all = values(name);
  return all.empty() ? std::string(otherwise) : all.front();
}

const std::vector<std::string>& OptionSet::values(std::string_view name) const {
  static const std::vector<std::string> kNone;
  const auto found = values_.find(name);
  return found == values_.end() ? kNone : found->second;
}

std::string OptionSet::argument(std::size_t index, std::string_view otherwise) const {
  return index < arguments_.size() ? arguments_[index] : std::string(otherwise);
}

void OptionSet::add_value(std::string_view name, std::string value) {
  values_[std::string(name)].push_back(std::move(value));
}

}  // namespace ormdb::cli
