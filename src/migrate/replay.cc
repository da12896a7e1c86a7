#include "migrate/replay.h"

#include "base/file_system.h"
#include "base/sql_scanner.h"
#include "migrate/section.h"

namespace ormdb {

namespace {

void run_all(Connection& connection, const CompiledSection& section) {
  for (const std::string& sql : section.before) connection.execute(sql);
  for (const Statement& statement : section.statements) {
    try {
      connection.execute(statement.sql);
    } catch (const Error& error) {
      Error told = error;
      throw told.operation(statement.operation).statement(statement.sql);
    }
  }
  for (const std::string& sql : section.after) connection.execute(sql);
}

// Statements that make no difference to a schema, and that may fail where there are no rows, or
// write files (VACUUM INTO).
bool concerns_data_alone(const std::string& sql) {
  if (is_data_statement(sql, SqlDialect::kSqlite)) return true;
  const std::vector<SqlToken> tokens = scan_sql_tokens(sql, SqlDialect::kSqlite);
  for (const char* word : {"vacuum", "attach", "detach", "analyze", "reindex"}) {
    if (!tokens.empty() && tokens.front().is_word(word)) return true;
  }
  return false;
}

// A step that the embedded database does not take.
Error not_replayable(const Error& error, const Revision& revision) {
  return Error(ErrorKind::kUnsupported,
               "revision " + revision.id +
                   " cannot be replayed without its database: " + error.message())
      .statement(error.statement())
      .sqlstate(error.sqlstate())
      .hint(
          "say what the statement does: execute: {sql: ..., effects: [operations]}, or effects: "
          "[] when it changes no schema");
}

// What the operation does to the schema; empty raw SQL where that is nothing, so that the numbers
// of the others stay.
Operation without_data(const Operation& operation, const Dialect& dialect) {
  const bool data = operation.get_if<InsertRows>() != nullptr ||
                    operation.get_if<UpdateRows>() != nullptr ||
                    operation.get_if<DeleteRows>() != nullptr;
  const auto* raw = operation.get_if<Execute>();
  if (!data && (raw == nullptr || raw->effects)) return operation;
  SqlText rest;
  if (raw != nullptr) {
    for (const SqlStatement& statement :
         split_sql(raw->sql.for_dialect(dialect.name()), SqlDialect::kSqlite)) {
      if (!concerns_data_alone(statement.text)) rest.common += statement.text + ";\n";
    }
  }
  return Execute(rest);
}

// What makes the schema. Normalized it has no enums, whose columns need them.
std::vector<Operation> making(const Schema& schema, const SchemaRules& rules) {
  std::vector<Operation> operations;
  for (const Enum& value : schema.enums) operations.push_back(CreateEnum{value});
  for (Operation& operation : diff({}, schema, rules)) operations.push_back(std::move(operation));
  return operations;
}

// A memory database with `schema` in it, the section run there, and what it looks like then.
Schema run_embedded(const Dialect& dialect, const std::vector<Operation>& operations,
                    const Schema& before) {
  Url memory;
  memory.dialect = "sqlite";
  const std::unique_ptr<Connection> connection = dialect.connect(memory, {});
  Schema schema;
  try {
    run_all(*connection, dialect.compile(making(before, dialect.rules()), schema));
  } catch (const Error& error) {
    Error told = error;
    throw told.operation(0);  // none of this section
  }
  schema = read_again(before, dialect.introspect(*connection, {}), dialect.name());
  std::vector<Operation> section;
  for (const Operation& operation : operations) section.push_back(without_data(operation, dialect));
  SectionCompiler compiler(dialect, section, schema);
  while (!compiler.done()) {
    run_all(*connection, compiler.next());
    if (!compiler.schema_known()) {
      schema = read_again(schema, dialect.introspect(*connection, {}), dialect.name());
    }
  }
  return read_again(schema, dialect.introspect(*connection, {}), dialect.name());
}

}  // namespace

Schema replay(const Dialect& dialect, const std::vector<Operation>& operations, Schema before) {
  bool known = true;
  for (const Operation& operation : operations) {
    known = known && is_replayable(operation, dialect.name());
  }
  if (!known && dialect.name() == "sqlite") return run_embedded(dialect, operations, before);
  int number = 0;
  for (const Operation& operation : operations) {
    ++number;
    try {
      apply(operation, before, dialect.rules());
    } catch (const Error& error) {
      Error told = error;
      throw told.operation(number);
    }
  }
  return before;
}

void replay_section(const Dialect& dialect, const Revision& revision, const LoadedScript& script,
                    Direction direction, Schema& schema) {
  try {
    schema = replay(dialect, script.operations(direction), std::move(schema));
  } catch (const Error& error) {
    const bool unknown = error.kind() == ErrorKind::kDatabase;
    throw in_step(unknown ? not_replayable(error, revision) : error, revision, script, direction,
                  error.operation());
  }
}

std::vector<Enum> enums_of_history(Workspace& workspace, const std::vector<std::string>& rows,
                                   const std::vector<Operation>& done) {
  Schema schema;
  const auto run = [&](const Operation& operation) {
    const bool is_enum = operation.get_if<CreateEnum>() != nullptr ||
                         operation.get_if<AlterEnum>() != nullptr ||
                         operation.get_if<DropEnum>() != nullptr;
    if (is_enum) apply(operation, schema, workspace.dialect().rules());
  };
  for (const Revision* revision : workspace.graph().ancestors(rows)) {
    const ScriptBody body = parse_body({display_path(revision->file), read_file(revision->file)},
                                       workspace.dialect().name());
    for (const ScriptStep& step : body.upgrade) run(step.operation);
  }
  for (const Operation& operation : done) run(operation);
  return std::move(schema.enums);
}

Schema replay_history(Workspace& workspace, const std::vector<std::string>& rows) {
  Schema schema;
  const RevisionGraph& graph = workspace.graph();
  for (const Revision* revision : graph.ancestors(rows)) {
    const LoadedScript script = workspace.load(*revision, Direction::kUpgrade);
    replay_section(workspace.dialect(), *revision, script, Direction::kUpgrade, schema);
  }
  return schema;
}

}  // namespace ormdb
