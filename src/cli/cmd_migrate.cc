// migrate, revision, merge: what writes a script.
#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/document.h"
#include "cli/print.h"

namespace ormdb::cli {
namespace {

// "table.column" or "table" → both; the column is "" for a table.
Rename object_named(const std::string& text) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string::npos) return {"", text, ""};
  return {text.substr(0, dot), text.substr(dot + 1), ""};
}

std::vector<Rename> read_renames(const OptionSet& options) {
  std::vector<Rename> renames;
  for (const std::string& text : options.values("rename")) {
    const auto [old_name, new_name] = key_and_value(text, "--rename", "TABLE.OLD=NEW or OLD=NEW");
    if (new_name.empty()) {
      throw Error(ErrorKind::kUsage, "--rename " + text + " has no new name");
    }
    Rename rename = object_named(old_name);
    // "a.b=a.c" is as clear as "a.b=c".
    const bool qualified = !rename.table.empty() && new_name.starts_with(rename.table + ".");
    rename.to = qualified ? new_name.substr(rename.table.size() + 1) : new_name;
    renames.push_back(std::move(rename));
  }
  return renames;
}

std::vector<Rename> read_no_renames(const OptionSet& options) {
  std::vector<Rename> renames;
  for (const std::string& text : options.values("no-rename")) {
    renames.push_back(object_named(text));
  }
  return renames;
}

std::map<std::string, std::string> read_columns(const OptionSet& options, std::string_view name) {
  const std::string display = "--" + std::string(name);
  std::map<std::string, std::string> columns;
  for (const std::string& text : options.values(name)) {
    auto [column, value] = key_and_value(text, display, "TABLE.COLUMN=VALUE");
    if (column.find('.') == std::string::npos) {
      throw Error(ErrorKind::kUsage,
                  display + " wants TABLE.COLUMN=VALUE, got '" + text + "' without a table");
    }
    if (!columns.emplace(column, std::move(value)).second) {
      throw Error(ErrorKind::kUsage, display + " is given twice for " + column);
    }
  }
  return columns;
}

MigrateOptions read_script_options(const OptionSet& options) {
  MigrateOptions migrate;
  migrate.message = options.value("message");
  migrate.sql_format = options.value("format") == "sql";
  migrate.heads = options.values("head");
  migrate.splice = options.has("splice");
  migrate.branch_label = options.value("branch-label");
  migrate.version_path = options.value("version-path");
  migrate.rev_id = options.value("rev-id");
  migrate.depends_on = options.values("depends-on");
  return migrate;
}

bool ask_rename(const CommandContext& context, const Rename& rename) {
  const bool table = rename.table.empty();
  return context.confirm(printable(
      table ? "Was table " + rename.from + " renamed to " + rename.to + "?"
            : "Was column " + rename.table + "." + rename.from + " renamed to " + rename.to + "?"));
}

std::string ask_fill(const CommandContext& context, const std::string& column) {
  const std::optional<std::string> answer =
      context.ask("Value of " + printable(column) +
                  " in the existing rows that have none (sql:EXPRESSION for an expression):");
  if (!answer) {
    throw Error(ErrorKind::kNeedsDecision, "no value for the NOT NULL column " + column)
        .hint("ormdb migrate --fill " + column + "=VALUE");
  }
  return *answer;
}

void add_decisions(CommandContext& context, MigrateOptions& migrate) {
  const OptionSet& options = context.options();
  migrate.renames = read_renames(options);
  migrate.no_renames = read_no_renames(options);
  migrate.fill = read_columns(options, "fill");
  migrate.casts = read_columns(options, "using");
  if (!context.may_ask()) return;
  migrate.ask_rename = [&context](const Rename& rename) { return ask_rename(context, rename); };
  migrate.ask_fill = [&context](const std::string& column) { return ask_fill(context, column); };
}

void warn(const DiffResult& diff) {
  for (const std::string& warning : diff.warnings) log_warning(printable(warning));
}

std::string written_text(const DiffResult& diff) {
  return "wrote " + printable(diff.file) + " (revision " + diff.revision.id + ")\n";
}

Result autogenerate(CommandContext& context, MigrateOptions migrate) {
  add_decisions(context, migrate);
  if (!migrate.from_history) context.wait_for_server();
  const DiffResult diff = context.migrator().migrate(migrate);
  warn(diff);
  Result result;
  if (context.json()) {
    result.document = diff_document(diff);
    result.document.set("revision", diff.operations.empty() ? Node() : Node(diff.revision.id));
    if (migrate.dry_run) result.document.set("text", diff.text);
  } else if (diff.operations.empty()) {
    result.notice = "No changes: models and " +
                    std::string(migrate.from_history ? "scripts" : "database") + " are the same.\n";
  } else if (migrate.dry_run) {
    result.text = diff.text;
    result.comment = migrate.sql_format ? "-- " : "# ";
  } else {
    result.notice = operations_text(diff.operations, context.style()) + written_text(diff);
  }
  return result;
}

// Of `revision` and `merge`: the one that was written. The graph is read anew to know its place.
Result written(CommandContext& context, const DiffResult& diff) {
  warn(diff);
  Result result;
  if (!context.json()) {
    result.notice = written_text(diff);
    return result;
  }
  const RevisionGraph& graph = context.graph();
  const Revision* revision = graph.find(diff.revision.id);
  if (revision == nullptr) {
    throw Error(ErrorKind::kInternal, "the script just written is not among the scripts")
        .revision(diff.revision.id)
        .at(diff.file);
  }
  result.document = revisions_document({revision}, graph, std::vector<std::string>());
  result.document.set("file", diff.file);
  result.document.set_if("warnings", Node::strings(diff.warnings));
  return result;
}

}  // namespace

Result run_migrate(CommandContext& context) {
  MigrateOptions migrate = read_script_options(context.options());
  migrate.from_history = context.options().has("from-history");
  migrate.dry_run = context.options().has("dry-run");
  return autogenerate(context, std::move(migrate));
}

Result run_revision(CommandContext& context) {
  const OptionSet& options = context.options();
  MigrateOptions migrate = read_script_options(options);
  if (options.has("autogenerate")) {
    if (options.has("sql")) {
      throw Error(ErrorKind::kUsage, "--autogenerate and --sql exclude each other")
          .hint("--autogenerate --format sql writes the script as SQL");
    }
    return autogenerate(context, std::move(migrate));
  }
  for (const std::string_view decision : {"rename", "no-rename", "fill", "using"}) {
    if (options.has(decision)) {
      throw Error(ErrorKind::kUsage, "--" + std::string(decision) + " needs --autogenerate");
    }
  }
  if (options.has("sql") && options.value("format") == "yaml") {
    throw Error(ErrorKind::kUsage, "--sql and --format yaml exclude each other");
  }
  migrate.autogenerate = false;
  migrate.sql_format = migrate.sql_format || options.has("sql");
  return written(context, context.migrator().migrate(migrate));
}

Result run_merge(CommandContext& context) {
  MigrateOptions migrate = read_script_options(context.options());
  migrate.automatic = context.options().has("auto");
  return written(context, context.migrator().merge(context.options().arguments(), migrate));
}

}  // namespace ormdb::cli
