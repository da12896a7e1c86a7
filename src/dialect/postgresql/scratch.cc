// A pass:
// 1. All texts at once, a statement for each table; the first error sends everything to 2.
// 2. Each text by itself behind a savepoint: what fails is refused.
// 3. One query reads everything back, by the names of the scratch objects.
// 4. Everything is rolled back to where the pass began, so that the next one can use the names.
// Views that see no scratch table have a pass of their own: a scratch table hides the real one.

#include "dialect/postgresql/scratch.h"

#include <map>
#include <set>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/types.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {
namespace {

using TextKind = ScratchText::Kind;

// Short: nothing here waits for others but a view for the locks on its tables.
constexpr std::string_view kPrepareScratch =
    "SELECT pg_is_in_recovery()::integer, (current_setting('transaction_read_only') = "
    "'on')::integer,"
    " has_database_privilege(current_database(), 'TEMP')::integer,"
    " set_config('search_path', quote_ident(coalesce(current_schema(), 'pg_catalog')), true),"
    " set_config('extra_float_digits', '1', true),"
    " set_config('bytea_output', 'hex', true),"
    " set_config('lc_monetary', 'C', true),"
    " set_config('quote_all_identifiers', 'off', true),"
    " set_config('client_min_messages', 'warning', true),"
    " set_config('lock_timeout', '1s', true),"
    " set_config('statement_timeout', '20s', true)";

// As introspect_session.h has them, but only now: '2026-01-01' of a timestamp with time zone is
// what it will be when a script with it runs.
constexpr std::string_view kSpelling =
    "SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),"
    " set_config('IntervalStyle', 'postgres', true)";

constexpr std::string_view kRead =
    "SELECT conname::text, pg_get_expr(conbin, conrelid) FROM pg_constraint"
    " WHERE connamespace = pg_my_temp_schema() AND conname LIKE 'ormdb\\_p%'"
    " UNION ALL"
    " SELECT a.attname::text, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d"
    " JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum"
    " JOIN pg_class c ON c.oid = d.adrelid"
    " WHERE c.relnamespace = pg_my_temp_schema() AND a.attname LIKE 'ormdb\\_p%'"
    " UNION ALL"
    " SELECT relname::text, CASE relkind WHEN 'v' THEN pg_get_viewdef(oid)"
    "  WHEN 'p' THEN pg_get_partkeydef(oid) ELSE pg_get_expr(relpartbound, oid) END FROM pg_class"
    " WHERE relnamespace = pg_my_temp_schema() AND relkind IN ('v', 'p', 'r')"
    "  AND relname LIKE 'ormdb\\_p%'"
    " UNION ALL"
    " SELECT r.rulename::text, pg_get_ruledef(r.oid) FROM pg_rewrite r"
    " JOIN pg_class c ON c.oid = r.ev_class"
    " WHERE c.relnamespace = pg_my_temp_schema() AND r.rulename LIKE 'ormdb\\_p%'";

class Savepoint {
 public:
  Savepoint(Connection& connection, std::string name)
      : connection_(connection), name_(std::move(name)) {
    connection_.execute("SAVEPOINT " + name_);
  }
  /// Undoes what happened; the savepoint stays.
  void undo() { connection_.execute("ROLLBACK TO SAVEPOINT " + name_); }
  void roll_back() {
    undo();
    keep();
  }
  void keep() { connection_.execute("RELEASE SAVEPOINT " + name_); }

 private:
  Connection& connection_;
  std::string name_;
};

/// "WHERE … DO …" of CREATE RULE name AS ON event TO table WHERE … DO …
std::string rule_text(const std::string& definition) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(definition, SqlDialect::kPostgresql);
  for (const SqlToken& token : tokens) {
    if (token.is_word("where") || token.is_word("do")) return definition.substr(token.begin);
  }
  return definition;
}

/// Whether the server only found fault with the statement.
bool is_refusal(const Error& error) {
  return error.kind() == ErrorKind::kLocked ||
         (error.kind() == ErrorKind::kDatabase && !error.sqlstate().empty() &&
          !error.sqlstate().starts_with("08") && !error.sqlstate().starts_with("57P"));
}

bool is_part_of_table(TextKind kind) {
  return kind == TextKind::kCheck || kind == TextKind::kValue || kind == TextKind::kDefault ||
         kind == TextKind::kGenerated;
}

class Pass {
 public:
  Pass(Connection& connection, std::vector<ScratchText*> texts, const Schema& types)
      : connection_(connection), texts_(std::move(texts)), types_(types) {
    name_tables();
  }

