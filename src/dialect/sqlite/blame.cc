#include "dialect/sqlite/blame.h"

#include <algorithm>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/sqlite/literal.h"
#include "dialect/sqlite/lookup.h"

namespace ormdb {

namespace {

// "NOT NULL constraint failed: t.a", "UNIQUE constraint failed: t.a, t.b", "UNIQUE constraint
// failed: index 'i'", "CHECK constraint failed: name or text",
// "cannot store TEXT value in INTEGER column t.a".
struct Failure {
  std::string constraint;  // "NOT NULL", "UNIQUE", "CHECK", "DATATYPE"
  std::string table;       // "" where the words do not name it
  std::vector<std::string> columns;
  std::string name;
};

void read_columns(const std::string& list, Failure& failure) {
  for (const std::string& part : split(list, ',')) {
    const std::string name(trim(part));
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) continue;
    failure.table = name.substr(0, dot);
    failure.columns.push_back(name.substr(dot + 1));
  }
}

std::optional<Failure> read_failure(const Error& error) {
  if (!error.sqlstate().starts_with("SQLITE_CONSTRAINT")) return std::nullopt;
  constexpr std::string_view kFailed = " constraint failed: ";
  constexpr std::string_view kColumn = " column ";
  const std::string& words = error.message();
  const std::size_t at = words.find(kFailed);
  Failure failure;
  if (at == std::string::npos) {
    const std::size_t column = words.rfind(kColumn);
    if (!words.starts_with("cannot store") || column == std::string::npos) return std::nullopt;
    failure.constraint = "DATATYPE";
    read_columns(words.substr(column + kColumn.size()), failure);
    return failure;
  }
  failure.constraint = words.substr(0, at);
  const std::string rest = words.substr(at + kFailed.size());
  if (failure.constraint == "CHECK") {
    failure.name = rest;
  } else if (rest.starts_with("index '") && rest.ends_with('\'')) {
    failure.name = rest.substr(7, rest.size() - 8);
  } else {
    read_columns(rest, failure);
  }
  return failure;
}

bool same_columns(const std::vector<KeyPart>& parts, const std::vector<std::string>& columns) {
  return parts.size() == columns.size() &&
         std::all_of(parts.begin(), parts.end(),
                     [&](const KeyPart& part) { return holds_name(columns, part.column); });
}

bool is_check(const Constraint& constraint, const std::string& name) {
  const auto* check = std::get_if<Check>(&constraint);
  if (check == nullptr) return false;
  const auto canonical = [](const std::string& sql) {
    return canonical_sql(sql, SqlDialect::kSqlite);
  };
  return same_name(check->name, name) ||
         canonical(check->expression.for_dialect("sqlite")) == canonical(name);
}

// Whether the operation asks for what failed.
class AsksFor {
 public:
  explicit AsksFor(const Failure& failure) : failure_(failure) {}

  template <typename Kind>
  bool operator()(const Kind&) const {
    return false;
  }
  bool operator()(const AddColumn& op) const {
    return is("NOT NULL") && !op.column.nullable && is_column(op.table, op.column.name);
  }
  bool operator()(const AlterColumn& op) const {
    if (is("NOT NULL") && (op.to.nullable || !op.from.nullable)) return false;
    return (is("NOT NULL") || is("DATATYPE")) && is_column(op.table, op.to.name);
  }
  bool operator()(const AlterTable& op) const { return is("DATATYPE") && is_table(op.table); }
  bool operator()(const AddConstraint& op) const {
    if (is("CHECK")) return is_check(op.constraint, failure_.name);
    if (!is_table(op.table)) return false;
    const auto* key = std::get_if<PrimaryKey>(&op.constraint);
    if (is("NOT NULL")) {
      return key != nullptr &&
             std::any_of(key->columns.begin(), key->columns.end(), [&](const KeyPart& part) {
               return holds_name(failure_.columns, part.column);
             });
    }
    const auto* unique = std::get_if<Unique>(&op.constraint);
    return is("UNIQUE") && ((key != nullptr && same_columns(key->columns, failure_.columns)) ||
                            (unique != nullptr && same_columns(unique->columns, failure_.columns)));
  }
  bool operator()(const CreateIndex& op) const {
    if (!is("UNIQUE") || !op.index.unique) return false;
    if (!failure_.name.empty()) return same_name(op.index.name, failure_.name);
    return is_table(op.table) && same_columns(op.index.columns, failure_.columns);
  }

 private:
  bool is(std::string_view constraint) const { return failure_.constraint == constraint; }
  bool is_table(const std::string& table) const { return same_name(table, failure_.table); }
  bool is_column(const std::string& table, const std::string& column) const {
    return is_table(table) && holds_name(failure_.columns, column);
  }

