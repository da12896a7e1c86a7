#include "dialect/sqlite/dependents.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "dialect/sqlite/literal.h"
#include "dialect/sqlite/lookup.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

struct StoredTrigger {
  std::string name, table, sql;
};

// What another connection may know, and what is wrong with a key and not with the SQL.
bool is_foreign(const std::string& words) {
  for (const char* start :
       {"no such function", "no such module", "no such collation", "unknown database",
        "foreign key mismatch", "no such tokenizer", "unknown tokenizer"}) {
    if (words.starts_with(start)) return true;
  }
  return words.find("may not be modified") != std::string::npos;
}

// The words of what SQLite finds wrong; "" for nothing.
std::string fault(Connection& connection, const std::string& sql) {
  try {
    connection.query(sql);
    return "";
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kDatabase) throw;
    return is_foreign(error.message()) ? "" : error.message();
  }
}

std::vector<std::string> names_of(Connection& connection, const std::string& type) {
  const Rows rows =
      connection.query("SELECT name FROM sqlite_schema WHERE type = ? ORDER BY rowid", {type});
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) names.push_back(rows.text(i, 0));
  return names;
}

std::string select(const std::string& relation) {
  return "SELECT * FROM " + quote_sqlite(relation) + " LIMIT 0";
}

// Statements that compile all triggers of the relation without running them. Columns are set to
// themselves one by one: UPDATE OF picks triggers by column.
std::vector<std::string> firing(Connection& connection, const std::string& relation) {
  const std::string name = quote_sqlite(relation);
  std::vector<std::string> sql = {"EXPLAIN INSERT INTO " + name + " DEFAULT VALUES",
                                  "EXPLAIN DELETE FROM " + name};
  if (!fault(connection, select(relation)).empty()) return sql;
  const Rows columns =
      connection.query("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0", {relation});
  std::vector<std::string> sets;
  for (std::size_t i = 0; i < columns.rows.size(); ++i) {
    const std::string column = quote_sqlite(columns.text(i, 0));
    sets.push_back(column + " = " + column);
  }
  if (!sets.empty()) sql.push_back("EXPLAIN UPDATE " + name + " SET " + join(sets, ", "));
  return sql;
}

std::string firing_fault(Connection& connection, const std::string& relation) {
  for (const std::string& sql : firing(connection, relation)) {
    std::string words = fault(connection, sql);
    // An INSTEAD OF trigger is missing for this event.
    if (words.find("cannot modify") != std::string::npos) continue;
    if (!words.empty()) return words;
  }
  return "";
}

std::map<std::string, std::vector<StoredTrigger>> triggers_by_table(Connection& connection) {
  const Rows rows = connection.query(
      "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid");
  std::map<std::string, std::vector<StoredTrigger>> triggers;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    triggers[to_lower(rows.text(i, 1))].push_back(
        {rows.text(i, 0), rows.text(i, 1), rows.text(i, 2)});
  }
  return triggers;
}

// A savepoint that is always undone.
class Undone {
 public:
  explicit Undone(Connection& connection) : connection_(connection) {
    connection_.execute("SAVEPOINT _ormdb_dependents");
  }
  ~Undone() {
    try {
      connection_.execute("ROLLBACK TO _ormdb_dependents");
      connection_.execute("RELEASE _ormdb_dependents");
    } catch (const Error&) {
      return;  // the transaction is gone, and the savepoint with it
    }
  }
  Undone(const Undone&) = delete;
  Undone& operator=(const Undone&) = delete;

 private:
  Connection& connection_;
};

