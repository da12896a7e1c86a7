#include "schema/object_kind.h"

#include <stdexcept>

#include "base/text.h"

namespace ormdb {
namespace {

using Shape = PropertyShape;

constexpr bool kInSchema = true;
constexpr bool kOnTable = true;
constexpr bool kSignature = true;
constexpr bool kAfterTables = true;

const std::vector<PropertyRule> kRoutine = {{"arguments", Shape::kSql},
                                            {"returns", Shape::kSql},
                                            {"language", Shape::kText},
                                            {"window", Shape::kFlag},
                                            {"volatility", Shape::kText},
                                            {"strict", Shape::kFlag},
                                            {"security_definer", Shape::kFlag},
                                            {"leakproof", Shape::kFlag},
                                            {"parallel", Shape::kText},
                                            {"cost", Shape::kText},
                                            {"rows", Shape::kText},
                                            {"support", Shape::kText},
                                            {"transform", Shape::kText},
                                            {"deterministic", Shape::kFlag},
                                            {"data_access", Shape::kText},
                                            {"set", Shape::kMap},
                                            {"library", Shape::kText},
                                            {"body", Shape::kBody},
                                            {"sql_body", Shape::kSql}};

const std::vector<PropertyRule> kAggregate = {{"arguments", Shape::kSql},
                                              {"state_function", Shape::kText, true},
                                              {"state_type", Shape::kText, true},
                                              {"state_size", Shape::kText},
                                              {"final_function", Shape::kText},
                                              {"final_extra", Shape::kFlag},
                                              {"final_modify", Shape::kText},
                                              {"combine_function", Shape::kText},
                                              {"serial_function", Shape::kText},
                                              {"deserial_function", Shape::kText},
                                              {"initial", Shape::kBody},
                                              {"moving_state_function", Shape::kText},
                                              {"moving_inverse_function", Shape::kText},
                                              {"moving_state_type", Shape::kText},
                                              {"moving_state_size", Shape::kText},
                                              {"moving_final_function", Shape::kText},
                                              {"moving_final_extra", Shape::kFlag},
                                              {"moving_final_modify", Shape::kText},
                                              {"moving_initial", Shape::kBody},
                                              {"sort_operator", Shape::kText},
                                              {"parallel", Shape::kText},
                                              {"hypothetical", Shape::kFlag}};

const std::vector<ObjectKind> kKinds = {
    {"schema",
     "schemas",
     "create_schema",
     "drop_schema",
     "alter_schema",
     false,
     false,
     false,
     false,
     {}},
    {"extension",
     "extensions",
     "create_extension",
     "drop_extension",
     "alter_extension",
     kInSchema,
     false,
     false,
     false,
     {{"version", Shape::kText}}},
    {"collation",
     "collations",
     "create_collation",
     "drop_collation",
     "alter_collation",
     kInSchema,
     false,
     false,
     false,
     {{"provider", Shape::kText},
      {"locale", Shape::kText},
      {"lc_collate", Shape::kText},
      {"lc_ctype", Shape::kText},
      {"rules", Shape::kText},
      {"nondeterministic", Shape::kFlag}}},
    {"domain",
     "domains",
     "create_domain",
     "drop_domain",
     "alter_domain",
     kInSchema,
     false,
     false,
     false,
     {{"type", Shape::kSql, true},
      {"collate", Shape::kText},
      {"default", Shape::kSql},
      {"not_null", Shape::kFlag},
      {"checks", Shape::kMap},
      {"not_valid", Shape::kList},
      {"check_comments", Shape::kMap}}},
    {"composite_type",
     "composite_types",
     "create_composite_type",
     "drop_composite_type",
     "alter_composite_type",
     kInSchema,
     false,
     false,
     false,
     {{"attributes", Shape::kMap}, {"attribute_comments", Shape::kMap}}},
    {"sequence",
     "sequences",
     "create_sequence",
     "drop_sequence",
     "alter_sequence",
     kInSchema,
     false,
     false,
     false,
     {{"type", Shape::kText},
      {"start", Shape::kText},
      {"increment", Shape::kText},
      {"min", Shape::kText},
      {"max", Shape::kText},
      {"cache", Shape::kText},
      {"cycle", Shape::kFlag},
      {"unlogged", Shape::kFlag},
      {"owned_by", Shape::kText}}},
    {"function", "functions", "create_function", "drop_function", "alter_function", kInSchema,
     false, kSignature, false, kRoutine},
    {"procedure", "procedures", "create_procedure", "drop_procedure", "alter_procedure", kInSchema,
     false, kSignature, false, kRoutine},
    {"aggregate", "aggregates", "create_aggregate", "drop_aggregate", "alter_aggregate", kInSchema,
     false, kSignature, false, kAggregate},
    {"operator",
     "operators",
     "create_operator",
     "drop_operator",
     "alter_operator",
     kInSchema,
     false,
     kSignature,
     false,
     {{"function", Shape::kText, true},
      {"commutator", Shape::kText},
      {"negator", Shape::kText},
      {"restrict", Shape::kText},
      {"join", Shape::kText},
      {"hashes", Shape::kFlag},
      {"merges", Shape::kFlag}}},
    {"statistics",
     "statistics",
     "create_statistics",
     "drop_statistics",
     "alter_statistics",
     kInSchema,
     false,
     false,
     kAfterTables,
     {{"on", Shape::kText, true},
      {"columns", Shape::kList, true},
      {"kinds", Shape::kList},
      {"target", Shape::kText}}},
    {"rule",
     "rules",
     "create_rule",
     "drop_rule",
     "alter_rule",
     false,
     kOnTable,
     false,
     kAfterTables,
     {{"event", Shape::kText, true},
      {"where", Shape::kSql},
      {"instead", Shape::kFlag},
      {"action", Shape::kBody, true},
      {"enabled", Shape::kText}}},
    {"policy",
     "policies",
     "create_policy",
     "drop_policy",
     "alter_policy",
     false,
     kOnTable,
     false,
     kAfterTables,
     {{"command", Shape::kText},
      {"restrictive", Shape::kFlag},
      {"roles", Shape::kList},
      {"using", Shape::kSql},
      {"check", Shape::kSql}}},
    {"event_trigger",
     "event_triggers",
     "create_event_trigger",
     "drop_event_trigger",
     "alter_event_trigger",
     false,
     false,
     false,
     kAfterTables,
     {{"event", Shape::kText, true},
      {"function", Shape::kText, true},
      {"tags", Shape::kList},
      {"enabled", Shape::kText}}},
    {"event",
     "events",
     "create_event",
     "drop_event",
     "alter_event",
     false,
     false,
     false,
     kAfterTables,
     {{"schedule", Shape::kSql, true},
      {"preserve", Shape::kFlag},
      {"enabled", Shape::kText},
      {"body", Shape::kBody, true}}},
};

}  // namespace

const std::vector<ObjectKind>& object_kinds() { return kKinds; }

const ObjectKind* find_object_kind(std::string_view kind) {
  for (const ObjectKind& row : object_kinds()) {
    if (row.kind == kind) return &row;
  }
  return nullptr;
}

const ObjectKind& kind_of(const DatabaseObject& object) {
  const ObjectKind* kind = find_object_kind(object.kind);
  if (kind == nullptr) throw std::logic_error("no such kind of object: " + object.kind);
  return *kind;
}

const PropertyRule* find_property(const ObjectKind& kind, std::string_view property) {
  for (const PropertyRule& rule : kind.properties) {
    if (rule.name == property) return &rule;
  }
  return nullptr;
}

std::string written_name(const DatabaseObject& object) {
  if (!kind_of(object).has_signature) return object.name;
  return object.name + "(" + object.signature + ")";
}

void read_written_name(DatabaseObject& object, std::string_view written) {
  object.name = std::string(written);
  object.signature.clear();
  if (!kind_of(object).has_signature || !written.ends_with(')')) return;
  std::size_t open = written.size();  // of the last parentheses: a name may have some of its own
  int depth = 0;
  do {
    if (open-- == 0) return;
    depth += written[open] == ')' ? 1 : written[open] == '(' ? -1 : 0;
  } while (depth > 0);
  object.name = std::string(trim(written.substr(0, open)));
  object.signature = std::string(trim(written.substr(open + 1, written.size() - open - 2)));
}

bool same_object(const DatabaseObject& a, const DatabaseObject& b) {
  return a.kind == b.kind && a.name == b.name && a.signature == b.signature &&
         a.schema == b.schema && a.table == b.table;
}

}  // namespace ormdb
