#include "support/dialect_sqlite.h"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>

namespace ormdb::test {

namespace {

void run_all(Connection& connection, const std::vector<std::string>& statements) {
  for (const std::string& sql : statements) connection.execute(sql);
}

// The operations that the last piece left over.
std::vector<Operation> rest_of(const std::vector<Operation>& operations, std::size_t done) {
  return {operations.begin() + static_cast<std::ptrdiff_t>(done), operations.end()};
}

void run_pieces(Connection& connection, std::vector<Operation> operations, Schema& schema,
                CompiledSection piece, std::vector<std::string>& done) {
  const Dialect& sqlite = dialect_for("sqlite");
  for (;;) {
    for (const Statement& statement : piece.statements) {
      INFO(statement.sql);
      connection.execute(statement.sql);
      done.push_back(statement.sql);
    }
    if (!piece.schema_known) schema = introspect(connection);
    operations = rest_of(operations, piece.compiled_operations);
    if (operations.empty()) return;
    piece = sqlite.compile(operations, schema);
  }
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ormdb_test_XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

Url file_url(const std::string& path) {
  Url url;
  url.dialect = url.scheme = "sqlite";
  url.database = path;
  return url;
}

std::unique_ptr<Connection> memory_database(const std::string& sql) {
  auto connection = dialect_for("sqlite").connect(file_url(""), {});
  if (!sql.empty()) connection->execute(sql);
  return connection;
}

Schema introspect(Connection& connection) {
  return dialect_for("sqlite").introspect(connection, {});
}

std::vector<std::string> run(Connection& connection, const std::vector<Operation>& operations) {
  const Dialect& sqlite = dialect_for("sqlite");
  Schema schema = introspect(connection);
  CompiledSection section = sqlite.compile(operations, schema);
  const std::vector<std::string> after = section.after;
  std::vector<std::string> done;
  run_all(connection, section.before);
  try {
    Transaction transaction(connection, sqlite.begin());
    const bool verify = section.verify_integrity;
    const auto check = verify ? sqlite.integrity_check(connection) : nullptr;
    run_pieces(connection, operations, schema, std::move(section), done);
    if (verify) check->verify(connection);
    transaction.commit();
  } catch (const Error&) {
    run_all(connection, after);
    throw;
  }
  run_all(connection, after);
  CHECK(equivalent(introspect(connection), schema, sqlite.rules()));
  CHECK(rows(connection, "PRAGMA foreign_keys") == "1");
  CHECK(rows(connection, "PRAGMA legacy_alter_table") == "0");
  return done;
}

std::string compiled(const std::vector<Operation>& operations, const Schema& before) {
  Schema schema = before;
  std::string text;
  for (const Statement& statement : dialect_for("sqlite").compile(operations, schema).statements) {
    text += statement.sql + ";\n";
  }
  return text;
}

std::string compiled(const std::vector<Operation>& operations, Connection& connection) {
  return compiled(operations, introspect(connection));
}

std::string rows(Connection& connection, const std::string& sql) {
  const Rows found = connection.query(sql);
  std::string text;
  for (std::size_t row = 0; row < found.rows.size(); ++row) {
    if (row > 0) text += "\n";
    for (std::size_t i = 0; i < found.columns.size(); ++i) {
      text += (i > 0 ? "|" : "") + found.text(row, i);
    }
  }
  return text;
}

int count_starting(const std::vector<std::string>& statements, const std::string& start) {
  int count = 0;
  for (const std::string& sql : statements)
    count += sql.compare(0, start.size(), start) == 0 ? 1 : 0;
  return count;
}

Column column(const std::string& name, const Type& type) {
  Column column;
  column.name = name;
  column.type = type;
  return column;
}

Column nullable(Column column) {
  column.nullable = true;
  return column;
}

ForeignKey foreign_key(const std::string& column, const std::string& table,
                       ForeignKeyAction on_delete) {
  ForeignKey key;
  key.columns = {column};
  key.referenced_table = table;
  key.referenced_columns = {"id"};
  key.on_delete = on_delete;
  return key;
}

Check check(const std::string& name, const std::string& expression) {
  Check check;
  check.name = name;
  check.expression.common = expression;
  return check;
}

Index index(const std::string& name, const std::vector<std::string>& columns) {
  Index index;
  index.name = name;
  for (const std::string& column : columns) {
    index.columns.emplace_back();
    index.columns.back().column = column;
  }
  return index;
}

Operation execute(const std::string& sql) {
  SqlText text;
  text.common = sql;
  return Execute(text);
}

}  // namespace ormdb::test
