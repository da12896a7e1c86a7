#include "dialect/postgresql/took_effect.h"

#include <algorithm>

#include "base/sql_scanner.h"
#include "dialect/postgresql/alter_enum.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/raw_sql.h"

namespace ormdb::postgresql {

namespace {

enum class State { kAbsent, kInvalid, kValid };

struct FoundIndex {
  State state = State::kAbsent;
  std::string name;  ///< As SQL spells it.
};

// The index of that name on the table, or without a table the one that the search path finds.
FoundIndex find_index(Connection& connection, const std::string& name, const std::string& table) {
  const std::string condition =
      table.empty() ? "i.indexrelid = to_regclass(?)"
                    : "c.relname = (parse_ident(?))[1] AND i.indrelid = to_regclass(?)";
  std::vector<Value> parameters = {name};
  if (!table.empty()) parameters.emplace_back(table);
  const Rows rows = connection.query(
      "SELECT i.indisvalid AND i.indisready AND i.indislive, c.oid::regclass::text\n"
      "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid\nWHERE " +
          condition,
      parameters);
  if (rows.rows.empty()) return {};
  const std::string valid = rows.text(0, 0);
  const bool is_valid = valid == "t" || valid == "true" || valid == "1";
  return {is_valid ? State::kValid : State::kInvalid, rows.text(0, 1)};
}

void drop_index(Connection& connection, const std::string& name) {
  connection.execute("DROP INDEX CONCURRENTLY IF EXISTS " + name);
}

bool was_created(Connection& connection, const std::string& name, const std::string& table) {
  const FoundIndex index = find_index(connection, name, table);
  if (index.state == State::kInvalid) drop_index(connection, index.name);
  return index.state == State::kValid;
}

// A drop that was cut off leaves the index invalid, and can be run again.
bool was_dropped(Connection& connection, const std::string& name, const std::string& table) {
  return find_index(connection, name, table).state == State::kAbsent;
}

std::optional<bool> was_rebuilt(Connection& connection, const std::string& name) {
  // The new one is built as name_ccnew (ccnew1, …) and swapped; the old one then is name_ccold.
  const Rows left = connection.query(
      "SELECT c.oid::regclass::text, c.relname ~ '_ccnew[0-9]*$'\n"
      "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid\n"
      "  JOIN pg_index old ON old.indrelid = i.indrelid\n"
      "WHERE old.indexrelid = to_regclass(?) AND NOT i.indisvalid\n"
      "  AND c.relname ~ '_cc(new|old)[0-9]*$'",
      {name});
  bool swapped = false;
  for (std::size_t row = 0; row < left.rows.size(); ++row) {
    drop_index(connection, left.text(row, 0));
    const std::string is_new = left.text(row, 1);
    swapped = swapped || !(is_new == "t" || is_new == "true" || is_new == "1");
  }
  if (left.rows.empty()) return std::nullopt;  // not begun, or done: nothing tells
  return swapped;
}

std::optional<bool> enum_changed(Connection& connection, const AlterEnum& op) {
  const auto added = added_values(op.from, op.to);
  const auto renamed = renamed_value(op.from, op.to);
  if ((!added || added->empty()) && !renamed) return std::nullopt;
  const std::vector<std::string> wanted = renamed ? std::vector{renamed->second} : *added;
  std::size_t there = 0;
  for (const std::string& label : wanted) {
    const Rows rows =
        connection.query("SELECT 1 FROM pg_enum WHERE enumtypid = to_regtype(?) AND enumlabel = ?",
                         {sql_name(op.to), label});
    there += rows.rows.size();
  }
  if (there == wanted.size()) return true;
  return there == 0 ? std::optional(false) : std::nullopt;
}

std::optional<bool> statement_took_effect(Connection& connection, const std::string& sql) {
  const std::vector<SqlStatement> statements = split_sql(sql, SqlDialect::kPostgresql);
  if (statements.size() != 1) return std::nullopt;
  const auto index = concurrent_index(statements.front().text);
  if (!index || index->name.empty()) return std::nullopt;
  if (index->verb == ConcurrentIndex::Verb::kReindex) return was_rebuilt(connection, index->name);
  if (index->verb == ConcurrentIndex::Verb::kDrop) return was_dropped(connection, index->name, "");
  return was_created(connection, index->name, index->table);
}

}  // namespace

std::optional<bool> took_effect(Connection& connection, const Operation& operation) {
  const Schema none;
  if (const auto* op = operation.get_if<CreateIndex>()) {
    if (op->index.name.empty()) return std::nullopt;
    return was_created(connection, quote(op->index.name), relation_sql(op->table, none));
  }
  if (const auto* op = operation.get_if<DropIndex>()) {
    if (op->index.name.empty()) return std::nullopt;
    return was_dropped(connection, quote(op->index.name), relation_sql(op->table, none));
  }
  if (const auto* op = operation.get_if<AlterEnum>()) return enum_changed(connection, *op);
  if (const auto* op = operation.get_if<Execute>()) {
    return statement_took_effect(connection, postgresql_text(op->sql));
  }
  return std::nullopt;
}

bool is_concurrent(std::string_view sql) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(sql, SqlDialect::kPostgresql);
  if (tokens.empty()) return false;
  const bool index = tokens[0].is_word("create") || tokens[0].is_word("drop");
  if (!index && !tokens[0].is_word("reindex")) return false;
  return std::any_of(tokens.begin(), tokens.end(),
                     [](const SqlToken& token) { return token.is_word("concurrently"); });
}

}  // namespace ormdb::postgresql
