#include "cli/document.h"

#include <catch2/catch.hpp>

#include "base/json.h"

namespace ormdb::cli {
namespace {

Revision revision(const std::string& id, const std::vector<std::string>& parents) {
  Revision result;
  result.id = id;
  result.down_revisions = parents;
  result.message = "message of " + id;
  result.created = "2026-11-22T10:04:11Z";
  result.file = "migrations/versions/" + id + ".yaml";
  return result;
}

RevisionGraph fork() {
  Revision labelled = revision("cccc", {"aaaa"});
  labelled.branch_labels = {"side"};
  labelled.depends_on = {"bbbb"};
  return RevisionGraph::build({revision("aaaa", {}), revision("bbbb", {"aaaa"}), labelled});
}

}  // namespace

TEST_CASE("a document begins with ok, command and database, as far as they are known") {
  CHECK(render_json(document_head(true, "upgrade", "default")) ==
        R"({"ok": true, "command": "upgrade", "database": "default"})");
  CHECK(render_json(document_head(false, "", "")) == R"({"ok": false, "command": null})");
}

TEST_CASE("an error document has kind and message, and only the keys that are known") {
  CHECK(render_json(error_document(Error(ErrorKind::kUsage, "no"))) ==
        R"({"kind": "usage", "message": "no"})");
  const Error full = Error(ErrorKind::kDatabase, "refused")
                         .hint("mend it")
                         .revision("aaaa")
                         .where("script")
                         .at("a.yaml", 12, "source")
                         .operation(3)
                         .statement("DROP TABLE t")
                         .sqlstate("1")
                         .candidates({"x", "y"});
  CHECK(render_json(error_document(full)) ==
        R"({"kind": "database", "message": "refused", "hint": "mend it", "revision": "aaaa", )"
        R"("where": "script", "file": "a.yaml", "line": 12, "operation": 3, )"
        R"("statement": "DROP TABLE t", "sqlstate": "1", "candidates": ["x", "y"]})");
}

TEST_CASE("a revision document says where the revision stands in the graph and the database") {
  const RevisionGraph graph = fork();
  CHECK(render_json(
            revision_document(*graph.find("aaaa"), graph, std::vector<std::string>{"aaaa"})) ==
        R"({"revision": "aaaa", "down_revision": [], "depends_on": [], "branch_labels": [], )"
        R"("message": "message of aaaa", "created": "2026-11-22T10:04:11Z", )"
        R"("file": "migrations/versions/aaaa.yaml", "is_head": false, "is_current": true, )"
        R"("is_branch_point": true, "is_merge_point": false})");
  CHECK(
      render_json(revision_document(*graph.find("cccc"), graph, std::nullopt)) ==
      R"({"revision": "cccc", "down_revision": ["aaaa"], "depends_on": ["bbbb"], )"
      R"("branch_labels": ["side"], "message": "message of cccc", )"
      R"("created": "2026-11-22T10:04:11Z", "file": "migrations/versions/cccc.yaml", )"
      R"("is_head": true, "is_current": null, "is_branch_point": false, "is_merge_point": false})");
  CHECK(render_json(unknown_row_document("gone")) ==
        R"({"revision": "gone", "down_revision": [], "depends_on": [], "branch_labels": [], )"
        R"("message": "", "created": null, "file": null, "is_head": false, "is_current": true, )"
        R"("is_branch_point": false, "is_merge_point": false})");
}

TEST_CASE("a run document has its steps with milliseconds to three places, and the rows") {
  RunResult run;
  StepResult step;
  step.revision = revision("bbbb", {"aaaa"});
  step.statements = {"SELECT 1"};
  step.milliseconds = 3.14159;
  run.steps = {step};
  run.rows_before = {"aaaa"};
  run.rows = {"bbbb"};
  run.sql = "SELECT 1;\n";
  CHECK(render_json(run_document(run, true, false)) ==
        R"({"steps": [{"revision": "bbbb", "direction": "upgrade", "message": "message of bbbb", )"
        R"("statements": ["SELECT 1"], "ms": 3.142}], "rows_before": ["aaaa"], "rows": ["bbbb"]})");
  CHECK(render_json(run_document(run, false, true)) ==
        R"({"rows_before": ["aaaa"], "rows": ["bbbb"], "sql": "SELECT 1;\n"})");
  run.warnings = {"careful"};
  CHECK(run_document(run, false, false).find("warnings") != nullptr);
}

TEST_CASE("operations stand as in the script, each with whether it can lose data") {
  Column column;
  column.name = "slug";
  column.type = Type::of(TypeKind::kText);
  const Node list = operations_document({AddColumn{"post", column}, DropColumn{"post", column}});
  CHECK(render_json(list) ==
        R"([{"add_column": {"table": "post", "column": {"name": "slug", "type": "text"}}, )"
        R"("destructive": false}, )"
        R"({"drop_column": {"table": "post", "column": {"name": "slug", "type": "text"}}, )"
        R"("destructive": true}])");
}

TEST_CASE("a check document is clean only when nothing was found") {
  DiffResult check;
  CHECK(
      render_json(check_document(check)) ==
      R"({"clean": true, "operations": [], "file": null, "behind": [], "heads": [], "edited": [], )"
      R"("missing": [], "out_of_order": []})");
  check.behind = {"bbbb"};
  CHECK(check_document(check).find("clean")->text == "false");
}

TEST_CASE("a status document names revisions by id, and a half-applied step or null") {
  StatusResult status;
  status.applied = {revision("aaaa", {})};
  status.pending = {revision("bbbb", {"aaaa"})};
  status.rows = {"aaaa"};
  CHECK(render_json(status_document(status)) ==
        R"({"applied": ["aaaa"], "pending": ["bbbb"], "edited": [], "missing": [], )"
        R"("out_of_order": [], "half_applied": null, "locked_by": null, "rows": ["aaaa"]})");
  status.half_applied = StatusResult::HalfApplied{"bbbb", Direction::kDowngrade, 2, 5};
  status.locked_by = "pid 4711 on web1";
  const Node document = status_document(status);
  CHECK(render_json(*document.find("half_applied")) ==
        R"({"revision": "bbbb", "direction": "downgrade", "done": 2, "total": 5})");
  CHECK(document.find("locked_by")->text == "pid 4711 on web1");
}

}  // namespace ormdb::cli
