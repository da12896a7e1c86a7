// check, diff, inspect: what differs, and what there is.
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/document.h"
#include "cli/print.h"
#include "schema/schema_node.h"

namespace ormdb::cli {
namespace {

// "not applied:\n  4f1c…\n"; nothing for an empty list.
std::string list_text(std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  return std::string(title) + "\n" + indented(printable(join(lines, "\n")), "  ");
}

std::string check_text(const DiffResult& check, bool from_history, const Style& style) {
  const std::string other = from_history ? "scripts" : "database";
  std::string text;
  if (check.operations.empty()) {
    text = "No differences: models and " + other + " are the same.\n";
  } else {
    text = "models and " + other + " differ:\n" + operations_text(check.operations, style);
  }
  return text + list_text("not applied:", check.behind) + list_text("several heads:", check.heads) +
         list_text("edited after they were applied:", check.edited) +
         list_text("applied, but without a script:", check.missing) +
         list_text("pending, but older than what is applied:", check.out_of_order) +
         list_text("counted as applied, but never run here:", check.never_run) +
         list_text("unmanaged:", check.unmanaged);
}

std::string statements_text(const std::vector<std::string>& statements) {
  std::string text;
  for (const std::string& statement : statements) text += statement + ";\n";
  return text;
}

bool is_database(const std::string& what) {
  return what == "database" || what.find("://") != std::string::npos;
}

}  // namespace

Result run_check(CommandContext& context) {
  CheckOptions options;
  options.from_history = context.options().has("from-history");
  options.unmanaged = context.options().has("unmanaged");
  if (!options.from_history) context.wait_for_server();
  const DiffResult check = context.migrator().check(options);
  for (const std::string& warning : check.warnings) log_warning(printable(warning));
  Result result;
  result.exit_code = check.clean() ? 0 : 1;
  if (context.json()) {
    result.document = check_document(check);
  } else {
    result.notice = check_text(check, options.from_history, context.style());
  }
  return result;
}

Result run_diff(CommandContext& context) {
  const OptionSet& options = context.options();
  const std::string from = options.argument(0);
  const std::string to = options.argument(1);
  if (is_database(from) || is_database(to)) context.wait_for_server();
  Migrator& migrator = context.migrator();
  const DiffResult diff = migrator.diff(from, to);
  for (const std::string& warning : diff.warnings) log_warning(printable(warning));
  const bool sql = options.value("format") == "sql";
  std::string text;
  if (sql && !diff.operations.empty()) {
    text = statements_text(migrator.operations_sql(diff.operations, migrator.schema_of(from)));
  }
  Result result;
  if (context.json()) {
    result.document = diff_document(diff);
    if (sql) result.document.set("sql", text);
  } else if (sql) {
    result.text = text;
    result.comment = "-- ";
  } else if (diff.operations.empty()) {
    result.notice =
        "No differences: " + printable(from) + " and " + printable(to) + " are the same.\n";
  } else {
    result.text = operations_text(diff.operations, context.style());
  }
  return result;
}

Result run_inspect(CommandContext& context) {
  const OptionSet& options = context.options();
  InspectOptions inspect;
  inspect.tables = options.values("table");
  inspect.schemas = options.values("schema");
  Migrator& migrator = context.migrator();
  const Schema schema = migrator.inspect(inspect);
  // A part of the database was asked for: what else there is was not.
  const bool whole = inspect.tables.empty() && inspect.schemas.empty();
  const std::vector<std::string> left = whole ? migrator.unmanaged() : std::vector<std::string>();
  std::vector<std::string> warnings;
  for (const std::string& line : left) warnings.push_back("not managed by ormdb: " + line);
  const std::string format = options.value("format", "yaml");
  Result result;
  if (context.json()) {
    result.document = Node::map({{"schema", schema_to_node(schema)}});
    if (format == "sql") {
      result.document.set("sql", statements_text(migrator.create_sql(schema)));
    }
    if (!warnings.empty()) result.document.set("warnings", Node::strings(warnings));
    return result;
  }
  for (const std::string& warning : warnings) log_warning(printable(warning));
  if (format == "json") {
    result.text = render_json(schema_to_node(schema), 2) + "\n";
  } else if (format == "sql") {
    result.text = statements_text(migrator.create_sql(schema));
    result.comment = "-- ";
  } else {
    result.text = migrator.models_text(schema);
    result.comment = "# ";
  }
  return result;
}

}  // namespace ormdb::cli