// A statement compiles every trigger that it can fire, directly or through others, so which one is
// broken shows only where each stands alone.
void add_broken_triggers(Connection& connection,
                         const std::map<std::string, std::vector<StoredTrigger>>& triggers,
                         std::vector<BrokenDependent>& found) {
  const Undone undone(connection);
  for (const auto& [table, list] : triggers) {
    for (const StoredTrigger& trigger : list) {
      connection.execute("DROP TRIGGER " + quote_sqlite(trigger.name));
    }
  }
  for (const auto& [table, list] : triggers) {
    if (!firing_fault(connection, list.front().table).empty()) continue;  // a broken view's
    for (const StoredTrigger& trigger : list) {
      std::string words = fault(connection, trigger.sql);
      if (words.empty()) words = firing_fault(connection, trigger.table);
      if (!words.empty()) found.push_back({"trigger", trigger.name, std::move(words)});
      connection.execute("DROP TRIGGER IF EXISTS " + quote_sqlite(trigger.name));
    }
  }
}

bool drops_column(const Operation& operation) { return operation.get_if<DropColumn>() != nullptr; }

class DependentsCheck : public IntegrityCheck {
 public:
  DependentsCheck(Connection& connection, const std::vector<Operation>& operations)
      : views_(names_of(connection, "view")),
        triggers_(names_of(connection, "trigger")),
        before_(broken_dependents(connection)),
        operations_(operations) {}

  void verify(Connection& connection) override {
    std::vector<BrokenDependent> fresh = newly_broken(before_, broken_dependents(connection));
    std::erase_if(fresh, [this](const BrokenDependent& broken) { return !is_judged(broken); });
    if (fresh.empty()) return;
    std::vector<std::string> each;
    for (const BrokenDependent& broken : fresh) {
      each.push_back(broken.kind + " " + broken.name + " (" + broken.words + ")");
    }
    Error error(ErrorKind::kDatabase, "the step breaks " + join(each, ", "));
    error.where("database")
        .hint("drop or replace the " + fresh.front().kind +
              " in the same script; the step was rolled back")
        .operation(cause(fresh.front().words));
    throw error;
  }

 private:
  // What the step itself makes may be written for a later one, and a table may be dropped under a
  // view: SQLite allows both.
  bool is_judged(const BrokenDependent& broken) const {
    const bool was_there = holds_name(broken.kind == "view" ? views_ : triggers_, broken.name);
    return was_there && !broken.words.starts_with("no such table");
  }

  // The operation that took away the column that SQLite misses.
  int cause(const std::string& words) const {
    int first = 0;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      const auto* drop = operations_[i].get_if<DropColumn>();
      if (drop == nullptr) continue;
      const auto number = static_cast<int>(i) + 1;
      if (mentions(words, drop->column.name)) return number;
      if (first == 0) first = number;
    }
    return first;
  }

  std::vector<std::string> views_, triggers_;
  std::vector<BrokenDependent> before_;
  std::vector<Operation> operations_;
};

}  // namespace

std::vector<BrokenDependent> broken_dependents(Connection& connection) {
  std::vector<BrokenDependent> found;
  for (const std::string& view : names_of(connection, "view")) {
    std::string words = fault(connection, select(view));
    if (!words.empty()) found.push_back({"view", view, std::move(words)});
  }
  const auto triggers = triggers_by_table(connection);
  const bool any = std::any_of(triggers.begin(), triggers.end(), [&](const auto& entry) {
    return !firing_fault(connection, entry.second.front().table).empty();
  });
  if (any) add_broken_triggers(connection, triggers, found);
  return found;
}

std::vector<BrokenDependent> newly_broken(const std::vector<BrokenDependent>& before,
                                          const std::vector<BrokenDependent>& after) {
  std::vector<BrokenDependent> fresh;
  for (const BrokenDependent& broken : after) {
    const bool known = std::any_of(before.begin(), before.end(), [&](const BrokenDependent& old) {
      return old.kind == broken.kind && same_name(old.name, broken.name);
    });
    if (!known) fresh.push_back(broken);
  }
  return fresh;
}

std::unique_ptr<IntegrityCheck> dependents_check(Connection& connection,
                                                 const std::vector<Operation>& operations) {
  if (std::none_of(operations.begin(), operations.end(), drops_column)) return nullptr;
  return std::make_unique<DependentsCheck>(connection, operations);
}

}  // namespace ormdb
