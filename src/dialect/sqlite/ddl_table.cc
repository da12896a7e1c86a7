#include "dialect/sqlite/ddl_table.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialect/sqlite/types.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

bool ends_type(const SqlToken& token) {
  if (token.kind != SqlToken::Kind::kWord) {
    return token.kind != SqlToken::Kind::kQuoted && token.kind != SqlToken::Kind::kString;
  }
  for (const char* word : {"constraint", "primary", "not", "null", "unique", "check", "default",
                           "collate", "references", "as", "deferrable"}) {
    if (token.is_word(word)) return true;
  }
  return false;
}

// Whether a type can be written without quotes: words, and a size at most.
bool is_plain_type(std::string_view text) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(text, SqlDialect::kSqlite);
  std::size_t i = 0;
  while (i < tokens.size() && tokens[i].kind == SqlToken::Kind::kWord && !ends_type(tokens[i])) ++i;
  if (i == tokens.size()) return true;
  if (i == 0 || !tokens[i].is_symbol("(") || !tokens.back().is_symbol(")")) return false;
  for (++i; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != SqlToken::Kind::kNumber && !tokens[i].is_symbol(",")) return false;
  }
  return true;
}

class TableReader {
 public:
  TableReader(DdlCursor& cursor, std::string name) : cursor_(cursor) {
    table_.name = std::move(name);
  }

  Table read() {
    if (cursor_.at_word("as")) {
      throw Error(ErrorKind::kUnsupported, "CREATE TABLE … AS SELECT declares no columns")
          .hint("write out the columns, and fill the table with INSERT … SELECT");
    }
    cursor_.expect_symbol("(");
    while (!cursor_.accept_symbol(")")) {
      if (cursor_.at_end()) cursor_.fail("a closing parenthesis");
      if (cursor_.accept_symbol(",")) continue;
      if (!table_constraint()) column();
    }
    table_options();
    finish();
    return std::move(table_);
  }

 private:
  // Columns -----------------------------------------------------------------------------------

  void column() {
    Column column;
    column.name = cursor_.expect_name();
    column.nullable = true;
    column.type = parse_sqlite_type(declared_type());
    table_.columns.push_back(std::move(column));
    std::string name;
    while (!cursor_.at_symbol(",") && !cursor_.at_symbol(")")) {
      if (cursor_.accept_word("constraint")) {
        name = cursor_.expect_name();
      } else {
        column_constraint(std::exchange(name, ""));
      }
    }
  }

  bool at_type_end() const {
    return ends_type(cursor_.peek()) || cursor_.at_words("generated", "always");
  }

  // Words, then (n) or (n, m); one space where the text has any, comments left out. Of a type that
  // begins with a quote SQLite takes what stands within the quotes (sqlite3Dequote() in build.c).
  std::string declared_type() {
    const std::size_t begin = cursor_.place();
    while (!at_type_end()) cursor_.move_to(cursor_.place() + 1);
    if (cursor_.place() > begin && cursor_.at_symbol("(")) cursor_.expect_group();
    const SqlToken& first = cursor_.token(begin);
    if (cursor_.place() > begin && first.kind != SqlToken::Kind::kWord) {
      std::string inner = first.unquoted();
      return is_plain_type(inner) ? inner : std::string(first.text);
    }
    std::string text;
    for (std::size_t i = begin; i < cursor_.place(); ++i) {
      if (i > begin && cursor_.token(i).begin != cursor_.token(i - 1).end) text += ' ';
      text += cursor_.token(i).text;
    }
    return text;
  }

  Column& current() { return table_.columns.back(); }

