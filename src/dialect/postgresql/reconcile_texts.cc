#include "dialect/postgresql/reconcile_texts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/sql_scanner.h"
#include "dialect/postgresql/expression.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/normalize.h"
#include "dialect/postgresql/reconcile_open.h"
#include "dialect/postgresql/types.h"

namespace ormdb::postgresql {
namespace {

using TextKind = ScratchText::Kind;

/// The database's text in the models' place; what they say for other engines stays.
void take_text(const SqlText& from, SqlText& to) {
  if (to.by_dialect.empty()) {
    to = from;
  } else {
    to.by_dialect["postgresql"] = postgresql_text(from);
  }
}

bool holds_query(std::string_view sql) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(sql, SqlDialect::kPostgresql);
  return std::any_of(tokens.begin(), tokens.end(),
                     [](const SqlToken& token) { return token.is_word("select"); });
}

/// What the texts of a table see: the database's columns, and those that the models add. The
/// database's types are there for certain; a column whose type changes is altered anyway.
Table visible_columns(const Table& from, const Table& to) {
  Table table;
  table.name = to.name;
  table.columns = from.columns;
  for (const Column& column : to.columns) {
    if (from.find_column(column.name) == nullptr) table.columns.push_back(column);
  }
  return table;
}

class Collector {
 public:
  Collector(const Schema& from, Schema& to) : from_(from), to_(to) {}

  DifferingTexts collect() {
    const KnownTables known(from_);
    std::map<std::string, const Table*> counterparts;
    for (Table& table : to_.tables) {
      const Table* found = known.counterpart(table);
      if (found == nullptr) continue;
      counterparts.emplace(qualified_name(table), found);
      add_table(*found, table);
    }
    for (View& view : to_.views) add_view(view);
    for (Trigger& trigger : to_.triggers) add_trigger(trigger, counterparts);
    add_objects(counterparts);
    return std::move(found_);
  }

 private:
  ScratchText* text(TextKind kind, const Table* table, std::string type, std::string sql) {
    ScratchText text;
    text.kind = kind;
    text.table = table;
    text.type = std::move(type);
    text.sql = std::move(sql);
    found_.texts.push_back(std::move(text));
    return &found_.texts.back();
  }

  void pair(ScratchText* from, ScratchText* to, std::function<void()> accept) {
    found_.pairs.push_back({from, to, std::move(accept)});
  }

  /// Made for the first text of the table that differs.
  const Table* scratch_table(const Table& from, const Table& to) {
    const auto [place, is_new] = scratch_tables_.emplace(&from, nullptr);
    if (is_new) {
      found_.tables.push_back(visible_columns(from, to));
      place->second = &found_.tables.back();
    }
    return place->second;
  }

  bool differ(const SqlText& from, const SqlText& to, const ColumnTypes& types) const {
    const std::string& left = postgresql_text(from);
    const std::string& right = postgresql_text(to);
    if (left.empty() || right.empty() || left == right) return false;
    return canonical_expression(left, types) != canonical_expression(right, types);
  }

  void add_table(const Table& from, Table& to) {
    types_ = {};
    types_of_ = &from;
    for (Column& column : to.columns) {
      if (const Column* known = counterpart(column, from)) add_column(from, *known, to, column);
    }
    if (!same_checks(from, to)) add_checks(from, to);
    for (Index& index : to.indexes) add_index(from, to, index);
    for (Exclude& exclude : to.excludes) add_exclude(from, to, exclude);
  }

  /// The types of the table's columns, found out when a text is to be compared.
  const ColumnTypes& types() {
    if (types_.empty()) types_ = column_types(*types_of_, from_);
    return types_;
  }

  void add_column(const Table& from, const Column& known, const Table& to, Column& column) {
    if (column.generated && known.generated) {
      const SqlText& before = known.generated->expression;
      SqlText& after = column.generated->expression;
      if (postgresql_text(before) == postgresql_text(after) || !differ(before, after, types())) {
        return;
      }
      const Table* table = scratch_table(from, to);
      const std::string type = type_to_sql(known.type, &from_);
      pair(text(TextKind::kGenerated, table, type, postgresql_text(before)),
           text(TextKind::kGenerated, table, type, postgresql_text(after)),
           [&before, &after] { take_text(before, after); });
      return;
    }
    if (column.default_value && known.default_value) add_default(from, known, to, column);
  }

