#include "support/migrate_postgresql_live.h"

#include <cstdlib>

#include "base/text.h"
#include "ormdb/dialect.h"
#include "support/migrate_postgresql_builder.h"
#include "support/migrate_postgresql_schema.h"

namespace ormdb::test {
namespace {

const Dialect& dialect() { return dialect_for("postgresql"); }

bool is_numbered(const Column& column) {
  const auto own = column.options.find("postgresql");
  return own != column.options.end() && own->second.contains("serial");
}

/// A composite type, a domain: what values look like is its business.
const DatabaseObject* type_object(const Schema& schema, const Column& column) {
  if (column.type.kind != TypeKind::kNative) return nullptr;
  for (const DatabaseObject& object : schema.objects) {
    if (qualified_name(object) == column.type.native.at("postgresql")) return &object;
  }
  return nullptr;
}

bool means_the_same(const Schema& from, const Column& a, const Schema& to, const Column& b) {
  const DatabaseObject* before = type_object(from, a);
  const DatabaseObject* after = type_object(to, b);
  const bool same_object = (before == nullptr) == (after == nullptr) &&
                           (before == nullptr || before->properties == after->properties);
  return a.type == b.type && !a.generated && !b.generated && is_numbered(a) == is_numbered(b) &&
         same_object;
}

}  // namespace

LivePostgresql::LivePostgresql(const PostgresqlDatabase& database)
    : connection_(database.connect()) {
  connection_->execute("SET client_min_messages = error");
}

int LivePostgresql::version() const { return connection_->server_version() / 10000; }

bool LivePostgresql::offers_extension(const std::string& name) {
  return !connection_->query("SELECT 1 FROM pg_available_extensions WHERE name = ?", {name})
              .rows.empty();
}

void LivePostgresql::clear() {
  connection_->execute("DROP SCHEMA IF EXISTS extra, public CASCADE");
  connection_->execute("CREATE SCHEMA public");
}

void LivePostgresql::run(const std::vector<Operation>& operations, Schema& schema) {
  const CompiledSection section = dialect().compile(operations, schema);
  Transaction transaction(*connection_, dialect().begin());
  for (const Statement& statement : section.statements) connection_->execute(statement.sql);
  transaction.commit();
}

Schema LivePostgresql::schema() { return dialect().introspect(*connection_, {}); }

std::vector<Operation> LivePostgresql::differences(Schema live, Schema models) {
  dialect().reconcile(connection_.get(), live, models);
  return diff(live, models, dialect().rules());
}

void LivePostgresql::fill(const Schema& schema) {
  for (const std::string& sql : rows_for(schema)) {
    try {
      connection_->execute(sql);
    } catch (const Error& error) {
      if (!is_refusal_of_rows(error)) throw;
    }
  }
}

void LivePostgresql::empty() {
  const Rows tables = connection_->query(
      "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relkind IN ('r', 'p')"
      " AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'extra'))");
  if (!tables.is_null(0, 0)) connection_->execute("TRUNCATE " + tables.text(0, 0) + " CASCADE");
  const Rows views = connection_->query(
      "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'm' ORDER BY oid");
  for (std::size_t i = 0; i < views.rows.size(); ++i) {
    connection_->execute("REFRESH MATERIALIZED VIEW " + views.text(i, 0));
  }
}

PostgresqlRows LivePostgresql::common_rows(const Schema& from, const Schema& to) {
  PostgresqlRows found;
  const Schema before = dialect().rules().normalize(from);
  const Schema after = dialect().rules().normalize(to);
  for (const Table& table : before.tables) {
    const Table* other = after.find_table(qualified_name(table));
    if (other == nullptr) continue;
    std::vector<std::string> columns;
    for (const Column& column : table.columns) {
      const Column* same = other->find_column(column.name);
      if (same != nullptr && means_the_same(before, column, after, *same)) {
        columns.push_back(quoted_name(column.name));
      }
    }
    if (columns.empty()) continue;
    const Rows rows =
        connection_->query("SELECT ROW(" + join(columns, ", ") + ")::text FROM ONLY " +
                           quoted_relation(table) + " ORDER BY 1");
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      found[qualified_name(table)].push_back(rows.text(i, 0));
    }
  }
  return found;
}

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

bool is_refusal_of_rows(const Error& error) {
  // What is no tsvector is a syntax error to the server.
  if (error.sqlstate() == "42601" && error.message().find("in tsvector") != std::string::npos) {
    return true;
  }
  return error.sqlstate().starts_with("22") || error.sqlstate().starts_with("23");
}

}  // namespace ormdb::test
