#include "dialect/postgresql/raw_sql.h"

#include <vector>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

using Tokens = std::vector<SqlToken>;

bool words_at(const Tokens& tokens, std::size_t i, std::initializer_list<const char*> words) {
  for (const char* word : words) {
    if (i >= tokens.size() || !tokens[i].is_word(word)) return false;
    ++i;
  }
  return true;
}

bool has_word(const Tokens& tokens, const char* word) {
  for (const SqlToken& token : tokens) {
    if (token.is_word(word)) return true;
  }
  return false;
}

// What ends or opens a transaction.
std::string transaction_command(const Tokens& tokens) {
  for (const char* word : {"begin", "commit", "end", "abort"}) {
    if (tokens[0].is_word(word)) return to_upper(word);
  }
  if (words_at(tokens, 0, {"start", "transaction"})) return "START TRANSACTION";
  if (words_at(tokens, 0, {"prepare", "transaction"})) return "PREPARE TRANSACTION";
  const bool partial = words_at(tokens, 1, {"to"}) || words_at(tokens, 2, {"to"});
  return tokens[0].is_word("rollback") && !partial ? "ROLLBACK" : "";
}

// What the server refuses inside a transaction.
std::string outside_command(const Tokens& tokens) {
  if (tokens[0].is_word("vacuum")) return "VACUUM";
  for (const char* word : {"database", "tablespace"}) {
    for (const char* verb : {"create", "drop"}) {
      if (words_at(tokens, 0, {verb, word})) return to_upper(verb) + " " + to_upper(word);
    }
  }
  if (words_at(tokens, 0, {"alter", "system"})) return "ALTER SYSTEM";
  if (words_at(tokens, 0, {"reindex", "database"})) return "REINDEX DATABASE";
  if (words_at(tokens, 0, {"reindex", "system"})) return "REINDEX SYSTEM";
  const bool index = words_at(tokens, 0, {"reindex"}) || words_at(tokens, 1, {"index"}) ||
                     words_at(tokens, 1, {"unique", "index"}) ||
                     words_at(tokens, 0, {"alter", "table"});
  if (index && has_word(tokens, "concurrently")) {
    return to_upper(tokens[0].text) + " … CONCURRENTLY";
  }
  return "";
}

// "name" or "schema.name" from i on; i is moved behind it.
std::string read_name(const Tokens& tokens, std::size_t& i) {
  std::string name;
  while (i < tokens.size() && tokens[i].can_be_name()) {
    name += tokens[i++].text;
    if (i >= tokens.size() || !tokens[i].is_symbol(".")) break;
    name += ".";
    ++i;
  }
  return name;
}

std::optional<ConcurrentIndex> created_index(const Tokens& tokens, std::size_t i) {
  ConcurrentIndex index;
  if (!words_at(tokens, i, {"concurrently"})) return std::nullopt;
  ++i;
  if (words_at(tokens, i, {"if", "not", "exists"})) {
    index.unless_there = true;
    i += 3;
  }
  if (!words_at(tokens, i, {"on"})) index.name = read_name(tokens, i);
  ++i;
  if (words_at(tokens, i, {"only"})) ++i;
  index.table = read_name(tokens, i);
  return index;
}

}  // namespace

void require_allowed_in_transaction(std::string_view statement) {
  const Tokens tokens = scan_sql_tokens(statement, SqlDialect::kPostgresql);
  if (tokens.empty()) return;
  const std::string command = transaction_command(tokens);
  if (!command.empty()) {
    throw Error(ErrorKind::kScript, command + " in a script: ormdb makes the transaction itself")
        .statement(std::string(statement))
        .hint("leave it out, or mark the step with transaction: false");
  }
  const std::string outside = outside_command(tokens);
  if (outside.empty()) return;
  throw Error(ErrorKind::kScript,
              outside + " cannot run inside the transaction that ormdb makes for a script")
      .statement(std::string(statement))
      .hint("mark the step with transaction: false");
}

std::optional<ConcurrentIndex> concurrent_index(std::string_view statement) {
  const Tokens tokens = scan_sql_tokens(statement, SqlDialect::kPostgresql);
  if (words_at(tokens, 0, {"create", "index"})) return created_index(tokens, 2);
  if (words_at(tokens, 0, {"create", "unique", "index"})) return created_index(tokens, 3);
  const bool drop = words_at(tokens, 0, {"drop", "index", "concurrently"});
  if (!drop && !words_at(tokens, 0, {"reindex", "index", "concurrently"})) return std::nullopt;
  ConcurrentIndex index;
  index.verb = drop ? ConcurrentIndex::Verb::kDrop : ConcurrentIndex::Verb::kReindex;
  std::size_t i = words_at(tokens, 3, {"if", "exists"}) ? 5 : 3;
  index.name = read_name(tokens, i);
  if (i < tokens.size() && tokens[i].is_symbol(",")) return std::nullopt;  // several
  return index;
}

}  // namespace ormdb::postgresql
