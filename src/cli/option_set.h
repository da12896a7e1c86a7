// What a parsed command line holds. Plain data: the parser (cli.cc) fills it, commands read it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ormdb::cli {

/// Options by their long name without dashes ("rev-range"), and the words that are no options.
class OptionSet {
 public:
  /// Whether a flag, or an option with a value, was given.
  bool has(std::string_view name) const { return values_.contains(name); }
  /// The value of an option that may be given once; `otherwise` when it was not given.
  std::string value(std::string_view name, std::string_view otherwise = "") const;
  /// All values of an option that may be repeated, in the order given.
  const std::vector<std::string>& values(std::string_view name) const;
  const std::vector<std::string>& arguments() const { return arguments_; }
  /// The word at `index`, or `otherwise` when there are fewer.
  std::string argument(std::size_t index, std::string_view otherwise = "") const;

  void set_flag(std::string_view name) { values_[std::string(name)]; }
  void add_value(std::string_view name, std::string value);
  void add_argument(std::string word) { arguments_.push_back(std::move(word)); }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<std::string> arguments_;
};

}  // namespace ormdb::cli
