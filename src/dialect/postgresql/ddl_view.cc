#include "dialect/postgresql/ddl_view.h"

#include <algorithm>

#include "base/text.h"
#include "dialect/postgresql/ddl.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"
#include "ops/canonical.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

constexpr std::string_view kColumnComment = "comment.";

std::string kind_words(const View& view) {
  return view.materialized ? "MATERIALIZED VIEW " : "VIEW ";
}

bool is_parameter(const std::string& name) {
  return name != "unpopulated" && name != "access_method" && name != "clustered_on" &&
         !name.starts_with(kColumnComment);
}

// The index that CLUSTER without a name goes by.
std::string cluster_sql(const View& view) {
  const std::string& index = option(view.options, "clustered_on");
  return "ALTER MATERIALIZED VIEW " + sql_name(view) +
         (index.empty() ? " SET WITHOUT CLUSTER" : " CLUSTER ON " + quote(index));
}

Parameters view_parameters(const View& view) {
  Parameters parameters;
  for (const auto& [name, value] : settings(view.options)) {
    if (is_parameter(name)) parameters.emplace_back(name, value);
  }
  return parameters;
}

std::string create_statement(const View& view) {
  std::string text = "CREATE " + kind_words(view) + sql_name(view);
  if (!view.columns.empty()) text += " (" + quoted_list(view.columns) + ")";
  const std::string& method = option(view.options, "access_method");
  if (!method.empty()) text += " USING " + quote(method);
  const Parameters parameters = view_parameters(view);
  if (!parameters.empty()) text += " WITH (" + parameters_sql(parameters) + ")";
  text += " AS\n" + postgresql_text(view.query);
  return has_flag(view.options, "unpopulated") ? text + "\nWITH NO DATA" : text;
}

// An index that is made anew has lost its role, one that goes takes it along.
std::vector<std::string> recluster_sql(const View& from, const View& to) {
  const std::string& index = option(to.options, "clustered_on");
  const auto had = std::find_if(from.indexes.begin(), from.indexes.end(), [&](const Index& old) {
    return old.name == option(from.options, "clustered_on");
  });
  const bool stays = had != from.indexes.end() && contains(to.indexes, *had);
  const bool same = stays ? index == had->name : index.empty();
  if (same) return {};
  return {cluster_sql(to)};
}

std::string column_of(const View& view, const std::string& key) {
  return "COLUMN " + sql_name(view) + "." + quote(key.substr(kColumnComment.size()));
}

std::vector<std::string> create_index(const Index& index, const View& view, const Schema& schema) {
  const std::string name = qualified_name(view);
  std::vector<std::string> statements = {index_sql(index, name, schema)};
  append(statements, index_settings_sql(index, name, schema));
  return statements;
}

std::string event_sql(const Trigger& trigger, const std::string& event) {
  if (event != "update" || trigger.update_of.empty()) return to_upper(event);
  return "UPDATE OF " + quoted_list(trigger.update_of);
}

std::string events_sql(const Trigger& trigger) {
  std::vector<std::string> words;
  for (const std::string& event : trigger.events) words.push_back(event_sql(trigger, event));
  return join(words, " OR ");
}

std::string transition_tables(const Options& options) {
  std::string text;
  const std::string& old_table = option(options, "old_table");
  const std::string& new_table = option(options, "new_table");
  if (!old_table.empty()) text += " OLD TABLE AS " + quote(old_table);
  if (!new_table.empty()) text += " NEW TABLE AS " + quote(new_table);
  return text.empty() ? text : "\n  REFERENCING" + text;
}

std::string create_trigger_statement(const Trigger& trigger, const Schema& schema) {
  const Options& options = trigger.options;
  const std::string timing = to_upper(replace_all(trigger.timing, "_", " "));
  std::string text =
      has_flag(options, "constraint") ? "CREATE CONSTRAINT TRIGGER " : "CREATE TRIGGER ";
  text += quote(trigger.name) + "\n  " + timing + " " + events_sql(trigger) + " ON " +
          relation_sql(trigger.table, schema);
  const std::string& from = option(options, "from");
  if (!from.empty()) text += "\n  FROM " + relation_sql(from, schema);
  const std::string& deferrable = option(options, "deferrable");
  if (!deferrable.empty()) text += "\n  DEFERRABLE INITIALLY " + to_upper(deferrable);
  text += transition_tables(options);
  text += trigger.for_each_row ? "\n  FOR EACH ROW" : "\n  FOR EACH STATEMENT";
  const std::string& when = postgresql_text(trigger.when);
  if (!when.empty()) text += " WHEN (" + when + ")";
  text += "\n  EXECUTE FUNCTION " + trigger.function;
  return trigger.function.ends_with(')') ? text : text + "()";
}

}  // namespace

