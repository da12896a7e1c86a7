#include "migrate/rehearsal.h"

#include <algorithm>

#include "base/file_system.h"
#include "dialect/sqlite/dependents.h"
#include "migrate/section.h"
#include "model/model_yaml.h"

namespace ormdb {

namespace {

constexpr std::size_t kMostTables = 300;

bool begins_with_any(const std::string& text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return text.starts_with(start); });
}

// What the application's own connection may know and this one does not.
bool is_foreign(const std::string& words) {
  return begins_with_any(words, {"no such function", "no such module", "no such collation",
                                 "no such tokenizer", "unknown tokenizer", "unknown database"});
}

// Where the models declare what an operation makes.
std::vector<std::string> model_path(const Operation& operation) {
  if (const auto* op = operation.get_if<CreateView>()) return {"views", qualified_name(op->view)};
  if (const auto* op = operation.get_if<ReplaceView>()) return {"views", qualified_name(op->to)};
  if (const auto* op = operation.get_if<CreateTrigger>()) return {"triggers", op->trigger.name};
  if (const auto* op = operation.get_if<ReplaceTrigger>()) return {"triggers", op->to.name};
  if (const auto* op = operation.get_if<CreateTable>()) {
    return {"tables", qualified_name(op->table)};
  }
  if (const auto* op = operation.get_if<AddColumn>()) {
    return {"tables", op->table, "columns", op->column.name};
  }
  if (const auto* op = operation.get_if<AlterColumn>()) {
    return {"tables", op->table, "columns", op->to.name};
  }
  if (const auto* op = operation.get_if<AddConstraint>()) {
    return {"tables", op->table, "constraints", constraint_name(op->constraint)};
  }
  if (const auto* op = operation.get_if<CreateIndex>()) {
    return {"tables", op->table, "indexes", op->index.name};
  }
  return {};
}

class Rehearsal {
 public:
  Rehearsal(Workspace& workspace, const std::vector<Operation>& operations)
      : workspace_(workspace),
        dialect_(workspace.dialect()),
        operations_(operations),
        connection_(dialect_.connect(parse_url("sqlite://"), {})) {}

  // False when the memory database cannot hold the schema: a module may be missing.
  bool prepare(const Schema& before) {
    try {
      Schema schema;
      run(dialect_.compile(diff({}, before, dialect_.rules()), schema));
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  void run_operations() {
    Schema schema = dialect_.introspect(*connection_, {});
    SectionCompiler compiler(dialect_, operations_, schema);
    note_broken_before();
    const std::vector<BrokenDependent> broken = broken_dependents(*connection_);
    while (!compiler.done()) {
      run(compiler.next());
      if (!compiler.schema_known()) {
        schema = read_again(schema, dialect_.introspect(*connection_, {}), dialect_.name());
      }
    }
    for (const Operation& operation : operations_) try_out(operation);
    for (const BrokenDependent& fresh : newly_broken(broken, broken_dependents(*connection_))) {
      refuse_broken(fresh);
    }
  }

 private:
  void run(const CompiledSection& section) {
    for (const std::string& sql : section.before) connection_->execute(sql);
    for (const Statement& statement : section.statements) {
      try {
        connection_->execute(statement.sql);
      } catch (const Error& error) {
        throw told(error, statement.operation);
      }
    }
    for (const std::string& sql : section.after) connection_->execute(sql);
  }

  // The fill or cast that SQLite cannot compile; it runs on a connection of ormdb's own, so that
  // nothing is foreign to it.
  std::optional<Error> wrong_option(const Error& error, int number) const {
    const std::string& sql = error.statement();
    const auto as_option = [&](const std::string& option, const std::string& of) {
      return Error(ErrorKind::kUsage, option + " " + of + ": " + error.message())
          .statement(sql)
          .hint("correct the expression of " + option + "; nothing was written");
    };
    if (number < 1) return std::nullopt;
    const Operation& operation = operations_[static_cast<std::size_t>(number) - 1];
    if (const auto* fill = operation.get_if<UpdateRows>()) {
      return as_option("--fill", fill->table + "." + fill->set.front().first);
    }
    for (const Operation& each : operations_) {
      const auto* alter = each.get_if<AlterColumn>();
      if (alter == nullptr || alter->using_expression.empty()) continue;
      const std::string& expression = alter->using_expression.for_dialect("sqlite");
      if (sql.find("(" + expression + ")") == std::string::npos) continue;
      return as_option("--using", alter->table + "." + alter->to.name);
    }
    return std::nullopt;
  }

  Error told(const Error& error, int number) const {
    if (const std::optional<Error> wrong = wrong_option(error, number)) return *wrong;
    if (number < 1 || is_foreign(error.message())) return error;
    const Operation& operation = operations_[static_cast<std::size_t>(number) - 1];
    Error failure(ErrorKind::kModel, describe(operation) + " would fail: " + error.message());
    failure.statement(error.statement());
    return at_model(std::move(failure), model_path(operation));
  }

  Error at_model(Error failure, const std::vector<std::string>& path) const {
    failure.hint("correct the models; nothing was written");
    const ModelLocation place = locate_in_models(workspace_.database().models, path);
    if (!place.file.empty()) failure.at(display_path(place.file), place.line, place.source_line);
    return failure;
  }

  // What the models leave as it is, while they change what it names.
  void refuse_broken(const BrokenDependent& broken) const {
    if (!can_be_judged(broken.words)) return;
    Error failure(ErrorKind::kModel,
                  broken.kind + " " + broken.name + " would be broken: " + broken.words);
    throw at_model(std::move(failure), {broken.kind + "s", broken.name});
  }

  // Statements that make SQLite compile what a view or trigger says, without running it.
  std::vector<std::string> probes(const Operation& operation) const {
    if (const auto* op = operation.get_if<CreateView>()) return {select(op->view.name)};
    if (const auto* op = operation.get_if<ReplaceView>()) return {select(op->to.name)};
    if (const auto* op = operation.get_if<CreateTrigger>()) return firing(op->trigger);
    if (const auto* op = operation.get_if<ReplaceTrigger>()) return firing(op->to);
    return {};
  }

  std::string select(const std::string& relation) const {
    return "SELECT * FROM " + dialect_.quote(relation) + " LIMIT 0";
  }

  std::vector<std::string> firing(const Trigger& trigger) const {
    const std::string table = dialect_.quote(trigger.table);
    std::vector<std::string> sql;
    for (const std::string& event : trigger.events) {
      if (event == "insert") sql.push_back("EXPLAIN INSERT INTO " + table + " DEFAULT VALUES");
      if (event == "delete") sql.push_back("EXPLAIN DELETE FROM " + table);
      if (event != "update") continue;
      std::vector<std::string> columns = trigger.update_of;
      if (columns.empty()) columns = connection_->query(select(trigger.table)).columns;
      const std::string column = columns.empty() ? "" : dialect_.quote(columns.front());
      sql.push_back("EXPLAIN UPDATE " + table + " SET " + column + " = " + column);
    }
    return sql;
  }

  // The words of what is wrong with the models; "" for nothing, or nothing that can be judged here.
  std::string fault(const std::string& probe) const {
    try {
      connection_->query(probe);
      return "";
    } catch (const Error& error) {
      const std::string& words = error.message();
      const bool wrong = begins_with_any(
          words, {"no such table", "no such column", "ambiguous column name", "near "});
      return wrong && can_be_judged(words) ? words : "";
    }
  }

  // A table that is missing here may be one that is out of scope.
  bool can_be_judged(const std::string& words) const {
    if (!words.starts_with("no such table")) return true;
    const ObjectFilter& filter = workspace_.config().filter;
    return filter.include.empty() && filter.exclude.empty() && !names_other_tool(words);
  }

  // Their tables are no part of a schema here.
  bool names_other_tool(const std::string& words) const {
    std::vector<std::string> names = foreign_version_tables();
    names.insert(names.end(), {workspace_.config().version_table, "ormdb_version", "ormdb_log"});
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return words.ends_with(name); });
  }

