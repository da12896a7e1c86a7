#include "dialect/sqlite/ddl_parser.h"

#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "dialect/sqlite/ddl_cursor.h"
#include "dialect/sqlite/ddl_table.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

// IF alone may be a name: CREATE TABLE if (a).
std::string read_new_name(DdlCursor& cursor) {
  if (cursor.accept_words("if", "not")) cursor.expect_word("exists");
  return cursor.expect_object_name();
}

// What is left, without final semicolons.
TokenRange rest(DdlCursor& cursor) {
  const TokenRange range{cursor.place(), cursor.last()};
  cursor.move_to(range.end);
  return range;
}

VirtualTable read_virtual_table(DdlCursor& cursor) {
  VirtualTable table;
  table.name = read_new_name(cursor);
  cursor.expect_word("using");
  table.module = cursor.expect_name();
  if (cursor.at_symbol("(")) table.arguments = cursor.text(cursor.expect_group());
  return table;
}

SqliteIndex read_index(DdlCursor& cursor, bool unique) {
  SqliteIndex result;
  result.index.unique = unique;
  result.index.name = read_new_name(cursor);
  cursor.expect_word("on");
  result.table = cursor.expect_name();
  result.index.columns = read_key_parts(cursor);
  if (cursor.accept_word("where")) result.index.where.common = cursor.expression(rest(cursor));
  return result;
}

View read_view(DdlCursor& cursor) {
  View view;
  view.name = read_new_name(cursor);
  if (cursor.at_symbol("(")) view.columns = cursor.expect_name_list();
  cursor.expect_word("as");
  view.query.common = cursor.text(rest(cursor));
  return view;
}

std::string read_timing(DdlCursor& cursor) {
  if (cursor.accept_word("after")) return "after";
  if (cursor.accept_words("instead", "of")) return "instead_of";
  cursor.accept_word("before");
  return "before";
}

void read_event(DdlCursor& cursor, Trigger& trigger) {
  for (const char* event : {"insert", "delete", "update"}) {
    if (!cursor.accept_word(event)) continue;
    trigger.events.emplace_back(event);
    break;
  }
  if (trigger.events.empty()) cursor.fail("INSERT, UPDATE or DELETE");
  if (!cursor.accept_word("of")) return;
  do {
    trigger.update_of.push_back(cursor.expect_name());
  } while (cursor.accept_symbol(","));
}

// Moves to the BEGIN of the body: the first one outside parentheses.
TokenRange read_condition(DdlCursor& cursor) {
  const std::size_t begin = cursor.place();
  while (!cursor.at_word("begin")) {
    if (cursor.at_end()) cursor.fail("BEGIN");
    cursor.move_to(cursor.after(cursor.place()));
  }
  return {begin, cursor.place()};
}

Trigger read_trigger(DdlCursor& cursor) {
  Trigger trigger;
  trigger.name = read_new_name(cursor);
  trigger.timing = read_timing(cursor);
  read_event(cursor, trigger);
  cursor.expect_word("on");
  trigger.table = cursor.expect_object_name();
  if (cursor.accept_words("for", "each")) cursor.expect_word("row");
  if (cursor.accept_word("when")) trigger.when.common = cursor.text(read_condition(cursor));
  cursor.expect_word("begin");
  TokenRange body = rest(cursor);
  if (body.empty() || !cursor.token(body.end - 1).is_word("end")) cursor.fail("END");
  --body.end;
  trigger.body.common = cursor.text(body);
  return trigger;
}

SqliteObject read_object(DdlCursor& cursor) {
  cursor.expect_word("create");
  if (!cursor.accept_word("temp")) cursor.accept_word("temporary");
  if (cursor.accept_word("table")) {
    std::string name = read_new_name(cursor);
    return read_table_definition(cursor, std::move(name));
  }
  if (cursor.accept_words("virtual", "table")) return read_virtual_table(cursor);
  if (cursor.accept_words("unique", "index")) return read_index(cursor, true);
  if (cursor.accept_word("index")) return read_index(cursor, false);
  if (cursor.accept_word("view")) return read_view(cursor);
  if (cursor.accept_word("trigger")) return read_trigger(cursor);
  cursor.fail("TABLE, INDEX, VIEW or TRIGGER");
}

}  // namespace

SqliteObject parse_sqlite_ddl(std::string_view sql) {
  DdlCursor cursor(sql);
  SqliteObject object = read_object(cursor);
  while (cursor.accept_symbol(";")) {
  }
  if (!cursor.at_end()) cursor.fail("the end of the statement");
  return object;
}

Table parse_sqlite_table(std::string_view sql) {
  SqliteObject object = parse_sqlite_ddl(sql);
  if (Table* table = std::get_if<Table>(&object)) return std::move(*table);
  throw Error(ErrorKind::kDatabase, "this statement creates no table").statement(std::string(sql));
}

void resolve_references(Schema& schema) {
  std::unordered_map<std::string, const Table*> tables;
  for (const Table& table : schema.tables) tables.emplace(to_lower(table.name), &table);
  for (Table& table : schema.tables) {
    for (ForeignKey& key : table.foreign_keys) {
      if (!key.referenced_columns.empty()) continue;
      const auto parent = tables.find(to_lower(key.referenced_table));
      if (parent == tables.end() || !parent->second->primary_key) continue;
      const std::vector<KeyPart>& parts = parent->second->primary_key->columns;
      if (parts.size() != key.columns.size()) continue;
      for (const KeyPart& part : parts) key.referenced_columns.push_back(part.column);
    }
  }
}

}  // namespace ormdb
