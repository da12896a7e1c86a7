// current: the rows of the version table.
#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/document.h"
#include "revision/render.h"

namespace ormdb::cli {
namespace {

using Rows = std::vector<std::string>;

// What the rows are when everything is applied, sorted: a head that another one depends on has
// none.
Rows rows_at_heads(const RevisionGraph& graph) {
  Rows ids;
  for (const Revision* head : graph.effective_heads()) ids.push_back(head->id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

Node rows_document(const RevisionGraph& graph, const Rows& rows) {
  Node list = Node::list();
  for (const std::string& row : rows) {
    const Revision* revision = graph.find(row);
    list.push(revision == nullptr ? unknown_row_document(row)
                                  : revision_document(*revision, graph, rows));
  }
  return Node::map({{"revisions", std::move(list)}});
}

std::string row_text(const RevisionGraph& graph, const std::string& row,
                     const RevisionStyle& style) {
  const Revision* revision = graph.find(row);
  return revision == nullptr ? style.id(printable(row)) + " (no script)"
                             : render_current_line(graph, *revision, style);
}

std::string current_text(CommandContext& context, const Rows& rows) {
  const RevisionGraph& graph = context.graph();
  const RevisionStyle style{context.terminal().color_output};
  std::string text;
  if (!context.verbose()) {
    for (const std::string& row : rows) text += row_text(graph, row, style) + "\n";
    return text;
  }
  text = "Current revision(s) for " + context.migrator().masked_url() + ":\n";
  for (const std::string& row : rows) {
    const Revision* revision = graph.find(row);
    text += revision == nullptr ? row_text(graph, row, style) + "\n"
                                : render_revision(graph, *revision, rows, style) + "\n";
  }
  return text;
}

}  // namespace

Result run_current(CommandContext& context) {
  const Rows& rows = context.rows();
  const Rows heads = rows_at_heads(context.graph());
  const bool check = context.options().has("check-heads");
  Result result;
  if (check && rows != heads) result.exit_code = 1;
  if (context.json()) {
    result.document = rows_document(context.graph(), rows);
    if (check) {
      result.document.set("clean", result.exit_code == 0).set("heads", Node::strings(heads));
    }
    return result;
  }
  result.text = current_text(context, rows);
  if (result.exit_code != 0) {
    log_info("the database is not at all heads (" + rows_text(heads) + ")");
  }
  return result;
}

}  // namespace ormdb::cli
