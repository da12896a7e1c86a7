#include "dialect/sqlite/raw_sql.h"

#include "base/sql_scanner.h"
#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

using Tokens = std::vector<SqlToken>;

bool word_at(const Tokens& tokens, std::size_t i, std::string_view word) {
  return i < tokens.size() && tokens[i].is_word(word);
}

int depth_change(const SqlToken& token) {
  if (token.is_symbol("(")) return 1;
  return token.is_symbol(")") ? -1 : 0;
}

// The verb of the statement itself, past the subqueries of WITH; tokens.size() when there is none.
std::size_t main_verb(const Tokens& tokens) {
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    depth += depth_change(tokens[i]);
    if (depth > 0) continue;
    for (const char* verb : {"insert", "replace", "update", "delete", "select", "values"}) {
      if (tokens[i].is_word(verb)) return i;
    }
    if (i == 0 && !tokens[i].is_word("with")) break;
  }
  return tokens.size();
}

// After a verb and its OR clause.
std::size_t skip_conflict_clause(const Tokens& tokens, std::size_t i, DataEffect& effect) {
  if (!word_at(tokens, i, "or")) return i;
  effect.replaces = word_at(tokens, i + 1, "replace");
  return i + 2;
}

// The table name at i, maybe with a schema before it.
std::size_t read_table(const Tokens& tokens, std::size_t i, DataEffect& effect) {
  if (i + 2 < tokens.size() && tokens[i + 1].is_symbol(".")) i += 2;
  if (i < tokens.size() && tokens[i].can_be_name()) effect.table = tokens[i].unquoted();
  return i + 1;
}

bool ends_assignments(const SqlToken& token) {
  return token.is_word("where") || token.is_word("from") || token.is_word("returning") ||
         token.is_word("order") || token.is_word("limit");
}

// The columns before the equals signs of SET a = …, (b, c) = ….
void read_assignments(const Tokens& tokens, std::size_t i, DataEffect& effect) {
  int depth = 0;
  bool target = true;
  for (; i < tokens.size(); ++i) {
    const SqlToken& token = tokens[i];
    depth += depth_change(token);
    if (depth == 0 && ends_assignments(token)) return;
    if (depth == 0 && token.is_symbol(",")) target = true;
    if (target && (token.is_symbol("=") || token.is_symbol("=="))) target = false;
    if (target && token.can_be_name()) effect.columns.push_back(token.unquoted());
  }
}

void read_set(const Tokens& tokens, std::size_t from, DataEffect& effect) {
  for (std::size_t i = from; i < tokens.size(); ++i) {
    if (!tokens[i].is_word("set")) continue;
    read_assignments(tokens, i + 1, effect);
    break;
  }
  effect.columns_known = !effect.columns.empty();
}

DataEffect insert_effect(const Tokens& tokens, std::size_t verb) {
  DataEffect effect;
  effect.verb = DataEffect::Verb::kInsert;
  effect.replaces = tokens[verb].is_word("replace");
  std::size_t i = skip_conflict_clause(tokens, verb + 1, effect);
  if (word_at(tokens, i, "into")) ++i;
  i = read_table(tokens, i, effect);
  for (; i + 2 < tokens.size(); ++i) {
    if (!tokens[i].is_word("do") || !tokens[i + 1].is_word("update")) continue;
    effect.verb = DataEffect::Verb::kUpdate;
    read_set(tokens, i + 2, effect);
    break;
  }
  return effect;
}

DataEffect effect_of(const Tokens& tokens) {
  DataEffect effect;
  const std::size_t verb = main_verb(tokens);
  if (verb == tokens.size()) return effect;
  if (tokens[verb].is_word("insert") || tokens[verb].is_word("replace")) {
    return insert_effect(tokens, verb);
  }
  if (tokens[verb].is_word("update")) {
    effect.verb = DataEffect::Verb::kUpdate;
    const std::size_t table = skip_conflict_clause(tokens, verb + 1, effect);
    read_set(tokens, read_table(tokens, table, effect), effect);
  } else if (tokens[verb].is_word("delete")) {
    effect.verb = DataEffect::Verb::kDelete;
    const std::size_t from = verb + 1;
    read_table(tokens, word_at(tokens, from, "from") ? from + 1 : from, effect);
  }
  return effect;
}

bool is_key_pragma(const Tokens& tokens) {
  if (!word_at(tokens, 0, "pragma")) return false;
  std::size_t name = 1;
  if (tokens.size() > 2 && tokens[2].is_symbol(".")) name = 3;
  return name + 1 < tokens.size() && iequals(tokens[name].unquoted(), "foreign_keys");
}

bool has_word(const Tokens& tokens, std::string_view word) {
  for (const SqlToken& token : tokens) {
    if (token.is_word(word)) return true;
  }
  return false;
}

}  // namespace

DataEffect data_effect(std::string_view statement) {
  return effect_of(scan_sql_tokens(statement, SqlDialect::kSqlite));
}

void require_allowed_in_transaction(std::string_view statement) {
  const Tokens tokens = scan_sql_tokens(statement, SqlDialect::kSqlite);
  if (tokens.empty()) return;
  const std::string verb = to_upper(tokens[0].text);
  const bool ends =
      verb == "COMMIT" || verb == "END" || (verb == "ROLLBACK" && !has_word(tokens, "to"));
  if (verb == "BEGIN" || ends) {
    throw Error(ErrorKind::kScript, verb + " in a script: ormdb makes the transaction itself")
        .statement(std::string(statement))
        .hint("leave it out, or mark the step with transaction: false");
  }
  const bool outside = verb == "VACUUM" || verb == "ATTACH" || verb == "DETACH";
  if (outside || is_key_pragma(tokens)) {
    throw Error(ErrorKind::kScript, (outside ? verb : "PRAGMA foreign_keys") +
                                        " cannot run inside the transaction that "
                                        "ormdb makes for a script")
        .statement(std::string(statement))
        .hint("mark the step with transaction: false");
  }
}

}  // namespace ormdb