  const Failure& failure_;
};

// Of "row 3 of child: p = 7 has no row in parent".
struct BrokenKey {
  std::string table, parent;
};

std::optional<BrokenKey> read_broken_key(const std::string& words) {
  constexpr std::string_view kOf = " of ", kParent = " has no row in ";
  const std::size_t table = words.find(kOf);
  const std::size_t colon = words.find(": ", table == std::string::npos ? 0 : table);
  const std::size_t parent = words.find(kParent);
  if (table == std::string::npos || colon == std::string::npos || parent == std::string::npos) {
    return std::nullopt;
  }
  const std::size_t name = table + kOf.size();
  const std::size_t end = words.find("; ", parent);
  const std::size_t last = parent + kParent.size();
  return BrokenKey{words.substr(name, colon - name),
                   words.substr(last, end == std::string::npos ? end : end - last)};
}

// How likely an operation broke a key: 3 asks for one, 2 works on a table, 1 may do anything.
class BreaksKey {
 public:
  explicit BreaksKey(const BrokenKey& key) : key_(key) {}

  template <typename Kind>
  int operator()(const Kind& op) const {
    if constexpr (requires { same_name(op.table, std::string()); }) {
      return is_either(op.table) ? 2 : 0;
    }
    return 0;
  }
  int operator()(const CreateTable& op) const {
    return same_name(op.table.name, key_.table) ? 3 : 0;
  }
  int operator()(const DropTable& op) const { return is_either(op.table.name) ? 2 : 0; }
  int operator()(const AddConstraint& op) const {
    const bool asks = std::holds_alternative<ForeignKey>(op.constraint);
    if (asks && same_name(op.table, key_.table)) return 3;
    return is_either(op.table) ? 2 : 0;
  }
  int operator()(const Execute&) const { return 1; }

 private:
  bool is_either(const std::string& table) const {
    return same_name(table, key_.table) || same_name(table, key_.parent);
  }

  const BrokenKey& key_;
};

bool changes_rows(const Operation& operation) {
  return operation.get_if<InsertRows>() != nullptr || operation.get_if<UpdateRows>() != nullptr ||
         operation.get_if<DeleteRows>() != nullptr || operation.get_if<Execute>() != nullptr;
}

std::string quoted_names(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(quote_sqlite(name));
  return join(quoted, ", ");
}

std::string hint_for(const Failure& failure) {
  const std::string columns = quoted_names(failure.columns);
  const std::string from = "FROM " + quote_sqlite(failure.table);
  if (failure.constraint == "NOT NULL") {
    return "there are rows with NULL in it: fill them in a step before this one (update_rows); "
           "`SELECT * " +
           from + " WHERE " + columns + " IS NULL` shows them";
  }
  if (failure.constraint == "UNIQUE" && !failure.columns.empty()) {
    return "there are rows with equal values: `SELECT " + columns + ", count(*) " + from +
           " GROUP BY " + columns + " HAVING count(*) > 1` shows them";
  }
  if (failure.constraint == "CHECK") {
    return "there are rows that do not satisfy it: correct them in a step before this one";
  }
  return "";
}

}  // namespace

int blame_foreign_keys(const Error& error, const std::vector<Operation>& operations) {
  constexpr std::string_view kStart = "the step breaks foreign keys: ";
  const std::size_t at = error.message().find(kStart);
  if (at == std::string::npos) return 0;
  const auto key = read_broken_key(error.message().substr(at + kStart.size()));
  if (!key) return 0;
  int blamed = 0;
  int most = 0;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const int likely = operations[i].visit(BreaksKey(*key));
    if (likely <= most) continue;
    most = likely;
    blamed = static_cast<int>(i) + 1;
  }
  return blamed;
}

std::optional<Blame> blame_constraint(const Error& error, const std::vector<Operation>& operations,
                                      int first) {
  const std::optional<Failure> failure = read_failure(error);
  if (!failure || first < 1 || static_cast<std::size_t>(first) > operations.size()) {
    return std::nullopt;
  }
  Blame blame{first, hint_for(*failure)};
  for (auto i = static_cast<std::size_t>(first) - 1; i < operations.size(); ++i) {
    // A data step ends what one rebuild can hold.
    if (changes_rows(operations[i]))
      return static_cast<int>(i) + 1 == first ? std::nullopt : std::optional(blame);
    if (!operations[i].visit(AsksFor(*failure))) continue;
    blame.operation = static_cast<int>(i) + 1;
    return blame;
  }
  return blame;
}

}  // namespace ormdb
