#include "migrate/scope.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/migrate_project.h"

namespace ormdb {
namespace {

using test::schema_of;

const char* const kTables =
    "  user: {columns: {id: {type: integer}, legacy_id: {type: text}}, "
    "indexes: {ix_user: {columns: [id]}, tmp_ix: {columns: [id]}}}\n"
    "  audit: {columns: {id: {type: integer}}}\n"
    "views:\n  report: {as: SELECT 1}\n  v: {as: SELECT 2}\n"
    "triggers:\n"
    "  on_user: {table: user, timing: after, events: [insert], body: {sqlite: SELECT 1;}}\n"
    "  on_audit: {table: audit, timing: after, events: [insert], body: {sqlite: SELECT 1;}}\n";

std::string names(const Schema& schema) {
  std::vector<std::string> found;
  for (const Table& table : schema.tables) {
    found.push_back(table.name);
    for (const Column& column : table.columns) found.push_back(table.name + "." + column.name);
    for (const Index& index : table.indexes) found.push_back(index.name);
  }
  for (const View& view : schema.views) found.push_back(view.name);
  for (const Trigger& trigger : schema.triggers) found.push_back(trigger.name);
  return join(found, " ");
}

struct Case {
  ObjectFilter filter;
  const char* names;
  const char* left_out;
};

TEST_CASE("include and exclude leave out objects of every kind, and say which") {
  const Case cases[] = {
      {{},
       "user user.id user.legacy_id ix_user tmp_ix audit audit.id report v on_user on_audit",
       ""},
      {{{{"tables", {"us*"}}}, {}},
       "user user.id user.legacy_id ix_user tmp_ix report v on_user",
       "table audit, trigger on_audit"},
      {{{}, {{"tables", {"audit"}}}},
       "user user.id user.legacy_id ix_user tmp_ix report v on_user",
       "table audit, trigger on_audit"},
      {{{}, {{"columns", {"user.legacy_*"}}, {"indexes", {"tmp_*"}}}},
       "user user.id ix_user audit audit.id report v on_user on_audit",
       "column user.legacy_id, index tmp_ix"},
      {{{}, {{"views", {"rep*"}}, {"triggers", {"on_user"}}}},
       "user user.id user.legacy_id ix_user tmp_ix audit audit.id v on_audit",
       "view report, trigger on_user"},
  };
  for (const Case& expected : cases) {
    CAPTURE(expected.names);
    std::vector<std::string> left_out;
    CHECK(names(in_scope(schema_of(kTables), expected.filter, &left_out)) == expected.names);
    for (std::string& line : left_out) {
      CHECK(line.ends_with(": excluded by ormdb.yaml"));
      line = line.substr(0, line.find(':'));
    }
    CHECK(join(left_out, ", ") == expected.left_out);
  }
}

TEST_CASE("Triggers of an excluded table are nobody's business") {
  ObjectFilter filter;
  filter.exclude["tables"] = {"audit"};
  const Schema scoped = in_scope(schema_of(kTables), filter, nullptr);
  CHECK(names(scoped).find("on_audit") == std::string::npos);
}

/// What a comparison with these options finds between two versions of one table.
std::string compared(const std::string& from, const std::string& to,
                     const CompareOptions& options) {
  const Schema before = schema_of(from);
  Schema after = schema_of(to);
  ignore_uncompared(before, after, options, test::sqlite_schema_rules());
  return test::words_of(diff(before, after, test::sqlite_schema_rules()));
}

TEST_CASE("compare switches off what differs") {
  const struct {
    const char* from;
    const char* to;
    bool CompareOptions::*member;
  } cases[] = {
      {"{type: text}", "{type: integer}", &CompareOptions::types},
      {"{type: text, default: a}", "{type: text, default: b}", &CompareOptions::defaults},
      {"{type: text, default: a}", "{type: text}", &CompareOptions::defaults},
      {"{type: text, collate: NOCASE}", "{type: text}", &CompareOptions::collations},
      {"{type: text, check: c > 1}", "{type: text, check: c > 2}", &CompareOptions::checks},
  };
  for (const auto& expected : cases) {
    CAPTURE(expected.from, expected.to);
    const std::string from = "  t: {columns: {C: " + std::string(expected.from) + "}}\n";
    const std::string to = "  T: {columns: {c: " + std::string(expected.to) + "}}\n";
    CHECK(compared(from, to, {}) != "");
    CompareOptions off;
    off.*expected.member = false;
    CHECK(compared(from, to, off) == "");
  }
}

TEST_CASE("New columns and tables keep what is not compared") {
  CompareOptions off;
  off.types = off.defaults = off.collations = off.checks = off.comments = false;
  const std::string from = "  t: {columns: {a: {type: text}}}\n";
  const std::string to =
      "  t: {columns: {a: {type: integer}, b: {type: date, default: x}}}\n"
      "  u: {columns: {c: {type: date, default: x}}}\n";
  const Schema before = schema_of(from);
  Schema after = schema_of(to);
  ignore_uncompared(before, after, off, test::sqlite_schema_rules());
  CHECK(after.tables.at(0).columns.at(0).type == Type::of(TypeKind::kText));
  CHECK(after.tables.at(0).columns.at(1) == schema_of(to).tables.at(0).columns.at(1));
  CHECK(after.tables.at(1) == schema_of(to).tables.at(1));
}

}  // namespace
}  // namespace ormdb