  void run() {
    if (texts_.empty()) return;
    Savepoint pass(connection_, "ormdb_pass");
    if (!run_all()) {
      pass.undo();
      run_each();
    }
    read();
    pass.roll_back();
  }

 private:
  static std::string piece_name(std::size_t index) { return "ormdb_p" + std::to_string(index); }

  void name_tables() {
    std::set<std::string> taken;
    for (const ScratchText* text : texts_) {
      if (text->table == nullptr || names_.contains(text->table)) continue;
      const std::string number = std::to_string(names_.size());
      const bool free = taken.insert(text->table->name).second;
      names_.emplace(text->table, quote(free ? text->table->name : "ormdb_s" + number));
    }
  }

  std::string column_sql(const Column& column) const {
    return quote(column.name) + " " + type_to_sql(column.type, &types_);
  }

  /// What stands in CREATE TABLE, or behind ADD, for a part of a table.
  std::string part_sql(const ScratchText& text, const std::string& name) const {
    switch (text.kind) {
      case TextKind::kDefault:
        return name + " " + text.type + " DEFAULT (" + text.sql + ")";
      case TextKind::kGenerated:
        return name + " " + text.type + " GENERATED ALWAYS AS (" + text.sql + ") STORED";
      case TextKind::kValue:
        return "CONSTRAINT " + name + " CHECK ((" + text.sql + ") IS NULL)";
      default:
        return "CONSTRAINT " + name + " CHECK (" + text.sql + ")";
    }
  }

  /// The statement that makes a text's own object.
  std::vector<std::string> object_sql(const ScratchText& text, const std::string& name) const {
    const std::string table = text.table == nullptr ? "" : names_.at(text.table);
    const std::string row = text.table == nullptr ? "" : quote(text.table->name);
    std::string view = "CREATE TEMPORARY VIEW " + name;
    if (!text.columns.empty()) view += " (" + quoted_list(text.columns) + ")";
    view += " AS ";
    switch (text.kind) {
      case TextKind::kDomain:
        return {"CREATE DOMAIN pg_temp.ormdb_d" + name + " AS " + text.type + " CONSTRAINT " +
                name + " CHECK (" + text.sql + ")"};
      case TextKind::kCondition:
        return {view + "SELECT 1 AS one FROM " + table + " AS " + row + " WHERE (" + text.sql +
                ")"};
      case TextKind::kTrigger:
        return {view + "SELECT 1 AS one FROM " + table + " AS new, " + table + " AS old WHERE (" +
                text.sql + ")"};
      case TextKind::kRule:
        return {"CREATE RULE " + name + " AS ON " + text.type + " TO pg_temp." + table + " " +
                text.sql};
      case TextKind::kKey:
        return {partitioned_sql(name, table, text.sql)};
      case TextKind::kBound:
        return {partitioned_sql("ormdb_b" + name, table, text.type),
                "CREATE TEMPORARY TABLE " + name + " PARTITION OF pg_temp.ormdb_b" + name + " " +
                    text.sql};
      default:
        return {view + text.sql};
    }
  }

  static std::string partitioned_sql(const std::string& name, const std::string& like,
                                     const std::string& key) {
    return "CREATE TEMPORARY TABLE " + name + " (LIKE pg_temp." + like + ") PARTITION BY " + key;
  }

  std::string table_sql(const ScratchTable& table, std::vector<std::string> parts) const {
    std::vector<std::string> all;
    if (!table.like.empty()) all.push_back("LIKE " + table.like);
    for (const Column& column : table.columns) all.push_back(column_sql(column));
    for (std::string& part : parts) all.push_back(std::move(part));
    return "CREATE TEMPORARY TABLE " + names_.at(&table) + " (" + join(all, ", ") + ")";
  }

  /// false when the server refused one of them.
  bool run_all() {
    try {
      std::map<const ScratchTable*, std::vector<std::string>> parts;
      for (const auto& [table, name] : names_) parts[table];
      for (std::size_t i = 0; i < texts_.size(); ++i) {
        if (!is_part_of_table(texts_[i]->kind)) continue;
        parts[texts_[i]->table].push_back(part_sql(*texts_[i], piece_name(i)));
      }
      for (auto& [table, list] : parts) connection_.execute(table_sql(*table, std::move(list)));
      for (std::size_t i = 0; i < texts_.size(); ++i) {
        if (is_part_of_table(texts_[i]->kind)) continue;
        for (const std::string& sql : object_sql(*texts_[i], piece_name(i))) {
          connection_.execute(sql);
        }
      }
      return true;
    } catch (const Error& error) {
      if (!is_refusal(error)) throw;
      return false;
    }
  }

