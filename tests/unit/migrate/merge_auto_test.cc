#include "migrate/merge_auto.h"

#include <catch2/catch.hpp>
#include <set>

#include "base/text.h"
#include "support/migrate_project.h"

namespace ormdb::test {
namespace {

constexpr const char* kCommon = R"(
  author:
    columns:
      id: {type: integer, primary_key: true}
      name: {type: string(20)}
  post:
    columns:
      id: {type: integer, primary_key: true}
      title: {type: string(100)}
      note: {type: text, nullable: true}
)";

MergeSide side(const std::string& head, const std::string& operations) {
  return {head, {{head, operations_of(operations)}}};
}

std::vector<MergeClash> clashes(const std::string& a, const std::string& b) {
  return merge_clashes(side("aaaa", a), side("bbbb", b), schema_of(kCommon), sqlite_schema_rules());
}

std::string objects_of(const std::vector<MergeClash>& clashes) {
  std::set<std::string> objects;
  for (const MergeClash& clash : clashes) objects.insert(clash.object);
  return join({objects.begin(), objects.end()}, " ");
}

struct Case {
  const char* name;
  const char* a;
  const char* b;
  const char* objects;
};

constexpr const char* kSlug =
    "- add_column: {table: post, column: {name: slug, type: string(9), nullable: true}}";

const Case kClashing[] = {
    {"the same column is added by both", kSlug,
     "- add_column: {table: post, column: {name: slug, type: text, nullable: true}}", "post.slug"},
    {"a column is changed differently",
     "- alter_column: {table: post, name: title, from: {type: string(100)}, to: {type: text}}",
     "- alter_column: {table: post, name: title, from: {type: string(100)}, to: {type: string(9)}}",
     "post.title"},
    {"a table is dropped that the other changes",
     "- drop_table: {table: post, columns: {id: {type: integer, primary_key: true}, "
     "title: {type: string(100)}, note: {type: text, nullable: true}}}",
     kSlug, "post.slug"},
    {"a column is renamed that the other drops",
     "- rename_column: {table: post, name: note, to: n}",
     "- drop_column: {table: post, column: {name: note, type: text, nullable: true}}", "post.note"},
    {"two tables of one name", "- create_table: {table: tag, columns: {id: {type: integer}}}",
     "- create_table: {table: tag, columns: {id: {type: text}}}", "tag"},
    {"a view over a dropped column", "- create_view: {view: v, as: SELECT note FROM post}",
     "- drop_column: {table: post, column: {name: note, type: text, nullable: true}}", "post.note"},
    {"a key to a dropped table",
     "- create_table: {table: t, columns: {author_id: {type: integer, references: author.id}}}",
     "- drop_table: {table: author, columns: {id: {type: integer, primary_key: true}, "
     "name: {type: string(20)}}}",
     "t"},
};

const Case kCommuting[] = {
    {"different tables", kSlug,
     "- add_column: {table: author, column: {name: slug, type: text, nullable: true}}", ""},
    {"different columns of one table", kSlug,
     "- drop_column: {table: post, column: {name: note, type: text, nullable: true}}", ""},
    {"an index and a column of one table",
     "- create_index: {name: ix_post_title, table: post, columns: [title]}", kSlug, ""},
    {"a renamed column beside an index on another one",
     "- rename_column: {table: post, name: note, to: n}",
     "- create_index: {name: ix_post_title, table: post, columns: [title]}", ""},
    {"a view over what stays", "- create_view: {view: v, as: SELECT title FROM post}",
     "- drop_column: {table: post, column: {name: note, type: text, nullable: true}}", ""},
    {"nothing at all", "[]", kSlug, ""},
};

}  // namespace

TEST_CASE("Heads that clash are refused with the objects, whichever comes first") {
  for (const Case& each : kClashing) {
    INFO(each.name);
    CHECK(objects_of(clashes(each.a, each.b)) == each.objects);
    CHECK_FALSE(clashes(each.b, each.a).empty());
  }
}

TEST_CASE("Heads that touch different things commute") {
  for (const Case& each : kCommuting) {
    INFO(each.name);
    for (const auto& found : {clashes(each.a, each.b), clashes(each.b, each.a)}) {
      CHECK(found.empty());
      for (const MergeClash& clash : found) UNSCOPED_INFO(clash.reason);
    }
  }
}

TEST_CASE("Raw SQL and data steps are never taken for commuting, and are named") {
  for (const char* raw :
       {"- execute: UPDATE author SET name = 'x'", "- execute: {sql: VACUUM, effects: []}",
        "- insert_rows: {table: author, rows: [{id: 1, name: x}]}",
        "- update_rows: {table: author, set: {name: x}}",
        "- delete_rows: {table: author, where: 1}"}) {
    INFO(raw);
    const auto found =
        clashes(kSlug, std::string("- create_view: {view: v, as: SELECT 1}\n") + raw);
    REQUIRE(found.size() == 1);
    CHECK(found[0].object.empty());
    CHECK(found[0].revision == "bbbb");
    CHECK(found[0].operation == 2);
  }
}

TEST_CASE("What comes in several revisions of a head counts as a whole") {
  MergeSide two = side("cccc", "- rename_column: {table: post, name: note, to: n}");
  two.steps.push_back({"dddd", operations_of("- rename_column: {table: post, name: n, to: note}")});
  const MergeSide other = side("bbbb", "- create_index: {name: ix, table: post, columns: [note]}");
  const Schema common = schema_of(kCommon);
  CHECK(merge_clashes(two, other, common, sqlite_schema_rules()).empty());
  two.steps.pop_back();
  CHECK(objects_of(merge_clashes(two, other, common, sqlite_schema_rules())) == "post.ix");
}

TEST_CASE("merge --auto writes a merge of heads that commute and nothing otherwise") {
  Project project;
  project.script("aaaa", "", create("post"), drop("post"));
  project.script("bbbb", "aaaa", create("tag"), drop("tag"));
  project.script("cccc", "aaaa", create("user"), drop("user"));
  MigrateOptions options;
  options.automatic = true;
  const DiffResult merged = project.migrator()->merge({}, options);
  CHECK(merged.revision.down_revisions == std::vector<std::string>{"bbbb", "cccc"});

  project.script("dddd", merged.revision.id, create("log"), drop("log"));
  project.script("eeee", merged.revision.id, create("page"), drop("page"));
  project.script("ffff", merged.revision.id, create("log"), drop("log"));
  const std::string before = project.files();
  try {
    project.migrator()->merge({}, options);
    FAIL("merged");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kNeedsDecision);
    CHECK(error.candidates() == std::vector<std::string>{"log"});
    CHECK_THAT(error.hint(), Catch::Contains("`ormdb merge dddd eeee ffff`"));
    CHECK_THAT(error.message(), Catch::Contains("heads dddd and ffff"));
  }
  CHECK(project.files() == before);
}

}  // namespace ormdb::test
