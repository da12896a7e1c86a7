#include "dialect/postgresql/reconcile.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/reconcile_declared.h"
#include "dialect/postgresql/reconcile_open.h"
#include "dialect/postgresql/reconcile_stars.h"
#include "dialect/postgresql/reconcile_texts.h"
#include "dialect/postgresql/scratch.h"

namespace ormdb::postgresql {
namespace {

constexpr int kMaxPasses = 3;
constexpr std::int64_t kVirtualColumns = 180000;  ///< The first server_version_num that has them.

/// The server's spellings are of one meaning, so one in common is enough.
bool mean_the_same(const ScratchText& a, const ScratchText& b) {
  return std::any_of(a.spellings.begin(), a.spellings.end(), [&](const std::string& spelling) {
    return std::find(b.spellings.begin(), b.spellings.end(), spelling) != b.spellings.end();
  });
}

bool is_open(const TextPair& pair) {
  const bool stable = pair.from->is_stable() && pair.to->is_stable();
  return !pair.from->refused && !pair.to->refused && !stable;
}

/// Accepts what was found to be equal and drops it, with every other pair that has one of its
/// texts, and what cannot become equal.
void settle(std::vector<TextPair>& pairs) {
  std::set<const ScratchText*> used;
  for (const TextPair& pair : pairs) {
    if (used.contains(pair.from) || used.contains(pair.to)) continue;
    if (!mean_the_same(*pair.from, *pair.to)) continue;
    pair.accept();
    used.insert({pair.from, pair.to});
  }
  std::erase_if(pairs, [&](const TextPair& pair) {
    return used.contains(pair.from) || used.contains(pair.to) || !is_open(pair);
  });
}

std::vector<ScratchText*> texts_of(const std::vector<TextPair>& pairs) {
  std::vector<ScratchText*> texts;
  std::set<const ScratchText*> seen;
  for (const TextPair& pair : pairs) {
    for (ScratchText* text : {pair.from, pair.to}) {
      if (seen.insert(text).second) texts.push_back(text);
    }
  }
  return texts;
}

/// The catalog's text is a spelling of the server's, too.
void count_catalog_text(DifferingTexts& differing) {
  for (const TextPair& pair : differing.pairs) {
    if (!pair.from->spellings.empty() || !pair.from->columns.empty()) continue;
    pair.from->spellings.push_back(canonical_sql(pair.from->sql, SqlDialect::kPostgresql));
  }
}

std::vector<std::string> ask_server(Connection& connection, DifferingTexts differing,
                                    const Schema& types) {
  Scratch scratch(connection);
  if (!scratch.obstacle().empty()) {
    return {scratch.obstacle() + ", so SQL expressions are compared by their text alone: " +
            counted(differing.pairs.size(), "difference") + " may be of spelling only"};
  }
  count_catalog_text(differing);
  for (int pass = 0; pass < kMaxPasses && !differing.pairs.empty(); ++pass) {
    scratch.spell(texts_of(differing.pairs), types);
    settle(differing.pairs);
  }
  return {};
}

/// Before PostgreSQL 18 every generated column is stored, whatever the models say.
void store_generated_columns(Connection& connection, Schema& to) {
  std::vector<Generated*> virtual_columns;
  for (Table& table : to.tables) {
    for (Column& column : table.columns) {
      if (column.generated && !column.generated->stored) {
        virtual_columns.push_back(&*column.generated);
      }
    }
  }
  if (virtual_columns.empty()) return;
  const Rows rows = connection.query("SELECT current_setting('server_version_num')::integer");
  if (rows.integer(0, 0) >= kVirtualColumns) return;
  for (Generated* generated : virtual_columns) generated->stored = true;
}

std::string& inherited(Column& column) { return column.options["postgresql"]["inherited"]; }

bool says_inherited(const Column& column) { return option(column.options, "inherited") == "true"; }

/// INHERIT takes columns that are there as they are, and NO INHERIT leaves them: on both sides they
/// are the child's own besides the parent's. Only a child that is created with its parent has
/// columns that are the parent's alone.
void settle_inheritance(Schema& from, Schema& to) {
  for (Table& table : to.tables) {
    Table* before = from.find_table(qualified_name(table));
    if (before == nullptr || !option(table.options, "partition_of").empty() ||
        !option(before->options, "partition_of").empty()) {
      continue;
    }
    const bool leaves = option(table.options, "inherits").empty();
    for (Column& column : table.columns) {
      Column* old = before->find_column(column.name);
      if (old == nullptr) continue;
      if (says_inherited(column) && !says_inherited(*old)) inherited(column) = "merged";
      if (leaves && says_inherited(*old) && !says_inherited(column)) inherited(*old) = "merged";
    }
  }
}

}  // namespace

std::vector<std::string> reconcile(Connection* connection, Schema& from, Schema& to) {
  take_what_is_open(from, to);
  settle_inheritance(from, to);
  if (connection == nullptr || connection->is_recording()) return {};
  store_generated_columns(*connection, to);
  const Declared declared = declared_on_new_types(from, to);
  DifferingTexts differing = differing_texts(from, to);
  if (differing.pairs.empty()) return {};
  const std::vector<View> stars = views_with_star(to);
  std::vector<std::string> notes = ask_server(*connection, std::move(differing), from);
  restore_changed_stars(stars, from, to);
  keep_declared(declared, from, to);
  return notes;
}

}  // namespace ormdb::postgresql