  void add_default(const Table& from, const Column& known, const Table& to, Column& column) {
    if (*known.default_value == *column.default_value) return;
    const Type type = canonical_type(known.type, &from_);
    const std::optional<Literal> before = normalized_default(known.default_value, type, from_);
    const std::optional<Literal> after = normalized_default(column.default_value, type, from_);
    if (before == after || !before || !after) return;
    const Table* table = scratch_table(from, to);
    const std::string spelled = type_to_sql(known.type, &from_);
    pair(text(TextKind::kDefault, table, spelled, literal(*known.default_value)),
         text(TextKind::kDefault, table, spelled, literal(*column.default_value)),
         [&known, &column] { column.default_value = known.default_value; });
  }

  /// Nothing to compare: one side has none, or the texts are equal as they stand.
  static bool same_checks(const Table& from, const Table& to) {
    if (from.checks.empty() || to.checks.empty()) return true;
    return std::equal(from.checks.begin(), from.checks.end(), to.checks.begin(), to.checks.end(),
                      [](const Check& a, const Check& b) { return a.expression == b.expression; });
  }

  /// Names of checks do not count, so each that has no twin may be any.
  void add_checks(const Table& from, Table& to) {
    const std::vector<std::string> known_texts = canonical_checks(from.checks);
    const std::vector<std::string> texts = canonical_checks(to.checks);
    std::vector<std::pair<const Check*, ScratchText*>> before;
    for (std::size_t i = 0; i < known_texts.size(); ++i) {
      if (known_texts[i].empty() || contains(texts, known_texts[i])) continue;
      before.emplace_back(&from.checks[i], check_text(from, to, from.checks[i]));
    }
    if (before.empty()) return;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (texts[i].empty() || contains(known_texts, texts[i])) continue;
      Check& check = to.checks[i];
      ScratchText* after = check_text(from, to, check);
      for (const auto& [known, spelled] : before) {
        pair(spelled, after,
             [known = known, &check] { take_text(known->expression, check.expression); });
      }
    }
  }

  std::vector<std::string> canonical_checks(const std::vector<Check>& checks) {
    std::vector<std::string> texts;
    for (const Check& check : checks) {
      texts.push_back(canonical_expression(postgresql_text(check.expression), types()));
    }
    return texts;
  }

  static bool contains(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
  }

  ScratchText* check_text(const Table& from, const Table& to, const Check& check) {
    return text(TextKind::kCheck, scratch_table(from, to), "", postgresql_text(check.expression));
  }

  void add_part(const Table& from, const Table& to, TextKind kind, const SqlText& before,
                SqlText& after) {
    if (!differ(before, after, types())) return;
    const Table* table = scratch_table(from, to);
    pair(text(kind, table, "", postgresql_text(before)),
         text(kind, table, "", postgresql_text(after)),
         [&before, &after] { take_text(before, after); });
  }

  void add_index(const Table& from, const Table& to, Index& index) {
    for (const Index& known : from.indexes) {
      if (known.name != index.name || known.columns.size() != index.columns.size()) continue;
      for (std::size_t i = 0; i < index.columns.size(); ++i) {
        add_part(from, to, TextKind::kValue, known.columns[i].expression, index.columns[i].expression);
      }
      add_part(from, to, TextKind::kCheck, known.where, index.where);
    }
  }

  void add_exclude(const Table& from, const Table& to, Exclude& exclude) {
    for (const Exclude& known : from.excludes) {
      if (known.name != exclude.name || known.elements.size() != exclude.elements.size()) continue;
      for (std::size_t i = 0; i < exclude.elements.size(); ++i) {
        add_part(from, to, TextKind::kValue, known.elements[i].part.expression,
                 exclude.elements[i].part.expression);
      }
      add_part(from, to, TextKind::kCheck, known.where, exclude.where);
    }
  }