  bool attempt(const std::vector<std::string>& statements) {
    Savepoint piece(connection_, "ormdb_piece");
    try {
      for (const std::string& sql : statements) connection_.execute(sql);
    } catch (const Error& error) {
      if (!is_refusal(error)) throw;
      piece.roll_back();
      return false;
    }
    piece.keep();
    return true;
  }

  /// Columns of types that are not there yet are left out.
  void create_bare(const ScratchTable& table) {
    if (attempt({table_sql(table, {})})) return;
    attempt({"CREATE TEMPORARY TABLE " + names_.at(&table) + " ()"});
    for (const Column& column : table.columns) {
      attempt({"ALTER TABLE pg_temp." + names_.at(&table) + " ADD COLUMN " + column_sql(column)});
    }
  }

  void run_each() {
    for (const auto& [table, name] : names_) create_bare(*table);
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      ScratchText& text = *texts_[i];
      const std::string name = piece_name(i);
      text.refused =
          !attempt(is_part_of_table(text.kind)
                       ? std::vector<std::string>{"ALTER TABLE pg_temp." + names_.at(text.table) +
                                                  " ADD " + part_sql(text, name)}
                       : object_sql(text, name));
    }
  }

  void read() {
    connection_.query(kSpelling);
    const Rows rows = connection_.query(kRead);
    std::map<std::string, std::string> found;
    for (std::size_t i = 0; i < rows.rows.size(); ++i)
      found.emplace(rows.text(i, 0), rows.text(i, 1));
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const auto spelling = found.find(piece_name(i));
      if (spelling == found.end()) texts_[i]->refused = true;
      if (!texts_[i]->refused) take(*texts_[i], spelling->second);
    }
  }

  static void take(ScratchText& text, const std::string& spelling) {
    text.sql = text.kind == TextKind::kRule ? rule_text(spelling) : spelling;
    while (text.sql.ends_with(';')) text.sql.pop_back();
    text.spellings.push_back(canonical_sql(text.sql, SqlDialect::kPostgresql));
    // What was wrapped to be spelled is read back whole.
    if (text.kind == TextKind::kValue) text.kind = TextKind::kCheck;
    if (text.kind == TextKind::kCondition || text.kind == TextKind::kTrigger)
      text.kind = TextKind::kQuery;
    if (text.kind == TextKind::kQuery) text.columns.clear();
  }

  Connection& connection_;
  std::vector<ScratchText*> texts_;
  const Schema& types_;
  std::map<const ScratchTable*, std::string> names_;
};

}  // namespace

bool ScratchText::is_stable() const {
  const std::size_t count = spellings.size();
  return count > 1 && spellings[count - 1] == spellings[count - 2];
}

Scratch::Scratch(Connection& connection)
    : connection_(connection), nested_(connection.in_transaction()) {
  connection_.execute(nested_ ? "SAVEPOINT ormdb_reconcile" : "BEGIN");
  try {
    prepare();
  } catch (...) {
    end();
    throw;
  }
}

Scratch::~Scratch() { end(); }

void Scratch::prepare() {
  const Rows rows = connection_.query(kPrepareScratch);
  if (rows.integer(0, 2) == 0) obstacle_ = "the role may not create temporary tables (TEMP)";
  if (rows.integer(0, 1) != 0) obstacle_ = "the transactions are read-only";
  if (rows.integer(0, 0) != 0) obstacle_ = "the server is a standby";
}

void Scratch::end() noexcept {
  try {
    if (!nested_) {
      if (connection_.in_transaction()) connection_.execute("ROLLBACK");
      return;
    }
    connection_.execute("ROLLBACK TO SAVEPOINT ormdb_reconcile");
    connection_.execute("RELEASE SAVEPOINT ormdb_reconcile");
  } catch (const Error&) {
    return;  // The connection is lost, which the next statement on it says.
  }
}

void Scratch::spell(const std::vector<ScratchText*>& texts, const Schema& types) {
  std::vector<ScratchText*> views, others;
  for (ScratchText* text : texts) {
    if (text->refused || text->is_stable()) continue;
    (text->table == nullptr && text->kind == TextKind::kQuery ? views : others).push_back(text);
  }
  Pass(connection_, std::move(views), types).run();
  Pass(connection_, std::move(others), types).run();
}

}  // namespace ormdb::postgresql
