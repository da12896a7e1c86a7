#include "dialect/sqlite/integrity.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "dialect/sqlite/literal.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

constexpr std::size_t kMaxNamed = 10;

struct Violation {
  std::string table;
  std::string row;  ///< The rowid; "" in a table without rowids.
  std::string parent;
  std::int64_t key = 0;  ///< The key's id in PRAGMA foreign_key_list.
  std::string mismatch;  ///< SQLite's words when the key itself makes no sense.

  /// What makes two the same one. Ids of keys change with a rebuild.
  using Identity = std::tuple<std::string, std::string, std::string, bool>;
  Identity identity() const { return {to_lower(table), row, to_lower(parent), mismatch.empty()}; }
};

using Violations = std::vector<Violation>;

std::vector<std::string> table_names(Connection& connection) {
  const Rows rows = connection.query(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%references%'");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) names.push_back(rows.text(i, 0));
  return names;
}

// Table by table: one key without a parent key would hide the violations of all.
void add_violations(Connection& connection, const std::string& table, Violations& found) {
  try {
    const Rows rows = connection.query("PRAGMA foreign_key_check(" + sqlite_string(table) + ")");
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      found.push_back({rows.text(i, 0), rows.text(i, 1), rows.text(i, 2), rows.integer(i, 3), ""});
    }
  } catch (const Error& error) {
    if (error.message().find("foreign key mismatch") == std::string::npos) throw;
    found.push_back({table, "", "", 0, error.message()});
  }
}

Violations all_violations(Connection& connection) {
  Violations found;
  for (const std::string& table : table_names(connection)) {
    add_violations(connection, table, found);
  }
  return found;
}

// "user_id = 7", or just the columns where the row cannot be read again.
std::string key_text(Connection& connection, const Violation& violation) {
  const Rows list =
      connection.query("PRAGMA foreign_key_list(" + sqlite_string(violation.table) + ")");
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < list.rows.size(); ++i) {
    if (list.integer(i, 0) == violation.key) columns.push_back(list.text(i, 3));
  }
  if (violation.row.empty()) return quoted_list(columns);
  const Rows row =
      connection.query("SELECT " + quoted_list(columns) + " FROM " + quote_sqlite(violation.table) +
                       " WHERE rowid = " + violation.row);
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string value = row.rows.empty() ? "?" : row.text(0, i);
    parts.push_back(columns[i] + " = " + value);
  }
  return join(parts, ", ");
}

std::string describe(Connection& connection, const Violation& violation) {
  if (!violation.mismatch.empty()) return violation.mismatch;
  const std::string row = violation.row.empty() ? "a row of " : "row " + violation.row + " of ";
  return row + violation.table + ": " + key_text(connection, violation) + " has no row in " +
         violation.parent;
}

class SqliteIntegrityCheck : public IntegrityCheck {
 public:
  explicit SqliteIntegrityCheck(Connection& connection) : before_(all_violations(connection)) {}

  void verify(Connection& connection) override {
    const Violations fresh = new_ones(all_violations(connection), connection);
    if (fresh.empty()) return;
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < fresh.size() && i < kMaxNamed; ++i) {
      lines.push_back(describe(connection, fresh[i]));
    }
    if (fresh.size() > kMaxNamed) {
      lines.push_back("and " + std::to_string(fresh.size() - kMaxNamed) + " more");
    }
    throw Error(ErrorKind::kDatabase, "the step breaks foreign keys: " + join(lines, "; "))
        .hint("correct or delete these rows in a step before it")
        .sqlstate("SQLITE_CONSTRAINT_FOREIGNKEY")
        .where("database");
  }

 private:
  Violations new_ones(const Violations& after, Connection& connection) const {
    std::multimap<Violation::Identity, Violation> known;
    for (const Violation& old : before_) known.emplace(old.identity(), old);
    Violations fresh;
    for (const Violation& violation : after) {
      const auto found = known.find(violation.identity());
      if (found == known.end()) {
        fresh.push_back(violation);
      } else {
        known.erase(found);
      }
    }
    if (fresh.empty() || known.empty()) return fresh;
    Violations left;
    for (auto& [identity, old] : known) left.push_back(std::move(old));
    return without_renamed(fresh, std::move(left), connection);
  }

  // An old violation whose table or parent is gone by that name is the one of the same row.
  static Violations without_renamed(const Violations& fresh, Violations known,
                                    Connection& connection) {
    const Rows rows =
        connection.query("SELECT lower(name) FROM sqlite_schema WHERE type = 'table'");
    std::set<std::string> tables;
    for (std::size_t i = 0; i < rows.rows.size(); ++i) tables.insert(rows.text(i, 0));
    const auto gone = [&](const std::string& name) { return tables.count(to_lower(name)) == 0; };
    Violations left;
    for (const Violation& violation : fresh) {
      const auto same = [&](const Violation& old) {
        const bool table = iequals(old.table, violation.table) || gone(old.table);
        const bool parent = iequals(old.parent, violation.parent) || gone(old.parent);
        return table && parent && old.row == violation.row;
      };
      const auto found = std::find_if(known.begin(), known.end(), same);
      if (found == known.end()) {
        left.push_back(violation);
      } else {
        known.erase(found);
      }
    }
    return left;
  }

  Violations before_;
};

}  // namespace

std::unique_ptr<IntegrityCheck> sqlite_integrity_check(Connection& connection) {
  return std::make_unique<SqliteIntegrityCheck>(connection);
}

std::vector<std::string> sqlite_integrity_sql() {
  return {
      "CREATE TEMP TABLE _ormdb_check (\n  violations INTEGER,\n  CONSTRAINT \"foreign keys are "
      "broken, see PRAGMA foreign_key_check\" CHECK (violations = 0)\n)",
      "INSERT INTO _ormdb_check SELECT count(*) FROM pragma_foreign_key_check",
      "DROP TABLE _ormdb_check",
  };
}

}  // namespace ormdb
