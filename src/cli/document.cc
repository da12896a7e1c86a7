#include "cli/document.h"

#include <algorithm>
#include <cmath>

#include "base/file_system.h"
#include "base/mask.h"
#include "script/operation_node.h"

namespace ormdb::cli {
namespace {

Node text_or_null(const std::string& text) { return text.empty() ? Node() : Node(text); }

std::string_view direction_name(Direction direction) {
  return direction == Direction::kUpgrade ? "upgrade" : "downgrade";
}

Node step_document(const StepResult& step, Direction direction) {
  return Node::map({{"revision", step.revision.id},
                    {"direction", direction_name(direction)},
                    {"message", step.revision.message},
                    {"statements", Node::strings(step.statements)},
                    {"ms", std::round(step.milliseconds * 1000) / 1000}});
}

Node ids_document(const std::vector<Revision>& revisions) {
  Node list = Node::list();
  for (const Revision& revision : revisions) list.push(revision.id);
  return list;
}

void add_warnings(Node& document, const std::vector<std::string>& warnings) {
  if (!warnings.empty()) document.set("warnings", Node::strings(warnings));
}

Node written_entries(const Revision& revision) {
  return Node::map({{"revision", revision.id},
                    {"down_revision", Node::strings(revision.down_revisions)},
                    {"depends_on", Node::strings(revision.depends_on)},
                    {"branch_labels", Node::strings(revision.branch_labels)},
                    {"message", revision.message},
                    {"created", text_or_null(revision.created)},
                    {"file", revision.file.empty() ? Node() : Node(display_path(revision.file))}});
}

// Those that are pending, then those that count as applied.
Node out_of_order_document(std::vector<std::string> pending,
                           const std::vector<std::string>& never_run) {
  pending.insert(pending.end(), never_run.begin(), never_run.end());
  return Node::strings(pending);
}

}  // namespace

Node document_head(bool ok, std::string_view command, std::string_view database) {
  Node head = Node::map({{"ok", ok}, {"command", command.empty() ? Node() : Node(command)}});
  if (!database.empty()) head.set("database", database);
  return head;
}

Node error_document(const Error& error) {
  Node node = Node::map(
      {{"kind", error_kind_name(error.kind())}, {"message", mask_passwords(error.message())}});
  node.set_if("hint", mask_passwords(error.hint()));
  node.set_if("revision", error.revision());
  node.set_if("where", error.where());
  node.set_if("file", error.file());
  if (error.line() > 0) node.set("line", error.line());
  if (error.operation() > 0) node.set("operation", error.operation());
  node.set_if("statement", mask_passwords(error.statement()));
  node.set_if("sqlstate", error.sqlstate());
  node.set_if("candidates", Node::strings(error.candidates()));
  return node;
}

Node revision_document(const Revision& revision, const RevisionGraph& graph,
                       const KnownRows& rows) {
  Node node = written_entries(revision);
  node.set("is_head", graph.is_head(revision));
  node.set("is_current",
           rows ? Node(std::find(rows->begin(), rows->end(), revision.id) != rows->end()) : Node());
  node.set("is_branch_point", graph.is_branch_point(revision));
  node.set("is_merge_point", graph.is_merge_point(revision));
  return node;
}

Node revisions_document(const std::vector<const Revision*>& revisions, const RevisionGraph& graph,
                        const KnownRows& rows) {
  Node list = Node::list();
  for (const Revision* revision : revisions) list.push(revision_document(*revision, graph, rows));
  return Node::map({{"revisions", std::move(list)}});
}

Node unknown_row_document(const std::string& row) {
  Revision revision;
  revision.id = row;
  Node node = written_entries(revision);
  node.set("is_head", false);
  node.set("is_current", true);
  node.set("is_branch_point", false);
  node.set("is_merge_point", false);
  return node;
}

Node run_document(const RunResult& result, bool with_steps, bool with_sql) {
  Node node = Node::map();
  if (with_steps) {
    Node steps = Node::list();
    for (const StepResult& step : result.steps) steps.push(step_document(step, result.direction));
    node.set("steps", std::move(steps));
  }
  node.set("rows_before", Node::strings(result.rows_before));
  node.set("rows", Node::strings(result.rows));
  if (with_sql) node.set("sql", result.sql);
  add_warnings(node, result.warnings);
  return node;
}

Node operations_document(const std::vector<Operation>& operations) {
  Node list = Node::list();
  for (const Operation& operation : operations) {
    list.push(operation_to_node(operation).set("destructive", is_destructive(operation)));
  }
  return list;
}

Node diff_document(const DiffResult& result) {
  Node node = Node::map({{"operations", operations_document(result.operations)},
                         {"file", text_or_null(result.file)},
                         {"behind", Node::strings(result.behind)},
                         {"heads", Node::strings(result.heads)}});
  add_warnings(node, result.warnings);
  return node;
}

Node check_document(const DiffResult& result) {
  Node node = Node::map({{"clean", result.clean()}});
  Node common = diff_document(result);
  for (Node::Entry& entry : common.entries) {
    node.set(std::move(entry.first), std::move(entry.second));
  }
  node.set("edited", Node::strings(result.edited));
  node.set("missing", Node::strings(result.missing));
  node.set("out_of_order", out_of_order_document(result.out_of_order, result.never_run));
  node.set_if("unmanaged", Node::strings(result.unmanaged));
  return node;
}

Node status_document(const StatusResult& result) {
  Node half;
  if (result.half_applied) {
    half = Node::map({{"revision", result.half_applied->revision},
                      {"direction", direction_name(result.half_applied->direction)},
                      {"done", result.half_applied->done},
                      {"total", result.half_applied->total}});
  }
  return Node::map({{"applied", ids_document(result.applied)},
                    {"pending", ids_document(result.pending)},
                    {"edited", Node::strings(result.edited)},
                    {"missing", Node::strings(result.missing)},
                    {"out_of_order", out_of_order_document(result.out_of_order, result.never_run)},
                    {"half_applied", std::move(half)},
                    {"locked_by", result.locked_by ? Node(*result.locked_by) : Node()},
                    {"rows", Node::strings(result.rows)}});
}

}  // namespace ormdb::cli
