#include "migrate/autogenerate.h"

#include "migrate/scope.h"
#include "ops/rename_readers.h"

namespace ormdb {

namespace {

std::vector<Operation> joined(std::vector<Operation> first, std::vector<Operation> second) {
  for (Operation& operation : second) first.push_back(std::move(operation));
  return first;
}

/// Renames, behind the drops of what they would break; the diff that follows creates that again.
struct RenameSteps {
  std::vector<Operation> operations;
  Schema result;
};

RenameSteps rename_steps(const Schema& from, const Schema& to, const std::vector<Rename>& decided,
                         const SchemaRules& rules) {
  std::vector<Operation> renames = rename_operations(from, to, decided, rules);
  if (renames.empty()) return {{}, from};
  std::vector<Operation> drops = drops_before_renames(from, renames, rules);
  RenameSteps steps{joined(std::move(drops), std::move(renames)), from};
  apply(steps.operations, steps.result, rules);
  return steps;
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
  RenameSteps renames = rename_steps(from, to, {}, rules);
  return joined(std::move(renames.operations), diff(renames.result, to, rules));
}

TwoWays generate(const Workspace& workspace, const Schema& from, Schema to,
                 const MigrateOptions& options) {
  const SchemaRules& rules = workspace.dialect().rules();
  ignore_uncompared(from, to, workspace.config().compare, rules);
  const std::vector<Rename> decided = decide_renames(from, to, options, rules);
  RenameSteps renames = rename_steps(from, to, decided, rules);
  std::vector<Operation> operations =
      joined(std::move(renames.operations), diff(renames.result, to, rules));
  TwoWays ways = decide_values(std::move(operations), renames.result, options, rules);
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
