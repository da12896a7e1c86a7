// stamp and ensure-version: the version table by hand.
#include "base/log.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/document.h"
#include "cli/print.h"

namespace ormdb::cli {
namespace {

Result result_of(CommandContext& context, const RunResult& run, bool sql, std::string notice) {
  for (const std::string& warning : run.warnings) log_warning(printable(warning));
  Result result;
  if (context.json()) {
    result.document = run_document(run, false, sql);
  } else if (sql) {
    result.text = run.sql;
    result.comment = "-- ";
  } else {
    result.notice = std::move(notice);
  }
  return result;
}

}  // namespace

Result run_stamp(CommandContext& context) {
  const OptionSet& options = context.options();
  StampOptions stamp;
  stamp.targets = options.arguments();
  stamp.purge = options.has("purge");
  stamp.sql = options.has("sql");
  stamp.tag = options.value("tag");
  stamp.from_table = options.value("from-table");
  if (!stamp.from_table.empty() && !stamp.targets.empty()) {
    throw Error(ErrorKind::kUsage, "--from-table says what to stamp: no revisions beside it");
  }
  if (stamp.purge && stamp.sql) {
    throw Error(ErrorKind::kUsage, "--purge and --sql exclude each other")
        .hint("--sql cannot know which rows there are");
  }
  const RunResult run = context.migrator().stamp(stamp);
  const std::string notice =
      run.rows == run.rows_before && run.warnings.empty()
          ? "already at " + rows_text(run.rows) + ": nothing to do\n"
          : "stamped " + rows_text(run.rows_before) + " -> " + rows_text(run.rows) + "\n";
  return result_of(context, run, stamp.sql, notice);
}

Result run_ensure_version(CommandContext& context) {
  const bool sql = context.options().has("sql");
  const RunResult run = context.migrator().ensure_version(sql);
  return result_of(context, run, sql,
                   "the version table is there, at " + rows_text(run.rows) + "\n");
}

}  // namespace ormdb::cli
