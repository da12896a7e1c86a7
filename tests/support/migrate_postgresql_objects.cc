#include <algorithm>

#include "base/text.h"
#include "support/migrate_postgresql_builder.h"

namespace ormdb::test {
namespace {

void put(DatabaseObject& object, const std::string& property, const std::string& text) {
  SqlText value;
  value.common = text;
  if (!text.empty()) object.properties[property] = std::move(value);
}

std::string plain(const Table& table, const char* but = "") {
  for (const Column& column : table.columns) {
    if (sample_of(column.type) != nullptr && column.name != but) return column.name;
  }
  return table.columns.front().name;
}

}  // namespace

DatabaseObject& PostgresqlSchemaBuilder::add_object(std::string kind, std::string name,
                                                    std::string signature) {
  DatabaseObject object;
  object.kind = std::move(kind);
  object.name = std::move(name);
  object.signature = std::move(signature);
  schema_.objects.push_back(std::move(object));
  return schema_.objects.back();
}

// Types ----------------------------------------------------------------------------------------

void PostgresqlSchemaBuilder::add_types() {
  if (chance("mood", 60)) {
    static const std::vector<std::vector<std::string>> values = {
        {"ok", "sad"},           {"sad", "ok"},         {"ok", "so-so", "sad"},
        {"ok", "sad", "it's"},   {"Best", "ok", "sad"}, {"ok", "sad", "it's", "worst", "no"},
        {"ok", "hm", "sad", "x"}};
    Enum mood;
    mood.name = "mood";
    mood.schema = place("mood");
    mood.values = genes_.pick("mood.values", values);
    mood.comment = comment("mood");
    mood_ = Type::of(TypeKind::kEnum);
    mood_.name = qualified_name(mood);
    schema_.enums.push_back(std::move(mood));
  }
  if (chance("collation", 25)) {
    DatabaseObject& collation = add_object("collation", "mine");
    put(collation, "locale", chance("collation.posix", 30) ? "POSIX" : "C");
    collation.comment = comment("collation");
    collation_ = "mine";
  }
  if (chance("price", 40)) {
    DatabaseObject& domain = add_object("domain", "price");
    domain.schema = place("price");
    static const std::vector<std::string> types = {"numeric(9,2)", "numeric(12,2)", "integer"};
    put(domain, "type", genes_.pick("price.type", types));
    if (chance("price.default", 40)) put(domain, "default", "0");
    if (chance("price.not_null", 20)) put(domain, "not_null", "true");
    if (chance("price.check", 60)) {
      const bool other = chance("price.other", 40);
      domain.properties["checks"] = std::vector<NamedText>{
          {"price_check", other ? "VALUE BETWEEN 0 AND 9999" : "VALUE >= 0"}};
    }
    domain.comment = comment("price");
    price_ = qualified_name(domain);
  }
  add_word();
  if (chance("pair", 30)) {
    DatabaseObject& pair = add_object("composite_type", "pair");
    std::string second = chance("pair.short", 30) ? "varchar(30)" : "text";
    if (chance("pair.mood", 20) && !mood_.name.empty()) second = mood_.name;
    if (chance("pair.word", 20) && !word_.empty()) second = word_;
    std::vector<NamedText> attributes = {{"a", chance("pair.big", 30) ? "bigint" : "int"},
                                         {"b", std::move(second)}};
    pair.properties["attributes"] = std::move(attributes);
    pair.comment = comment("pair");
    pair_ = qualified_name(pair);
  }
}

void PostgresqlSchemaBuilder::add_word() {
  if (!chance("word", 35)) return;
  DatabaseObject& word = add_object("domain", "word");
  const bool of_mood = chance("word.mood", 50) && !mood_.name.empty();
  put(word, "type", of_mood ? mood_.name : chance("word.short", 30) ? "varchar(20)" : "text");
  if (!of_mood && !collation_.empty() && chance("word.collated", 60)) {
    put(word, "collate", collation_);
  }
  if (chance("word.default", 30)) put(word, "default", "'ok'");
  if (chance("word.check", 40)) {
    word.properties["checks"] =
        std::vector<NamedText>{{"word_check", chance("word.other", 30) ? "VALUE <> 'sad'"
                                                                       : "VALUE IN ('ok', 'sad')"}};
    if (chance("word.said", 40)) {
      word.properties["check_comments"] = std::vector<NamedText>{{"word_check", "it's a word"}};
    }
  }
  word.comment = comment("word");
  word_ = qualified_name(word);
}

void PostgresqlSchemaBuilder::add_sequence() {
  if (!chance("seq", 40)) return;
  DatabaseObject& sequence = add_object("sequence", "Number");
  sequence.schema = place("seq");
  if (chance("seq.type", 30)) put(sequence, "type", "integer");
  if (chance("seq.start", 40)) put(sequence, "start", "50");
  if (chance("seq.step", 40)) put(sequence, "increment", chance("seq.five", 50) ? "5" : "2");
  if (chance("seq.max", 20)) put(sequence, "max", "100000");
  if (chance("seq.cache", 20)) put(sequence, "cache", "10");
  if (chance("seq.cycle", 20)) put(sequence, "cycle", "true");
  sequence.comment = comment("seq");
}

// Routines -------------------------------------------------------------------------------------

void PostgresqlSchemaBuilder::add_routines() {
  DatabaseObject& touch = add_object("function", "touch");
  touch.schema = place("touch");
  put(touch, "returns", "trigger");
  put(touch, "language", "plpgsql");
  put(touch, "body",
      chance("touch.other", 30) ? "BEGIN\n  -- nothing\n  RETURN NEW;\nEND;\n"
                                : "BEGIN RETURN NEW; END");
  touch.comment = comment("touch");
  touch_ = (touch.schema.empty() ? "" : touch.schema + ".") + touch.name;
  if (chance("twice", 50)) {
    DatabaseObject& twice = add_object("function", "twice", "integer");
    put(twice, "arguments", chance("twice.named", 40) ? "x integer" : "number integer");
    put(twice, "returns", "integer");
    put(twice, "language", "sql");
    put(twice, "volatility", "immutable");
    if (chance("twice.strict", 30)) put(twice, "strict", "true");
    if (chance("twice.cost", 20)) put(twice, "cost", "5");
    if (chance("twice.parallel", 20)) put(twice, "parallel", "safe");
    put(twice, "body", chance("twice.plus", 40) ? "SELECT $1 + $1" : "SELECT $1 * 2");
    twice_ = twice.name;
  }
  if (chance("rows", 25) && !mood_.name.empty()) {
    DatabaseObject& rows = add_object("function", "feels", mood_.name + ", integer");
    put(rows, "arguments", "x " + mood_.name + ", n integer DEFAULT 3");
    put(rows, "returns", "TABLE(answer boolean, times integer)");
    put(rows, "language", "sql");
    put(rows, "body", "SELECT x = 'ok', n");
    put(rows, "rows", chance("rows.few", 40) ? "10" : "");
    if (chance("rows.set", 30)) {
      rows.properties["set"] = std::vector<NamedText>{{"search_path", "pg_catalog, public"}};
    }
  }
  if (chance("procedure", 20)) {
    DatabaseObject& procedure = add_object("procedure", "tidy", "text");
    put(procedure, "arguments", "IN name text");
    put(procedure, "language", "plpgsql");
    put(procedure, "body", chance("procedure.other", 40) ? "BEGIN NULL; END" : "BEGIN END");
    procedure.comment = comment("procedure");
  }
}

void PostgresqlSchemaBuilder::add_operators() {
  if (chance("aggregate", 15) && !twice_.empty()) {
    DatabaseObject& aggregate = add_object("aggregate", "total", "integer");
    put(aggregate, "state_function", "int4pl");
    put(aggregate, "state_type", "integer");
    put(aggregate, "initial", chance("aggregate.one", 30) ? "1" : "0");
    aggregate.comment = comment("aggregate");
  }
  if (chance("operator", 15)) {
    DatabaseObject& same = add_object("operator", "===", "integer, integer");
    put(same, "function", "int4eq");
    put(same, "commutator", chance("operator.commutes", 50) ? "===" : "");
    same.comment = comment("operator");
  }
}

// Views ----------------------------------------------------------------------------------------

std::string PostgresqlSchemaBuilder::query_of(const std::string& gene, const Table& table) {
  const std::string from = quoted_relation(table);
  const std::string a = quoted_name(plain(table));
  const std::string b =
      quoted_name(table.columns[choose(gene + ".column", table.columns.size())].name);
  switch (choose(gene + ".shape", 8)) {
    case 1:
      return "SELECT " + b + " AS one, 'x' AS two FROM " + from + " WHERE " + b + " IS NOT NULL";
    case 2:
      return "select count(*) as n, max(length(" + b + "::text)) AS longest from " + from;
    case 3:
      return "SELECT t.*, row_number() OVER (ORDER BY t." + a + "::text DESC) AS nr FROM " + from +
             " t";
    case 4:
      return "WITH few AS (SELECT " + b + " AS one FROM " + from +
             " LIMIT 10) SELECT one, one IS NULL AS missing FROM few";
    case 5:
      return "SELECT " + a + "::text AS one FROM " + from + " UNION ALL SELECT " + b +
             "::text FROM " + from + " ORDER BY 1";
    case 6:
      return "SELECT x." + a + " AS one, CASE WHEN y." + b + " IS NULL THEN 'no' ELSE 'yes' END " +
             "AS two FROM " + from + " x LEFT JOIN " + from + " y ON x." + a + "::text = y." + b +
             "::text";
    case 7:
      return "SELECT " + b + " AS one FROM " + from + " WHERE EXISTS (SELECT 1 FROM " + from +
             " z WHERE z." + a + " IS NOT NULL)";
    default:
      return "SELECT " + a + " AS one FROM " + from;
  }
}

void PostgresqlSchemaBuilder::add_view(const std::string& gene, const std::string& name,
                                       bool materialized) {
  View view;
  view.name = name;
  view.schema = place(gene);
  view.materialized = materialized;
  view.comment = comment(gene);
  const Table& table = schema_.tables[choose(gene + ".table", schema_.tables.size())];
  view.query.common = query_of(gene, table);
  if (!schema_.views.empty() && chance(gene + ".on_view", 40)) {
    const View& below = schema_.views[choose(gene + ".below", schema_.views.size())];
    const std::string from =
        (below.schema.empty() ? "" : below.schema + ".") + quoted_name(below.name);
    view.query.common = chance(gene + ".star", 30) ? "SELECT * FROM " + from
                                                   : "SELECT count(*) AS n, 1 AS one FROM " + from;
  }
  if (materialized) {
    if (chance(gene + ".fill", 20)) view.options["postgresql"]["fillfactor"] = "75";
  } else if (chance(gene + ".barrier", 20)) {
    view.options["postgresql"]["security_barrier"] = "true";
  }
  schema_.views.push_back(std::move(view));
}

void PostgresqlSchemaBuilder::add_views() {
  for (const char* name : {"v_one", "View Two", "v3"}) {
    const std::string gene = std::string("view.") + name;
    if (chance(gene, 45)) add_view(gene, name, false);
  }
  if (chance("view.stored", 35)) {
    add_view("view.stored", "stored", true);
    View& view = schema_.views.back();
    if (chance("view.stored.index", 50)) {
      Index index;
      index.name = "ix_stored";
      KeyPart part;
      part.expression.common = chance("view.stored.other", 40) ? "1 + 1" : "2 + 2";
      index.columns.push_back(std::move(part));
      view.indexes.push_back(std::move(index));
      if (chance("view.stored.clustered", 30)) {
        view.options["postgresql"]["clustered_on"] = "ix_stored";
      }
    }
  }
}

// What stands on a table -----------------------------------------------------------------------

void PostgresqlSchemaBuilder::add_triggers(const Table& table, const std::string& gene) {
  if (!chance(gene + ".trigger", 25)) return;
  const bool partition = table.name.starts_with("measure");
  const std::string column = plain(table);
  Trigger trigger;
  trigger.name = "tr " + table.name;
  trigger.table = qualified_name(table);
  trigger.timing = chance(gene + ".before", 50) ? "before" : "after";
  trigger.events = {"insert"};
  trigger.function = touch_ + (chance(gene + ".argument", 30) ? "('a', 1)" : "()");
  trigger.comment = comment(gene + ".trigger");
  const bool made = table.find_column(column)->generated.has_value();
  if (chance(gene + ".update", 50) && !made) {
    trigger.events.push_back("update");
    if (chance(gene + ".of", 50)) trigger.update_of = {column};
  }
  if (chance(gene + ".statement", 25)) {
    trigger.for_each_row = false;
    const bool one_event = trigger.events.size() == 1;
    if (trigger.timing == "after" && one_event && !partition && chance(gene + ".rows", 50)) {
      trigger.options["postgresql"]["new_table"] = "fresh";
    }
  } else if (chance(gene + ".when", 40) && !made) {
    trigger.when.common = "NEW." + quoted_name(column) + " IS NOT NULL";
  }
  if (chance(gene + ".disabled", 10)) trigger.options["postgresql"]["enabled"] = "disabled";
  schema_.triggers.push_back(std::move(trigger));
}

void PostgresqlSchemaBuilder::add_table_objects(const Table& table, const std::string& gene) {
  const std::string column = plain(table);
  const bool made = table.find_column(column)->generated.has_value();
  if (chance(gene + ".policy", 20)) {
    DatabaseObject& policy = add_object("policy", "own rows");
    policy.table = qualified_name(table);
    static const std::vector<std::string> commands = {"", "select", "update", "delete"};
    put(policy, "command", genes_.pick(gene + ".command", commands));
    const bool other = chance(gene + ".other_using", 40);
    put(policy, "using", quoted_name(column) + (other ? " IS NULL OR true" : " IS NOT NULL"));
    if (chance(gene + ".restrictive", 30)) put(policy, "restrictive", "true");
    if (chance(gene + ".roles", 30)) {
      policy.properties["roles"] = std::vector<std::string>{"pg_read_all_settings"};
    }
    policy.comment = comment(gene + ".policy");
  }
  if (chance(gene + ".rule", 10) && !made) {
    DatabaseObject& rule = add_object("rule", "keep");
    rule.table = qualified_name(table);
    put(rule, "event", "delete");
    put(rule, "where", "OLD." + quoted_name(column) + " IS NULL");
    put(rule, "instead", "true");
    put(rule, "action", "NOTHING");
    if (chance(gene + ".rule_acts", 40)) {
      put(rule, "action", "UPDATE " + quoted_relation(table) + " SET " + quoted_name(column) +
                              " = DEFAULT WHERE 1 IN (2, 3)");
    }
    rule.comment = comment(gene + ".rule");
  }
  const Column& first = *table.find_column(column);
  const Column& second = *table.find_column(plain(table, column.c_str()));
  const bool fit = sample_of(first.type)->comparable && sample_of(second.type) != nullptr &&
                   sample_of(second.type)->comparable && !first.generated && !second.generated;
  if (chance(gene + ".statistics", 15) && &first != &second && fit) {
    DatabaseObject& statistics = add_object("statistics", "st_" + table.name);
    put(statistics, "on", qualified_name(table));
    statistics.properties["columns"] =
        std::vector<std::string>{quoted_name(first.name), quoted_name(second.name)};
    if (chance(gene + ".expression", 30)) {
      std::get<std::vector<std::string>>(statistics.properties["columns"])
          .push_back("((" + quoted_name(first.name) + "::text || 'x'))");
    }
    if (chance(gene + ".kinds", 50)) {
      statistics.properties["kinds"] = std::vector<std::string>{"ndistinct"};
    }
    statistics.comment = comment(gene + ".statistics");
  }
}

}  // namespace ormdb::test