std::vector<std::string> create_view_sql(const View& view, const Schema& schema) {
  std::vector<std::string> statements = {create_statement(view)};
  for (const Index& index : view.indexes) append(statements, create_index(index, view, schema));
  if (!option(view.options, "clustered_on").empty()) statements.push_back(cluster_sql(view));
  if (!view.comment.empty()) {
    statements.push_back(comment_sql(kind_words(view) + sql_name(view), view.comment));
  }
  for (const auto& [key, text] : settings(view.options)) {
    if (key.starts_with(kColumnComment)) {
      statements.push_back(comment_sql(column_of(view, key), text));
    }
  }
  return statements;
}

std::string drop_view_sql(const View& view) { return "DROP " + kind_words(view) + sql_name(view); }

bool can_alter_view(const View& from, const View& to) {
  const auto same = [&](const char* key) {
    return option(from.options, key) == option(to.options, key);
  };
  return postgresql_text(from.query) == postgresql_text(to.query) && from.columns == to.columns &&
         from.materialized == to.materialized && same("unpopulated") && same("access_method");
}

std::vector<std::string> alter_view_sql(const View& from, const View& to, const Schema& schema) {
  std::vector<std::string> statements;
  const std::string alter = "ALTER " + kind_words(to) + sql_name(to) + " ";
  for (const auto& [name, value] : settings(from.options)) {
    if (!option(to.options, name).empty() || name == "clustered_on") continue;
    statements.push_back(is_parameter(name) ? alter + "RESET (" + name + ")"
                                            : comment_sql(column_of(to, name), ""));
  }
  for (const auto& [name, value] : settings(to.options)) {
    if (option(from.options, name) == value || name == "clustered_on") continue;
    statements.push_back(is_parameter(name)
                             ? alter + "SET (" + parameters_sql({{name, value}}) + ")"
                             : comment_sql(column_of(to, name), value));
  }
  for (const Index& index : from.indexes) {
    if (!contains(to.indexes, index)) {
      statements.push_back("DROP INDEX " + dotted(to.schema, index.name));
    }
  }
  for (const Index& index : to.indexes) {
    if (!contains(from.indexes, index)) append(statements, create_index(index, to, schema));
  }
  append(statements, recluster_sql(from, to));
  if (from.comment != to.comment) {
    statements.push_back(comment_sql(kind_words(to) + sql_name(to), to.comment));
  }
  return statements;
}

std::string enabled_words(const std::string& enabled) {
  if (enabled == "disabled") return "DISABLE";
  return enabled.empty() ? "ENABLE" : "ENABLE " + to_upper(enabled);
}

std::vector<std::string> create_trigger_sql(const Trigger& trigger, const Schema& schema) {
  if (trigger.function.empty()) {
    throw Error(ErrorKind::kUnsupported,
                "trigger " + trigger.name + " has no function; PostgreSQL's triggers have no body")
        .hint("create a function that returns trigger, and give the trigger `function: name()`");
  }
  const std::string table = relation_sql(trigger.table, schema);
  std::vector<std::string> statements = {create_trigger_statement(trigger, schema)};
  const std::string& enabled = option(trigger.options, "enabled");
  if (!enabled.empty()) {
    statements.push_back("ALTER TABLE " + table + " " + enabled_words(enabled) + " TRIGGER " +
                         quote(trigger.name));
  }
  if (!trigger.comment.empty()) {
    statements.push_back(
        comment_sql("TRIGGER " + quote(trigger.name) + " ON " + table, trigger.comment));
  }
  return statements;
}

std::string drop_trigger_sql(const Trigger& trigger, const Schema& schema) {
  return "DROP TRIGGER " + quote(trigger.name) + " ON " + relation_sql(trigger.table, schema);
}

}  // namespace ormdb::postgresql
