#include "dialect/postgresql/reconcile_stars.h"

#include <algorithm>
#include <set>

#include "base/sql_scanner.h"
#include "dialect/postgresql/element.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/normalize.h"

namespace ormdb::postgresql {
namespace {

/// Not that of a multiplication or of count(*).
bool says_star(std::string_view sql) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(sql, SqlDialect::kPostgresql);
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (!tokens[i].is_symbol("*")) continue;
    const SqlToken& before = tokens[i - 1];
    if (before.is_symbol(".") || before.is_symbol(",") || before.is_word("select") ||
        before.is_word("all") || before.is_word("distinct")) {
      return true;
    }
  }
  return false;
}

std::set<std::string> column_names(const Table& table) {
  std::set<std::string> names;
  for (const Column& column : table.columns) names.insert(column.name);
  return names;
}

std::string canonical_query(const View& view) {
  SqlText query = view.query;
  normalize_query(query);
  return query.common;
}

/// Names without schema of the relations whose columns are, or may be, others.
std::set<std::string> changed_relations(const Schema& from, const Schema& to) {
  std::set<std::string> names;
  for (const Table& table : to.tables) {
    const Table* known = from.find_table(qualified_name(table));
    if (known != nullptr && column_names(*known) != column_names(table)) names.insert(table.name);
  }
  for (const View& view : to.views) {
    const View* known = from.find_view(qualified_name(view));
    if (known == nullptr || canonical_query(*known) != canonical_query(view)) {
      names.insert(view.name);
    }
  }
  return names;
}

}  // namespace

std::vector<View> views_with_star(const Schema& models) {
  std::vector<View> views;
  for (const View& view : models.views) {
    if (says_star(postgresql_text(view.query))) views.push_back(view);
  }
  return views;
}

void restore_changed_stars(const std::vector<View>& views, const Schema& from, Schema& to) {
  if (views.empty()) return;
  std::set<std::string> changed = changed_relations(from, to);
  for (bool grown = true; grown;) {
    grown = false;
    for (const View& original : views) {
      const auto place = std::find_if(to.views.begin(), to.views.end(), [&](const View& view) {
        return qualified_name(view) == qualified_name(original);
      });
      if (place->query == original.query) continue;
      const std::string& text = postgresql_text(original.query);
      if (std::none_of(changed.begin(), changed.end(),
                       [&](const std::string& name) { return mentions_word(text, name); })) {
        continue;
      }
      *place = original;
      changed.insert(place->name);
      grown = true;
    }
  }
}

}  // namespace ormdb::postgresql
