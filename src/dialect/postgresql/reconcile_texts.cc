#include "dialect/postgresql/reconcile_texts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/expression.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/normalize.h"
#include "dialect/postgresql/reconcile_declared.h"
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
ScratchTable visible_columns(const Table& from, const Table& to) {
  ScratchTable table;
  table.name = to.name;
  table.columns = from.columns;
  for (const Column& column : to.columns) {
    if (from.find_column(column.name) == nullptr) table.columns.push_back(column);
  }
  return table;
}

/// id::text, (t.id)::text, CAST(t.id AS text)
bool casts_one_of(const std::set<std::string>& columns, std::string_view sql) {
  if (columns.empty()) return false;
  const std::vector<SqlToken> tokens = scan_sql_tokens(sql, SqlDialect::kPostgresql);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!tokens[i].can_be_name() || !columns.contains(tokens[i].unquoted())) continue;
    std::size_t next = i + 1;
    while (next + 1 < tokens.size() && tokens[next].is_symbol(")")) ++next;
    if (tokens[next].is_symbol("::")) return true;
    std::size_t begin = i;
    while (begin > 1 && tokens[begin - 1].is_symbol(".")) begin -= 2;
    if (begin > 1 && tokens[begin - 1].is_symbol("(") && tokens[begin - 2].is_word("cast")) {
      return true;
    }
  }
  return false;
}

/// A statistics object's column is a name or an expression in parentheses.
bool is_expression(const std::string& column) { return column.starts_with('('); }

class Collector {
 public:
  Collector(const Schema& from, Schema& to) : from_(from), to_(to), known_(from) {}

  DifferingTexts collect() {
    for (Table& table : to_.tables) {
      if (const Table* found = known_.counterpart(table)) add_table(*found, table);
    }
    for (View& view : to_.views) add_view(view);
    for (Trigger& trigger : to_.triggers) add_trigger(trigger);
    add_objects();
    return std::move(found_);
  }