  void column_constraint(std::string name) {
    if (cursor_.accept_words("primary", "key")) return column_primary_key(std::move(name));
    if (cursor_.accept_words("not", "null")) return not_null();
    if (cursor_.accept_word("unique")) return column_unique(std::move(name));
    if (cursor_.at_word("check")) return check(std::move(name));
    if (cursor_.accept_word("default")) {
      current().default_value = read_default(cursor_);
    } else if (cursor_.accept_word("collate")) {
      current().collation = cursor_.expect_name();
    } else if (cursor_.at_word("references")) {
      references(std::move(name), {current().name});
    } else if (cursor_.accept_words("generated", "always") || cursor_.at_word("as")) {
      generated();
    } else if (cursor_.accept_word("null")) {
      conflict();  // Means nothing, but may stand there.
    } else if (!deferrable()) {
      cursor_.fail("a column constraint");
    }
  }

  void column_primary_key(std::string name) {
    PrimaryKey key;
    key.name = std::move(name);
    KeyPart part;
    part.column = current().name;
    part.descending = cursor_.accept_word("desc");
    if (!part.descending) cursor_.accept_word("asc");
    inline_desc_ = part.descending;
    key.columns.push_back(std::move(part));
    set_conflict(key.options);
    current().autoincrement = cursor_.accept_word("autoincrement");
    table_.primary_key = std::move(key);
  }

  void column_unique(std::string name) {
    Unique unique;
    unique.name = std::move(name);
    unique.columns.resize(1);
    unique.columns[0].column = current().name;
    set_conflict(unique.options);
    table_.uniques.push_back(std::move(unique));
  }

  void not_null() {
    current().nullable = false;
    const std::string action = conflict();
    if (!action.empty()) current().options["sqlite"]["not_null_on_conflict"] = action;
  }

  void generated() {
    cursor_.expect_word("as");
    Generated generated;
    generated.expression.common = cursor_.expression(cursor_.expect_group());
    generated.stored = cursor_.accept_word("stored");
    if (!generated.stored) cursor_.accept_word("virtual");
    current().generated = std::move(generated);
  }

  // Constraints -------------------------------------------------------------------------------

  // False at a column's name. The words are no names unless quoted; CONSTRAINT may stand alone.
  bool table_constraint() {
    std::string name;
    bool named = false;
    while (!table_.columns.empty() && cursor_.accept_word("constraint")) {
      name = cursor_.expect_name();
      named = true;
    }
    if (table_.columns.empty()) return false;
    if (cursor_.accept_words("primary", "key")) {
      table_primary_key(std::move(name));
    } else if (cursor_.accept_word("unique")) {
      Unique unique;
      unique.name = std::move(name);
      unique.columns = read_key_parts(cursor_);
      set_conflict(unique.options);
      table_.uniques.push_back(std::move(unique));
    } else if (cursor_.at_word("check")) {
      check(std::move(name));
    } else if (cursor_.accept_words("foreign", "key")) {
      references(std::move(name), cursor_.expect_name_list());
    } else {
      return named;
    }
    return true;
  }

  void table_primary_key(std::string name) {
    PrimaryKey key;
    key.name = std::move(name);
    TokenRange group = cursor_.expect_group();
    const bool autoincrement =
        !group.empty() && cursor_.token(group.end - 1).is_word("autoincrement");
    if (autoincrement) --group.end;
    for (const TokenRange& part : cursor_.parts(group)) {
      key.columns.push_back(read_key_part(cursor_, part));
    }
    set_conflict(key.options);
    if (autoincrement && key.columns.size() == 1) {
      if (Column* column = find(key.columns[0].column)) column->autoincrement = true;
    }
    table_.primary_key = std::move(key);
  }

  void check(std::string name) {
    cursor_.expect_word("check");
    Check check;
    check.name = std::move(name);
    check.expression.common = cursor_.expression(cursor_.expect_group());
    set_conflict(check.options);
    table_.checks.push_back(std::move(check));
  }

  void references(std::string name, std::vector<std::string> columns) {
    cursor_.expect_word("references");
    ForeignKey key;
    key.name = std::move(name);
    key.columns = std::move(columns);
    key.referenced_table = cursor_.expect_object_name();
    if (cursor_.at_symbol("(")) key.referenced_columns = cursor_.expect_name_list();
    table_.foreign_keys.push_back(std::move(key));
    while (reference_argument(table_.foreign_keys.back()) || deferrable()) {
    }
  }

