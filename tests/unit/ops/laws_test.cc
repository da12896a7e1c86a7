// The laws of diff, apply and reverse over generated schemas.
//
// support/ops_law.h says how cases are chosen and shown.

#include <catch2/catch.hpp>
#include <set>

#include "ormdb/diff.h"
#include "ormdb/error.h"
#include "support/ops_law.h"
#include "support/ops_schema_generator.h"
#include "support/ops_test_rules.h"

namespace ormdb {
namespace {

std::string diff_reaches_the_target(const Schema& from, const Schema& to,
                                    const SchemaRules& rules) {
  const std::vector<Operation> operations = diff(from, to, rules);
  Schema schema = from;
  try {
    apply(operations, schema, rules);
  } catch (const Error& error) {
    return "the diff does not apply: " + error.message() + listing(operations);
  }
  if (equivalent(schema, to, rules)) return "";
  return "applying the diff does not give the target" + listing(operations) +
         "\nleft:" + listing(diff(schema, to, rules)) + "\ngot:\n" + schema_yaml(schema);
}

std::string reverse_undoes(const Schema& from, const Schema& to, const SchemaRules& rules) {
  const std::vector<Operation> operations = diff(from, to, rules);
  const std::optional<std::vector<Operation>> back = reverse(operations);
  if (!back) return "the diff has no reverse" + listing(operations);
  Schema schema = from;
  try {
    apply(operations, schema, rules);
    apply(*back, schema, rules);
  } catch (const Error& error) {
    return "the reverse does not apply: " + error.message() + listing(*back);
  }
  if (equivalent(schema, from, rules)) return "";
  return "the reverse does not undo" + listing(*back) + "\ngot:\n" + schema_yaml(schema);
}

std::string each_operation_is_undone(const Schema& from, const Schema& to,
                                     const SchemaRules& rules) {
  Schema schema = from;
  for (const Operation& operation : diff(from, to, rules)) {
    const Schema before = schema;
    apply(operation, schema, rules);
    Schema undone = schema;
    try {
      apply(reverse(operation).value(), undone, rules);
    } catch (const Error& error) {
      return "the reverse of '" + describe(operation) + "' does not apply: " + error.message();
    }
    if (!equivalent(undone, before, rules)) {
      return "the reverse does not undo: " + describe(operation);
    }
  }
  return "";
}

std::string nothing_differs_from_itself(const Schema& from, const Schema& to,
                                        const SchemaRules& rules) {
  for (const Schema* schema : {&from, &to}) {
    const std::vector<Operation> operations = diff(*schema, *schema, rules);
    if (!operations.empty()) return "a schema differs from itself" + listing(operations);
  }
  return "";
}

std::string order_of_lists_does_not_matter(const Schema& from, const Schema& to,
                                           const SchemaRules& rules) {
  OpsSchemaGenerator generator(7);
  const std::string one = listing(diff(from, to, rules));
  const std::string other = listing(diff(generator.shuffled(from), generator.shuffled(to), rules));
  return one == other ? "" : "the order of the lists matters:" + one + "\nor" + other;
}

/// The law under SQLite's rules, where foreign keys stay inline, and, for a part of the cases,
/// under those of an engine that wants them split.
void check_in_dialects(std::string (*law)(const Schema&, const Schema&, const SchemaRules&)) {
  const std::uint64_t cases = law_cases(2000);
  const TestRules sqlite;
  const TestRules other("postgresql");
  check_law([&](const Schema& from, const Schema& to) { return law(from, to, sqlite); }, cases);
  check_law([&](const Schema& from, const Schema& to) { return law(from, to, other); },
            cases / 4 + 1);
}

TEST_CASE("Applying a diff gives the target") { check_in_dialects(diff_reaches_the_target); }

TEST_CASE("A schema does not differ from itself") {
  check_in_dialects(nothing_differs_from_itself);
}

TEST_CASE("The reversed diff undoes it") { check_in_dialects(reverse_undoes); }

TEST_CASE("Each operation's reverse undoes it") { check_in_dialects(each_operation_is_undone); }

TEST_CASE("A diff does not depend on the order of lists") {
  check_in_dialects(order_of_lists_does_not_matter);
}

TEST_CASE("Generated pairs cover every kind of operation that SQLite has") {
  std::set<std::string_view> seen;
  const TestRules sqlite;
  const TestRules other("postgresql");
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    OpsSchemaGenerator generator(seed);
    const Schema from = generator.schema();
    const Schema to = generator.mutated(from);
    for (const SchemaRules* rules : {&sqlite, &other}) {
      for (const Operation& operation : diff(from, to, *rules)) seen.insert(operation.name());
    }
  }
  const std::set<std::string_view> expected = {
      "create_table",         "drop_table",         "alter_table",    "add_column",
      "drop_column",          "alter_column",       "add_constraint", "drop_constraint",
      "create_index",         "drop_index",         "create_view",    "drop_view",
      "replace_view",         "create_trigger",     "drop_trigger",   "replace_trigger",
      "create_virtual_table", "drop_virtual_table", "create_enum",    "alter_enum"};
  CHECK(seen == expected);
}

}  // namespace
}  // namespace ormdb
