#include "migrate/version_store.h"

#include <algorithm>

#include "ormdb/error.h"

namespace ormdb {

VersionStore::VersionStore(const Dialect& dialect, std::string table, std::string schema)
    : dialect_(dialect), table_(std::move(table)), schema_(std::move(schema)) {}

std::string VersionStore::quoted() const {
  return schema_.empty() ? dialect_.quote(table_)
                         : dialect_.quote(schema_) + "." + dialect_.quote(table_);
}

bool VersionStore::exists(Connection& connection) const {
  return dialect_.table_exists(connection, schema_.empty() ? table_ : schema_ + "." + table_);
}

std::vector<std::string> VersionStore::rows(Connection& connection) const {
  return exists(connection) ? rows_of_existing(connection) : std::vector<std::string>();
}

std::vector<std::string> VersionStore::rows_of_existing(Connection& connection) const {
  std::vector<std::string> ids;
  const Rows rows = select_rows(connection);
  for (std::size_t i = 0; i < rows.rows.size(); ++i) ids.push_back(rows.text(i, 0));
  std::sort(ids.begin(), ids.end());
  return ids;
}

Rows VersionStore::select_rows(Connection& connection) const {
  try {
    return connection.query("SELECT version_num FROM " + quoted());
  } catch (const Error& error) {
    if (error.message().find("version_num") == std::string::npos) throw;
    throw Error(ErrorKind::kDatabase, "the table " + table_ +
                                          " is no version table of ormdb or "
                                          "Alembic: it has no column version_num")
        .where("database")
        .statement(error.statement())
        .sqlstate(error.sqlstate())
        .hint(
            "name another one with `version_table:` in ormdb.yaml; for the table of another tool "
            "there is `ormdb stamp --from-table " +
            table_ + "`");
  }
}

std::vector<std::string> VersionStore::create_sql() const {
  Table table;
  table.name = table_;
  table.schema = schema_;
  Column version;
  version.name = "version_num";
  version.type = Type::string(64);
  table.columns.push_back(std::move(version));
  PrimaryKey key;
  key.name = table_ + "_pkc";  // as Alembic names it
  key.columns.emplace_back().column = "version_num";
  table.primary_key = std::move(key);
  Schema none;
  std::vector<std::string> sql;
  for (Statement& statement : dialect_.compile({CreateTable{table}}, none).statements) {
    sql.push_back(std::move(statement.sql));
  }
  return sql;
}

std::vector<std::string> VersionStore::change_sql(const std::vector<std::string>& before,
                                                  const std::vector<std::string>& after) const {
  std::vector<std::string> gone, come, sql;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(gone));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(come));
  const auto text = [this](const std::string& id) { return dialect_.literal(Literal::string(id)); };
  const std::size_t both = std::min(gone.size(), come.size());
  for (std::size_t i = 0; i < both; ++i) {
    sql.push_back("UPDATE " + quoted() + " SET version_num = " + text(come[i]) +
                  " WHERE version_num = " + text(gone[i]));
  }
  for (std::size_t i = both; i < gone.size(); ++i) {
    sql.push_back("DELETE FROM " + quoted() + " WHERE version_num = " + text(gone[i]));
  }
  for (std::size_t i = both; i < come.size(); ++i) {
    sql.push_back("INSERT INTO " + quoted() + " (version_num) VALUES (" + text(come[i]) + ")");
  }
  return sql;
}

}  // namespace ormdb