  bool reference_argument(ForeignKey& key) {
    if (cursor_.accept_word("match")) {
      key.match = to_lower(cursor_.expect_name());
    } else if (cursor_.accept_words("on", "delete")) {
      key.on_delete = action();
    } else if (cursor_.accept_words("on", "update")) {
      key.on_update = action();
    } else if (cursor_.accept_words("on", "insert")) {
      action();  // Parsed and ignored by SQLite too.
    } else {
      return false;
    }
    return true;
  }

  ForeignKeyAction action() {
    if (cursor_.accept_words("set", "null")) return ForeignKeyAction::kSetNull;
    if (cursor_.accept_words("set", "default")) return ForeignKeyAction::kSetDefault;
    if (cursor_.accept_word("cascade")) return ForeignKeyAction::kCascade;
    if (cursor_.accept_word("restrict")) return ForeignKeyAction::kRestrict;
    if (!cursor_.accept_words("no", "action")) cursor_.fail("an action of a foreign key");
    return ForeignKeyAction::kNoAction;
  }

  // [NOT] DEFERRABLE [INITIALLY DEFERRED | IMMEDIATE]; in a column it may stand apart from the
  // REFERENCES it belongs to.
  bool deferrable() {
    const bool no = cursor_.accept_words("not", "deferrable");
    if (!no && !cursor_.accept_word("deferrable")) return false;
    Deferrable value = Deferrable::kImmediate;
    if (cursor_.accept_word("initially")) {
      if (cursor_.accept_word("deferred")) {
        value = Deferrable::kDeferred;
      } else {
        cursor_.expect_word("immediate");
      }
    }
    if (!table_.foreign_keys.empty()) {
      table_.foreign_keys.back().deferrable = no ? Deferrable::kNo : value;
    }
    return true;
  }

  std::string conflict() {
    return cursor_.accept_words("on", "conflict") ? to_lower(cursor_.expect_name()) : "";
  }

  void set_conflict(Options& options) {
    std::string action = conflict();
    if (!action.empty()) options["sqlite"]["on_conflict"] = std::move(action);
  }

  // The whole ---------------------------------------------------------------------------------

  void table_options() {
    while (!cursor_.at_end()) {
      if (cursor_.accept_words("without", "rowid")) {
        table_.options["sqlite"]["without_rowid"] = "true";
      } else if (cursor_.accept_word("strict")) {
        table_.options["sqlite"]["strict"] = "true";
      } else if (!cursor_.accept_symbol(",") && !cursor_.accept_symbol(";")) {
        cursor_.fail("a table option");
      }
    }
  }

  Column* find(const std::string& name) {
    const auto found = std::find_if(table_.columns.begin(), table_.columns.end(),
                                    [&](const Column& c) { return iequals(c.name, name); });
    return found == table_.columns.end() ? nullptr : &*found;
  }

  void finish() {
    if (!table_.primary_key) return;
    const bool without_rowid = has_sqlite_flag(table_, "without_rowid");
    const bool implied = without_rowid || has_sqlite_flag(table_, "strict");
    for (const KeyPart& part : table_.primary_key->columns) {
      Column* column = find(part.column);
      if (column == nullptr) continue;
      if (implied) column->nullable = false;
      if (!is_rowid_alias(table_, *column)) continue;
      if (column->type.kind != TypeKind::kInteger) {
        column->type = Type::native_of("sqlite", sqlite_type_name(column->type));
      } else if (inline_desc_) {
        table_.primary_key->options["sqlite"]["inline_desc"] = "true";
      } else {
        column->nullable = false;
      }
    }
  }

  DdlCursor& cursor_;
  Table table_;
  bool inline_desc_ = false;
};

}  // namespace

Table read_table_definition(DdlCursor& cursor, std::string name) {
  return TableReader(cursor, std::move(name)).read();
}

}  // namespace ormdb
