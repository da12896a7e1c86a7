#include "migrate/autogenerate.h"

#include "migrate/scope.h"

namespace ormdb {

namespace {

std::vector<Operation> joined(std::vector<Operation> first, std::vector<Operation> second) {
  for (Operation& operation : second) first.push_back(std::move(operation));
  return first;
}

void prove(const std::vector<Operation>& operations, Schema schema, const Schema& goal,
           const SchemaRules& rules, const char* direction) {
  apply(operations, schema, rules);
  if (equivalent(schema, goal, rules)) return;
  std::string left;
  for (const Operation& operation : diff(schema, goal, rules)) left += "; " + describe(operation);
  throw Error(ErrorKind::kInternal,
              std::string("the ") + direction + " operations do not lead to their goal" + left)
      .hint("nothing was written; please report this with your models");
}

}  // namespace

std::vector<Operation> differences(const Workspace& workspace, const Schema& from, Schema to) {
  const SchemaRules& rules = workspace.dialect().rules();
  ignore_uncompared(from, to, workspace.config().compare, rules);
  std::vector<Operation> renames = rename_operations(from, to, {}, rules);
  if (renames.empty()) return diff(from, to, rules);
  Schema renamed = from;
  apply(renames, renamed, rules);
  return joined(std::move(renames), diff(renamed, to, rules));
}

TwoWays generate(const Workspace& workspace, const Schema& from, Schema to,
                 const MigrateOptions& options) {
  const SchemaRules& rules = workspace.dialect().rules();
  ignore_uncompared(from, to, workspace.config().compare, rules);
  const std::vector<Rename> decided = decide_renames(from, to, options, rules);
  std::vector<Operation> renames = rename_operations(from, to, decided, rules);
  Schema renamed = from;
  apply(renames, renamed, rules);
  std::vector<Operation> operations = joined(std::move(renames), diff(renamed, to, rules));
  TwoWays ways = decide_values(std::move(operations), renamed, options, rules);
  prove(ways.upgrade, from, to, rules, "upgrade");
  prove(ways.downgrade, to, from, rules, "downgrade");
  return ways;
}

std::vector<std::string> hint_warnings(const Workspace& workspace, const Schema& from,
                                       const Schema& to) {
  std::vector<std::string> warnings;
  for (const Rename& hint : inert_rename_hints(from, to, workspace.dialect().rules())) {
    const std::string what =
        hint.table.empty() ? "table " + hint.to : "column " + hint.table + "." + hint.to;
    warnings.push_back("renamed_from: " + hint.from + " of " + what +
                       " has no effect any more and can go");
  }
  return warnings;
}

}  // namespace ormdb