  // A trigger that is there already and broken makes the probes of its table fail.
  void note_broken_before() {
    for (const Operation& operation : operations_) {
      try {
        for (const std::string& probe : probes(operation)) {
          if (!fault(probe).empty()) broken_before_.push_back(probe);
        }
      } catch (const Error&) {
        continue;  // its table is not there yet
      }
    }
  }

  void try_out(const Operation& operation) {
    for (const std::string& probe : probes(operation)) {
      const bool trigger = probe.starts_with("EXPLAIN");
      const bool known =
          std::find(broken_before_.begin(), broken_before_.end(), probe) != broken_before_.end();
      const std::string words = trigger && known ? "" : fault(probe);
      if (words.empty()) continue;
      const auto number = static_cast<int>(&operation - operations_.data()) + 1;
      throw told(Error(ErrorKind::kDatabase, words), number);
    }
  }

  Workspace& workspace_;
  const Dialect& dialect_;
  const std::vector<Operation>& operations_;
  std::unique_ptr<Connection> connection_;
  std::vector<std::string> broken_before_;
};

// Without a server: what it offers no statement for is told before the script is written.
void compile_once(const Workspace& workspace, Schema schema,
                  const std::vector<Operation>& operations) {
  try {
    SectionCompiler compiler(workspace.dialect(), operations, schema);
    while (!compiler.done() && compiler.schema_known()) compiler.next();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnsupported) throw;
    Error failure(ErrorKind::kUnsupported, error.message());
    throw failure.hint(error.hint());
  }
}

}  // namespace

void rehearse(Workspace& workspace, const Schema& before, const std::vector<Operation>& operations,
              std::vector<std::string>& warnings) {
  if (workspace.dialect().name() == "postgresql")
    return compile_once(workspace, before, operations);
  if (workspace.dialect().name() != "sqlite" || before.tables.size() > kMostTables) return;
  Rehearsal rehearsal(workspace, operations);
  if (!rehearsal.prepare(before)) return;
  try {
    rehearsal.run_operations();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kModel || error.kind() == ErrorKind::kUsage) throw;
    if (error.kind() == ErrorKind::kDatabase) return;  // what the application's connection knows
    warnings.push_back("the script cannot run as it stands: " + error.message() +
                       (error.hint().empty() ? "" : "; " + error.hint()));
  }
}

}  // namespace ormdb