  void add_view(View& view) {
    const View* known = from_.find_view(qualified_name(view));
    if (known == nullptr) return;
    SqlText before = known->query, after = view.query;
    normalize_query(before);
    normalize_query(after);
    if (before.empty() || after.empty()) return;
    if (before == after && known->columns == view.columns) return;
    ScratchText* left = text(TextKind::kQuery, nullptr, "", postgresql_text(known->query));
    left->columns = known->columns;
    ScratchText* right = text(TextKind::kQuery, nullptr, "", postgresql_text(view.query));
    right->columns = view.columns;
    pair(left, right, [known, &view] {
      take_text(known->query, view.query);
      view.columns = known->columns;
    });
  }

  using Counterparts = std::map<std::string, const Table*>;

  /// The tables that an object stands on, before and after; nullptr when there is no such pair.
  const Table* begin_table(const std::string& name, const Counterparts& counterparts,
                           const Table** after) {
    const auto found = counterparts.find(name);
    *after = to_.find_table(name);
    if (found == counterparts.end() || *after == nullptr) return nullptr;
    types_ = {};
    types_of_ = found->second;
    return found->second;
  }

  void add_trigger(Trigger& trigger, const Counterparts& counterparts) {
    if (trigger.when.empty()) return;
    const Table* after = nullptr;
    const Table* before = begin_table(trigger.table, counterparts, &after);
    if (before == nullptr) return;
    for (const Trigger& known : from_.triggers) {
      if (known.name != trigger.name || known.table != qualified_name(*before)) continue;
      add_part(*before, *after, TextKind::kTrigger, known.when, trigger.when);
    }
  }

  void add_objects(const Counterparts& counterparts) {
    for (DatabaseObject& object : to_.objects) {
      const bool policy = object.kind == "policy";
      if (!policy && object.kind != "domain") continue;
      for (const DatabaseObject& known : from_.objects) {
        if (known.kind != object.kind || known.name != object.name ||
            known.schema != object.schema || known.table != object.table) {
          continue;
        }
        policy ? add_policy(known, object, counterparts) : add_domain(known, object);
      }
    }
  }

  void add_policy(const DatabaseObject& known, DatabaseObject& policy,
                  const Counterparts& counterparts) {
    const Table* after = nullptr;
    const Table* before = begin_table(policy.table, counterparts, &after);
    if (before == nullptr) return;
    for (const char* property : {"using", "check"}) {
      const auto left = known.properties.find(property);
      const auto right = policy.properties.find(property);
      if (left == known.properties.end() || right == policy.properties.end()) continue;
      const auto* left_text = std::get_if<SqlText>(&left->second);
      auto* right_text = std::get_if<SqlText>(&right->second);
      if (left_text == nullptr || right_text == nullptr) continue;
      const bool query =
          holds_query(postgresql_text(*left_text)) || holds_query(postgresql_text(*right_text));
      add_part(*before, *after, query ? TextKind::kCondition : TextKind::kCheck, *left_text, *right_text);
    }
  }

  void add_domain(const DatabaseObject& known, DatabaseObject& domain) {
    const auto left = known.properties.find("checks");
    const auto right = domain.properties.find("checks");
    if (left == known.properties.end() || right == domain.properties.end()) return;
    const auto* before = std::get_if<std::vector<NamedText>>(&left->second);
    auto* after = std::get_if<std::vector<NamedText>>(&right->second);
    if (before == nullptr || after == nullptr) return;
    const ColumnTypes value = {
        {"value", type_without_modifiers(type_from_sql(known.text("type"), &from_), &from_)}};
    for (NamedText& check : *after) {
      for (const NamedText& other : *before) {
        if (other.name != check.name || other.text == check.text) continue;
        if (canonical_expression(other.text, value) == canonical_expression(check.text, value)) {
          continue;
        }
        pair(text(TextKind::kDomain, nullptr, known.text("type"), other.text),
             text(TextKind::kDomain, nullptr, known.text("type"), check.text),
             [&other, &check] { check.text = other.text; });
      }
    }
  }

  const Schema& from_;
  Schema& to_;
  DifferingTexts found_;
  std::map<const Table*, const Table*> scratch_tables_;
  const Table* types_of_ = nullptr;
  ColumnTypes types_;
};

}  // namespace

DifferingTexts differing_texts(const Schema& from, Schema& to) {
  return Collector(from, to).collect();
}

}  // namespace ormdb::postgresql
