// status: where the database stands.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/document.h"
#include "cli/print.h"

namespace ormdb::cli {
namespace {

std::string ids_section(std::string_view title, const std::vector<std::string>& ids) {
  if (ids.empty()) return "";
  return std::string(title) + ":\n" + indented(printable(join(ids, "\n")), "  ");
}

std::string pending_section(const std::vector<Revision>& pending, const Style& style) {
  if (pending.empty()) return "pending: none\n";
  std::string text = "pending: " + std::to_string(pending.size()) + "\n";
  for (const Revision& revision : pending) {
    text += "  " + style(Paint::kYellow, revision.id);
    if (!revision.message.empty()) text += "  " + printable(revision.message);
    text += '\n';
  }
  return text;
}

std::string half_applied_section(const StatusResult& status, const Style& style) {
  if (!status.half_applied) return "";
  const StatusResult::HalfApplied& half = *status.half_applied;
  const std::string command = half.direction == Direction::kUpgrade ? "upgrade" : "downgrade";
  const std::string next = std::to_string(half.done + 1);
  const std::string text = style(Paint::kRed, "half-applied:") + " " + command + " of " +
                           half.revision + ", " + std::to_string(half.done) + " of " +
                           counted(static_cast<std::size_t>(half.total), "statement") + " done\n";
  if (half.done >= half.total) return text + "  run `ormdb " + command + "`: it finishes it\n";
  return text + "  mend what failed, then run `ormdb " + command + "`: it goes on with statement " +
         next + "\n  or say what became of statement " + next + ": `ormdb " + command +
         " --step-done " + next + "` or `--step-redo " + next + "`\n";
}

}  // namespace

Result run_status(CommandContext& context) {
  const StatusResult status = context.migrator().status();
  Result result;
  if (context.json()) {
    result.document = status_document(status);
    return result;
  }
  const Style style = context.style();
  result.text = "database: " + context.migrator().masked_url() + "\n" +
                "at: " + rows_text(status.rows) + "\n" +
                "applied: " + std::to_string(status.applied.size()) + "\n" +
                pending_section(status.pending, style) +
                ids_section("edited after they were applied", status.edited) +
                ids_section("applied, but without a script", status.missing) +
                ids_section("pending, but older than what is applied", status.out_of_order) +
                ids_section("counted as applied, but never run here", status.never_run) +
                half_applied_section(status, style);
  if (status.locked_by) result.text += "locked by: " + printable(*status.locked_by) + "\n";
  return result;
}

}  // namespace ormdb::cli
