#include <algorithm>
#include <array>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/expression_pieces.h"
#include "dialect/postgresql/normalize.h"

namespace ormdb::postgresql {
namespace {

template <std::size_t size>
bool is_in(const std::array<std::string_view, size>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Storage parameters that keep "off" as something else than nothing.
constexpr std::array<std::string_view, 8> kBooleanParameters = {
    "autovacuum_enabled", "toast.autovacuum_enabled", "vacuum_truncate",   "toast.vacuum_truncate",
    "fastupdate",         "user_catalog_table",       "deduplicate_items", "autosummarize"};

constexpr std::array<std::string_view, 6> kNameLists = {
    "include", "delete_columns", "inherits", "partition_of", "of_type", "from"};

constexpr std::array<std::string_view, 4> kNames = {"clustered_on", "old_table", "new_table",
                                                    "identity_sequence"};

struct Default {
  std::string_view key;
  std::string_view value;
};

constexpr Default kDefaults[] = {
    {"access_method", "heap"}, {"replica_identity", "default"},
    {"statistics", "-1"},      {"enabled", "origin"},
    {"enabled", "true"},       {"deferrable", "no"},
    {"identity", "none"},
};

bool is_default(std::string_view key, std::string_view value) {
  return std::any_of(std::begin(kDefaults), std::end(kDefaults), [&](const Default& entry) {
    return entry.key == key && entry.value == value;
  });
}

std::string boolean_text(const std::string& value) {
  if (value == "on" || value == "yes" || value == "1") return "true";
  if (value == "off" || value == "no" || value == "0") return "false";
  return value;
}

/// "index NAME" keeps the name.
std::string replica_identity(std::string_view value) {
  const std::size_t space = value.find(' ');
  if (space == std::string_view::npos) return to_lower(value);
  return to_lower(value.substr(0, space)) + std::string(value.substr(space));
}

std::string without_spaces(std::string value) {
  std::erase_if(value, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
  return value;
}

std::string option_value(const std::string& key, const std::string& value) {
  const bool comment = key == "comment" || key == "identity_comment" || key.starts_with("comment.");
  if (comment || is_in(kNames, key)) return value;
  if (is_in(kNameLists, key)) return canonical_name_list(value);
  if (key == "partition_by" || key == "partition_bound") {
    return join_pieces(without_needless_parentheses(read_pieces(value)));
  }
  if (key == "replica_identity") return replica_identity(value);
  const std::string lower = to_lower(trim(value));
  if (key == "identity") return replace_all(lower, " ", "_");
  if (key == "with") return without_spaces(lower);
  return is_in(kBooleanParameters, key) ? boolean_text(lower) : lower;
}

struct IntegerRange {
  std::string_view min;
  std::string_view max;
};

IntegerRange range_of(std::string_view type) {
  if (type == "smallint") return {"-32768", "32767"};
  if (type == "integer") return {"-2147483648", "2147483647"};
  return {"-9223372036854775808", "9223372036854775807"};
}

void erase_if_equal(std::map<std::string, std::string>& parameters, const std::string& key,
                    std::string_view value) {
  const auto found = parameters.find(key);
  if (found != parameters.end() && found->second == value) parameters.erase(found);
}

constexpr std::string_view kIdentityPrefix = "identity_";

void drop_identity_defaults(std::map<std::string, std::string>& options) {
  std::map<std::string, std::string> parameters;
  for (const char* key : {"start", "increment", "min", "max", "cache", "cycle"}) {
    const auto found = options.find(std::string(kIdentityPrefix) + key);
    if (found == options.end()) continue;
    parameters.emplace(key, found->second);
    options.erase(found);
  }
  drop_sequence_defaults(parameters, "");
  for (auto& [key, value] : parameters) {
    options.emplace(std::string(kIdentityPrefix) + key, std::move(value));
  }
}

}  // namespace

void normalize_options(Options& options) {
  if (options.empty()) return;
  const auto own = options.find("postgresql");
  std::map<std::string, std::string> kept;
  if (own != options.end()) {
    for (const auto& [key, written] : own->second) {
      std::string value = option_value(key, written);
      const bool off = value == "false" && !is_in(kBooleanParameters, key);
      if (value.empty() || off || is_default(key, value)) continue;
      kept.emplace(key, std::move(value));
    }
  }
  drop_identity_defaults(kept);
  options.clear();
  if (!kept.empty()) options.emplace("postgresql", std::move(kept));
}

const std::string& postgresql_option(const Options& options, std::string_view key) {
  static const std::string kNone;
  const auto own = options.find("postgresql");
  if (own == options.end()) return kNone;
  const auto found = own->second.find(std::string(key));
  return found == own->second.end() ? kNone : found->second;
}

bool postgresql_flag(const Options& options, std::string_view key) {
  return postgresql_option(options, key) == "true";
}

// CREATE SEQUENCE, "Parameters": an ascending one goes from 1 to the type's greatest number, a
// descending one from -1 to its least.
void drop_sequence_defaults(std::map<std::string, std::string>& parameters, std::string_view type) {
  const auto increment = parameters.find("increment");
  const bool descends = increment != parameters.end() && increment->second.starts_with('-');
  const IntegerRange range = range_of(type);
  erase_if_equal(parameters, "min", descends ? range.min : "1");
  erase_if_equal(parameters, "max", descends ? "-1" : range.max);
  const auto first = parameters.find(descends ? "max" : "min");
  const std::string start = first != parameters.end() ? first->second : descends ? "-1" : "1";
  erase_if_equal(parameters, "start", start);
  erase_if_equal(parameters, "increment", "1");
  erase_if_equal(parameters, "cache", "1");
  erase_if_equal(parameters, "cycle", "false");
}

std::string canonical_name_list(std::string_view names) {
  std::string result;
  for (const Piece& piece : read_pieces(names)) {
    result += piece.text;
    if (piece.is_symbol(",")) result += ' ';
  }
  return result;
}

}  // namespace ormdb::postgresql