 private:
  ScratchText* text(TextKind kind, const ScratchTable* table, std::string type, std::string sql) {
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
  const ScratchTable* scratch_table(const Table& from, const Table& to) {
    const auto [place, is_new] = scratch_tables_.emplace(&from, nullptr);
    if (is_new) {
      found_.tables.push_back(visible_columns(from, to));
      place->second = &found_.tables.back();
    }
    return place->second;
  }

  /// The same for what stands on a view of the database.
  const ScratchTable* scratch_view(const View& view) {
    const auto [place, is_new] = scratch_tables_.emplace(&view, nullptr);
    if (is_new) {
      found_.tables.push_back({view.name, {}, sql_name(view)});
      place->second = &found_.tables.back();
    }
    return place->second;
  }

  /// For texts that see no columns.
  const ScratchTable* empty_table() {
    const auto [place, is_new] = scratch_tables_.emplace(nullptr, nullptr);
    if (is_new) {
      found_.tables.push_back({"ormdb_nothing", {}, ""});
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
    add_partitioning(from, to);
  }

  void add_option(TextKind kind, const ScratchTable* table, const std::string& type,
                  const std::string& before, std::string& after) {
    pair(text(kind, table, type, before), text(kind, table, type, after),
         [&before, &after] { after = before; });
  }

  void add_partitioning(const Table& from, Table& to) {
    const std::string& key = postgresql_option(from.options, "partition_by");
    const std::string& bound = postgresql_option(from.options, "partition_bound");
    if (key.empty() && bound.empty()) return;
    Options before = from.options, after = to.options;
    normalize_options(before);
    normalize_options(after);
    const auto differ = [&](const char* name) {
      const std::string& wanted = postgresql_option(after, name);
      return !wanted.empty() && wanted != postgresql_option(before, name);
    };
    if (!key.empty() && differ("partition_by")) {
      add_option(TextKind::kKey, scratch_table(from, to), "", key,
                 to.options["postgresql"]["partition_by"]);
    }
    if (bound.empty() || !differ("partition_bound")) return;
    const Table* parent = to_.find_table(postgresql_option(to.options, "partition_of"));
    const Table* known = parent == nullptr ? nullptr : known_.counterpart(*parent);
    if (known == nullptr || postgresql_option(known->options, "partition_by").empty()) return;
    add_option(TextKind::kBound, scratch_table(*known, *parent),
               postgresql_option(known->options, "partition_by"), bound,
               to.options["postgresql"]["partition_bound"]);
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
      const ScratchTable* table = scratch_table(from, to);
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
    const ScratchTable* table = scratch_table(from, to);
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
    if (differ(before, after, types())) add_text(scratch_table(from, to), kind, before, after);
  }

  void add_text(const ScratchTable* table, TextKind kind, const SqlText& before, SqlText& after) {
    pair(text(kind, table, "", postgresql_text(before)),
         text(kind, table, "", postgresql_text(after)),
         [&before, &after] { take_text(before, after); });
  }

  void add_index(const Table& from, const Table& to, Index& index) {
    for (const Index& known : from.indexes) {
      if (known.name != index.name || known.columns.size() != index.columns.size()) continue;
      for (std::size_t i = 0; i < index.columns.size(); ++i) {
        add_part(from, to, TextKind::kValue, known.columns[i].expression,
                 index.columns[i].expression);
      }
      add_part(from, to, TextKind::kCheck, known.where, index.where);
    }
  }

  /// Indexes of a materialized view, whose columns only the database knows.
  void add_view_index(const View& known_view, Index& index) {
    const auto add = [&](TextKind kind, const SqlText& before, SqlText& after) {
      if (differ(before, after, {})) add_text(scratch_view(known_view), kind, before, after);
    };
    for (const Index& known : known_view.indexes) {
      if (known.name != index.name || known.columns.size() != index.columns.size()) continue;
      for (std::size_t i = 0; i < index.columns.size(); ++i) {
        add(TextKind::kValue, known.columns[i].expression, index.columns[i].expression);
      }
      add(TextKind::kCheck, known.where, index.where);
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
    for (Index& index : view.indexes) add_view_index(*known, index);
    SqlText before = known->query, after = view.query;
    normalize_query(before);
    normalize_query(after);
    if (before.empty() || after.empty()) return;
    if (before == after && known->columns == view.columns) return;
    // The server leaves out what is no cast for the one type, and the other needs it.
    if (casts_one_of(retyped(), postgresql_text(view.query))) return;
    ScratchText* left = text(TextKind::kQuery, nullptr, "", postgresql_text(known->query));
    left->columns = known->columns;
    ScratchText* right = text(TextKind::kQuery, nullptr, "", postgresql_text(view.query));
    right->columns = view.columns;
    pair(left, right, [known, &view] {
      take_text(known->query, view.query);
      view.columns = known->columns;
    });
  }

  const std::set<std::string>& retyped() {
    if (!retyped_) retyped_ = retyped_columns(from_, to_);
    return *retyped_;
  }

  /// The tables that an object stands on, before and after; nullptr when there is no such pair.
  const Table* begin_table(const std::string& name, const Table** after) {
    *after = to_.find_table(name);
    const Table* found = *after == nullptr ? nullptr : known_.counterpart(**after);
    types_ = {};
    types_of_ = found;
    return found;
  }

  void add_trigger(Trigger& trigger) {
    if (trigger.when.empty()) return;
    const Table* after = nullptr;
    const Table* before = begin_table(trigger.table, &after);
    if (before == nullptr) return;
    for (const Trigger& known : from_.triggers) {
      if (known.name != trigger.name || known.table != qualified_name(*before)) continue;
      add_part(*before, *after, TextKind::kTrigger, known.when, trigger.when);
    }
  }

  void add_objects() {
    using Add = void (Collector::*)(const DatabaseObject&, DatabaseObject&);
    static const std::map<std::string, Add, std::less<>> kKinds = {
        {"policy", &Collector::add_policy},
        {"domain", &Collector::add_domain},
        {"rule", &Collector::add_rule},
        {"statistics", &Collector::add_statistics}};
    for (DatabaseObject& object : to_.objects) {
      const auto kind = kKinds.find(object.kind);
      if (kind == kKinds.end()) continue;
      for (const DatabaseObject& known : from_.objects) {
        if (known.kind != object.kind || known.name != object.name ||
            known.schema != object.schema || known.table != object.table) {
          continue;
        }
        (this->*kind->second)(known, object);
      }
    }
  }

  void add_policy(const DatabaseObject& known, DatabaseObject& policy) {
    const Table* after = nullptr;
    const Table* before = begin_table(policy.table, &after);
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
      add_part(*before, *after, query ? TextKind::kCondition : TextKind::kCheck, *left_text,
               *right_text);
    }
  }

  static std::string rule_text(const DatabaseObject& rule) {
    const std::string& where = rule.text("where", "postgresql");
    return (where.empty() ? "" : "WHERE (" + where + ") ") +
           (rule.flag("instead") ? "DO INSTEAD " : "DO ALSO ") + rule.text("action", "postgresql");
  }

  void add_rule(const DatabaseObject& known, DatabaseObject& rule) {
    const std::string event = known.text("event");
    if (event == "select" || to_lower(rule.text("event")) != event) return;
    DatabaseObject left = known, right = rule;
    if (!normalize_object(left, from_) || !normalize_object(right, from_)) return;
    if (left.text("where") == right.text("where") && left.text("action") == right.text("action")) {
      return;
    }
    const Table* after = nullptr;
    const Table* before = begin_table(rule.table, &after);
    const View* view = from_.find_view(rule.table);
    if (before == nullptr && view == nullptr) return;
    const ScratchTable* table =
        before == nullptr ? scratch_view(*view) : scratch_table(*before, *after);
    pair(text(TextKind::kRule, table, event, rule_text(known)),
         text(TextKind::kRule, table, event, rule_text(rule)), [&known, &rule] {
           for (const char* property : {"where", "action"}) {
             const auto found = known.properties.find(property);
             rule.properties.erase(property);
             if (found != known.properties.end()) rule.properties.insert(*found);
           }
         });
  }

  /// Expressions have no names, so each that has no twin may be any.
  void add_statistics(const DatabaseObject& known, DatabaseObject& statistics) {
    const Table* after = nullptr;
    const Table* before = begin_table(statistics.text("on"), &after);
    const auto left = known.properties.find("columns");
    const auto right = statistics.properties.find("columns");
    if (before == nullptr || left == known.properties.end() ||
        right == statistics.properties.end()) {
      return;
    }
    const auto* old = std::get_if<std::vector<std::string>>(&left->second);
    auto* now = std::get_if<std::vector<std::string>>(&right->second);
    if (old == nullptr || now == nullptr) return;
    std::vector<std::pair<const std::string*, ScratchText*>> spelled;
    for (const std::string& column : *old) {
      if (!is_expression(column) || has_twin(column, *now)) continue;
      spelled.emplace_back(&column,
                           text(TextKind::kValue, scratch_table(*before, *after), "", column));
    }
    if (spelled.empty()) return;
    for (std::string& column : *now) {
      if (!is_expression(column) || has_twin(column, *old)) continue;
      ScratchText* wanted = text(TextKind::kValue, scratch_table(*before, *after), "", column);
      for (const auto& [expression, found] : spelled) {
        pair(found, wanted, [expression = expression, &column] { column = *expression; });
      }
    }
  }

  static bool has_twin(const std::string& column, const std::vector<std::string>& others) {
    const std::string canonical = canonical_expression(column);
    return std::any_of(others.begin(), others.end(), [&](const std::string& other) {
      return canonical_expression(other) == canonical;
    });
  }

  void add_domain_default(const DatabaseObject& known, DatabaseObject& domain) {
    const std::string before = known.text("default", "postgresql");
    const std::string after = domain.text("default", "postgresql");
    if (before.empty() || after.empty() || before == after) return;
    const Type type = canonical_type(type_from_sql(known.text("type"), &from_), &from_);
    if (normalized_default(Literal::expression(before), type, from_) ==
        normalized_default(Literal::expression(after), type, from_)) {
      return;
    }
    pair(text(TextKind::kDefault, empty_table(), known.text("type"), before),
         text(TextKind::kDefault, empty_table(), known.text("type"), after), [before, &domain] {
           domain.properties["default"] = SqlText{before, {}};
         });
  }

  void add_domain(const DatabaseObject& known, DatabaseObject& domain) {
    add_domain_default(known, domain);
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
  const KnownTables known_;
  DifferingTexts found_;
  std::map<const void*, const ScratchTable*> scratch_tables_;  ///< By table or view.
  const Table* types_of_ = nullptr;
  ColumnTypes types_;
  std::optional<std::set<std::string>> retyped_;
};

}  // namespace

DifferingTexts differing_texts(const Schema& from, Schema& to) {
  return Collector(from, to).collect();
}

}  // namespace ormdb::postgresql
