// history, heads, branches, show: the scripts, read without a database unless it is asked for.
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/document.h"
#include "cli/revision_text.h"
#include "revision/draw.h"
#include "revision/render.h"

namespace ormdb::cli {
namespace {

using Rows = std::vector<std::string>;
using Revisions = std::vector<const Revision*>;

RevisionStyle revision_style(const CommandContext& context) {
  return RevisionStyle{context.terminal().color_output};
}

std::string long_text(CommandContext& context, const Revisions& revisions, const Rows& rows) {
  std::string text;
  for (const Revision* revision : revisions) {
    text += render_revision(context.graph(), *revision, rows, revision_style(context)) + "\n";
  }
  return text;
}

Result revisions_result(CommandContext& context, const Revisions& revisions) {
  Result result;
  result.document = revisions_document(revisions, context.graph(), known_rows(context));
  return result;
}

std::string history_text(CommandContext& context, const Revisions& revisions, const Rows& rows) {
  const RevisionGraph& graph = context.graph();
  const RevisionStyle style = revision_style(context);
  std::string text;
  if (context.options().has("graph")) {
    // A file or a pipe has no width to fit.
    const int width = context.terminal().output ? context.terminal().width : 0;
    for (const std::string& line : draw_history(graph, revisions, rows, width, style.color)) {
      text += line + "\n";
    }
    return text;
  }
  if (context.verbose()) return long_text(context, revisions, rows);
  for (const Revision* revision : revisions) {
    text += render_history_line(graph, *revision, rows, style) + "\n";
  }
  return text;
}

}  // namespace

Result run_history(CommandContext& context) {
  const OptionSet& options = context.options();
  const std::string range = options.value("rev-range");
  const bool indicate = options.has("indicate-current");
  const Rows rows = indicate || needs_rows(range) ? context.rows() : Rows();
  const Revisions revisions = context.graph().history(range, rows);
  if (context.json()) return revisions_result(context, revisions);
  Result result;
  result.text = history_text(context, revisions, indicate ? rows : Rows());
  return result;
}

Result run_heads(CommandContext& context) {
  const RevisionGraph& graph = context.graph();
  const Revisions heads =
      context.options().has("resolve-dependencies") ? graph.effective_heads() : graph.heads();
  if (context.json()) return revisions_result(context, heads);
  Result result;
  if (context.verbose()) {
    result.text = long_text(context, heads, Rows());
    return result;
  }
  for (const Revision* head : heads) {
    result.text += render_head_line(graph, *head, revision_style(context)) + "\n";
  }
  return result;
}

Result run_branches(CommandContext& context) {
  const RevisionGraph& graph = context.graph();
  const Revisions points = graph.branch_points();
  if (context.json()) return revisions_result(context, points);
  Result result;
  if (context.verbose()) {
    const RevisionStyle style = revision_style(context);
    for (const Revision* point : points) {
      std::string text = render_revision(graph, *point, Rows(), style);
      while (text.ends_with('\n')) text.pop_back();
      result.text += text + render_children(graph, *point, style, true) + "\n\n";
    }
    return result;
  }
  for (const Revision* point : points) {
    result.text += render_branch_point(graph, *point, revision_style(context)) + "\n\n";
  }
  return result;
}

Result run_show(CommandContext& context) {
  const std::string argument = context.options().argument(0, "head");
  const Revisions revisions = resolve_argument(context, argument);
  if (context.json()) return revisions_result(context, revisions);
  Result result;
  result.text = long_text(context, revisions, needs_rows(argument) ? context.rows() : Rows());
  return result;
}

}  // namespace ormdb::cli
