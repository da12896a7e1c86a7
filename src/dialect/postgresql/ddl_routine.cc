// Functions, procedures and aggregates.
#include "dialect/postgresql/ddl_routine.h"

#include <array>

#include "base/text.h"
#include "dialect/postgresql/ddl_object.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"

namespace ormdb::postgresql {

namespace {

// GUC_LIST_QUOTE settings: their stored value is a list of quoted names already (see
// variable_is_guc_list_quote() in src/bin/pg_dump/dumputils.c).
bool is_name_list(std::string_view setting) {
  for (const char* name :
       {"search_path", "temp_tablespaces", "session_preload_libraries", "shared_preload_libraries",
        "local_preload_libraries", "unix_socket_directories"}) {
    if (iequals(setting, name)) return true;
  }
  return false;
}

std::string setting_sql(const NamedText& setting) {
  const std::string head = " SET " + setting.name + " TO ";
  if (!is_name_list(setting.name)) return head + string_literal(setting.text);
  return head + (setting.text.empty() ? std::string("''") : setting.text);
}

std::string attributes_sql(const DatabaseObject& object) {
  std::string text;
  const auto word = [&](std::string_view key, std::string_view head, bool upper = false) {
    const std::string& value = property(object, key);
    if (value.empty()) return;
    text += " " + std::string(head) + (upper ? to_upper(value) : value);
  };
  if (object.flag("window")) text += " WINDOW";
  word("volatility", "", true);
  if (object.flag("leakproof")) text += " LEAKPROOF";
  if (object.flag("strict")) text += " STRICT";
  if (object.flag("security_definer")) text += " SECURITY DEFINER";
  word("parallel", "PARALLEL ", true);
  word("cost", "COST ");
  word("rows", "ROWS ");
  word("support", "SUPPORT ");
  word("transform", "TRANSFORM ");
  for (const NamedText& setting : map_property(object, "set")) text += setting_sql(setting);
  return text;
}

std::string body_sql(const DatabaseObject& object) {
  const std::string& sql_body = property(object, "sql_body");
  if (!sql_body.empty()) return "\n" + sql_body;
  const std::string& body = property(object, "body");
  const std::string& library = property(object, "library");
  if (library.empty()) return "\nAS " + dollar_quoted(body);
  return "\nAS " + string_literal(library) + ", " + string_literal(body);
}

struct AggregateWord {
  std::string_view property;
  std::string_view word;
  enum class Shape { kName, kWord, kFlag, kText } shape = Shape::kName;
};

using Shape = AggregateWord::Shape;

constexpr auto kAggregateWords = std::to_array<AggregateWord>({
    {"state_function", "SFUNC", Shape::kName},
    {"state_type", "STYPE", Shape::kName},
    {"state_size", "SSPACE", Shape::kName},
    {"final_function", "FINALFUNC", Shape::kName},
    {"final_extra", "FINALFUNC_EXTRA", Shape::kFlag},
    {"final_modify", "FINALFUNC_MODIFY", Shape::kWord},
    {"combine_function", "COMBINEFUNC", Shape::kName},
    {"serial_function", "SERIALFUNC", Shape::kName},
    {"deserial_function", "DESERIALFUNC", Shape::kName},
    {"initial", "INITCOND", Shape::kText},
    {"moving_state_function", "MSFUNC", Shape::kName},
    {"moving_inverse_function", "MINVFUNC", Shape::kName},
    {"moving_state_type", "MSTYPE", Shape::kName},
    {"moving_state_size", "MSSPACE", Shape::kName},
    {"moving_final_function", "MFINALFUNC", Shape::kName},
    {"moving_final_extra", "MFINALFUNC_EXTRA", Shape::kFlag},
    {"moving_final_modify", "MFINALFUNC_MODIFY", Shape::kWord},
    {"moving_initial", "MINITCOND", Shape::kText},
    {"sort_operator", "SORTOP", Shape::kName},
    {"parallel", "PARALLEL", Shape::kWord},
    {"hypothetical", "HYPOTHETICAL", Shape::kFlag},
});

std::string aggregate_line(const AggregateWord& row, const DatabaseObject& object) {
  const std::string word(row.word);
  if (row.shape == Shape::kFlag) return object.flag(row.property) ? word : "";
  const bool text = row.shape == Shape::kText;
  const auto found = object.properties.find(std::string(row.property));
  if (found == object.properties.end()) return "";
  const std::string& value = property(object, row.property);
  if (text) return word + " = " + string_literal(value);
  return word + " = " + (row.shape == Shape::kWord ? to_upper(value) : value);
}

/// Models leave the arguments out where the signature says it all.
const std::string& arguments_of(const DatabaseObject& object) {
  const std::string& arguments = property(object, "arguments");
  return arguments.empty() ? object.signature : arguments;
}

}  // namespace

std::string routine_sql(const DatabaseObject& object, bool replace) {
  const bool procedure = object.kind == "procedure";
  std::string text = replace ? "CREATE OR REPLACE " : "CREATE ";
  text += procedure ? "PROCEDURE " : "FUNCTION ";
  text += sql_name(object) + "(" + arguments_of(object) + ")";
  const std::string& returns = property(object, "returns");
  if (!procedure && !returns.empty()) text += "\n  RETURNS " + returns;
  const std::string& language = property(object, "language");
  text += "\n  LANGUAGE " + (language.empty() ? std::string("sql") : quote(to_lower(language)));
  return text + attributes_sql(object) + body_sql(object);
}

std::string aggregate_sql(const DatabaseObject& object) {
  std::vector<std::string> lines;
  for (const AggregateWord& row : kAggregateWords) {
    std::string line = aggregate_line(row, object);
    if (!line.empty()) lines.push_back(std::move(line));
  }
  const std::string& arguments = arguments_of(object);
  return "CREATE AGGREGATE " + sql_name(object) + "(" + (arguments.empty() ? "*" : arguments) +
         ") (\n  " + join(lines, ",\n  ") + "\n)";
}

}  // namespace ormdb::postgresql
