// Triggers and event triggers.

#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/introspect_parts.h"

namespace ormdb::postgresql {
namespace {

// Bits of tgtype (TRIGGER_TYPE_… in pg_trigger.h).
constexpr std::int64_t kRow = 1;
constexpr std::int64_t kBefore = 2;
constexpr std::int64_t kInsert = 4;
constexpr std::int64_t kDelete = 8;
constexpr std::int64_t kUpdate = 16;
constexpr std::int64_t kTruncate = 32;
constexpr std::int64_t kInsteadOf = 64;

std::string triggers_query(const Catalog& catalog) {
  return "SELECT t.oid, t.tgrelid, t.tgname, t.tgtype, t.tgattr, t.tgenabled,"
         " t.tgconstraint <> '0', t.tgdeferrable, t.tginitdeferred, f.relnamespace, f.relname,"
         " t.tgoldtable, t.tgnewtable, pg_get_triggerdef(t.oid, false)"
         " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
         " LEFT JOIN pg_class f ON f.oid = t.tgconstrrelid"
         " WHERE NOT t.tgisinternal AND t.tgparentid = '0' AND " +
         catalog.in_schemas("c.relnamespace");
}

// The condition has no other way out: pg_get_expr() refuses expressions of OLD and NEW.
void put_condition_and_call(Trigger& trigger, std::string_view definition) {
  int depth = 0;
  std::size_t condition = std::string_view::npos;
  const std::vector<SqlToken> tokens = scan_sql_tokens(definition, SqlDialect::kPostgresql);
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (tokens[i].is_symbol("(")) ++depth;
    if (tokens[i].is_symbol(")")) --depth;
    if (depth != 0) continue;
    if (tokens[i].is_word("when")) condition = tokens[i].end;
    if (!tokens[i].is_word("execute")) continue;
    trigger.function = definition.substr(tokens[i + 2].begin);
    if (condition != std::string_view::npos) {
      const std::string_view text = definition.substr(condition, tokens[i].begin - condition);
      trigger.when.common = trim(without_outer_parentheses(trim(text)));
    }
    return;
  }
}

void put_events(Trigger& trigger, std::int64_t type) {
  trigger.timing = (type & kInsteadOf) != 0 ? "instead_of"
                   : (type & kBefore) != 0  ? "before"
                                            : "after";
  trigger.for_each_row = (type & kRow) != 0;
  if ((type & kInsert) != 0) trigger.events.emplace_back("insert");
  if ((type & kUpdate) != 0) trigger.events.emplace_back("update");
  if ((type & kDelete) != 0) trigger.events.emplace_back("delete");
  if ((type & kTruncate) != 0) trigger.events.emplace_back("truncate");
}

std::string enabled_word(char letter) {
  return word_of(letter, {{'D', "disabled"}, {'R', "replica"}, {'A', "always"}});
}

Trigger read_trigger(const Catalog& catalog, Oid oid, const Relation& relation, CatalogRow& row) {
  Trigger trigger;
  trigger.table = relation.qualified;
  trigger.comment = catalog.comment(CatalogClass::kTrigger, oid);
  trigger.name = row.text();
  put_events(trigger, row.integer());
  for (const std::int64_t number : row.numbers()) {
    trigger.update_of.push_back(relation.column(number));
  }
  put(trigger.options, "enabled", enabled_word(row.letter()));
  put_flag(trigger.options, "constraint", row.flag());
  const bool deferrable = row.flag();
  const bool deferred = row.flag();
  if (deferrable) put(trigger.options, "deferrable", deferred ? "deferred" : "immediate");
  const Oid from_schema = row.oid();
  const std::string from = row.text();
  if (!from.empty()) put(trigger.options, "from", catalog.qualified(from_schema, from));
  put(trigger.options, "old_table", row.text());
  put(trigger.options, "new_table", row.text());
  put_condition_and_call(trigger, row.text());
  return trigger;
}

}  // namespace

void read_triggers(const Catalog& catalog, Draft& draft) {
  catalog.each_row(triggers_query(catalog), [&](CatalogRow& row) {
    const Oid oid = row.oid();
    const Relation* relation = draft.relation(row.oid());
    if (relation == nullptr) return;
    draft.schema.triggers.push_back(read_trigger(catalog, oid, *relation, row));
  });
}

// They belong to no schema; the one that counts is their function's.
void read_event_triggers(const Catalog& catalog, Draft& draft) {
  const std::string sql =
      "SELECT e.oid, e.evtname, e.evtevent, " + Catalog::function_name("e.evtfoid") +
      ", e.evttags, e.evtenabled FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid "
      "WHERE " +
      (catalog.chooses_all() ? std::string("true") : catalog.in_schemas("p.pronamespace")) +
      " AND " + Catalog::not_of_extension(CatalogClass::kEventTrigger, "e.oid");
  catalog.each_row(sql, [&](CatalogRow& row) {
    DatabaseObject object;
    object.kind = "event_trigger";
    object.comment = catalog.comment(CatalogClass::kEventTrigger, row.oid());
    object.name = row.text();
    put(object, "event", row.text());
    put(object, "function", row.text());
    put(object, "tags", row.list());
    put(object, "enabled", enabled_word(row.letter()));
    draft.schema.objects.push_back(std::move(object));
  });
}

}  // namespace ormdb::postgresql
