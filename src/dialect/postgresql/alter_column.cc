#include "dialect/postgresql/alter_column.h"

#include <algorithm>

#include "base/text.h"
#include "dialect/postgresql/ddl.h"
#include "dialect/postgresql/ddl_table.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/introspect_row.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/type_change.h"
#include "dialect/postgresql/types.h"

namespace ormdb::postgresql {

namespace {

bool is_serial(const Column& column) { return has_flag(column.options, "serial"); }

std::string default_storage(const Column& column) {
  switch (column.type.kind) {
    case TypeKind::kNumeric:
      return "MAIN";
    case TypeKind::kString:
    case TypeKind::kText:
    case TypeKind::kLargeBinary:
    case TypeKind::kJson:
    case TypeKind::kJsonb:
    case TypeKind::kArray:
      return "EXTENDED";
    case TypeKind::kNative: {
      const std::string type = type_to_sql(column.type);
      return type == "inet" || type == "cidr" ? "MAIN" : "EXTENDED";
    }
    default:
      return "PLAIN";
  }
}

class ColumnChange {
 public:
  ColumnChange(const AlterColumn& change, const Schema& schema, const AroundColumn& around)
      : change_(change),
        around_(around),
        from_(change.from),
        to_(change.to),
        schema_(schema),
        table_(relation_sql(change.table, schema)),
        column_(quote(change.to.name)),
        found_(schema.find_table(change.table)) {}

  std::vector<std::string> statements() {
    inherited_ = is_inherited(to_) && has_parent();
    if (!inherited_) drop_numbers();
    if (from_.generated && !to_.generated && !inherited_) alter("DROP EXPRESSION");
    const bool retyped = changes_type(change_, schema_);
    if (retyped) type();
    if (!around_.default_is_out) default_value(retyped);
    nullability();
    if (!inherited_) add_numbers();
    settings(retyped);
    return std::move(statements_);
  }

 private:
  void add(std::string sql) { statements_.push_back(std::move(sql)); }
  void alter(const std::string& what) {
    add("ALTER TABLE " + table_ + " ALTER COLUMN " + column_ + " " + what);
  }
  // Of this table alone: children have defaults and settings of their own.
  void alter_only(const std::string& what) {
    const bool family = !descendants_of(change_.table, schema_).empty();
    add("ALTER TABLE " + std::string(family ? "ONLY " : "") + table_ + " ALTER COLUMN " + column_ +
        " " + what);
  }
  bool has_parent() const { return parent() != nullptr; }

  const Column* parent() const {
    if (found_ == nullptr) return nullptr;
    for (const std::string& name : parents_of(found_->options)) {
      const Table* table = schema_.find_table(name);
      const Column* column = table == nullptr ? nullptr : table->find_column(to_.name);
      if (column != nullptr) return column;
    }
    return nullptr;
  }

  std::string sequence() const { return identity_sequence(from_, change_.table, schema_); }

  void drop_numbers() {
    if (is_serial(from_) && !is_serial(to_)) {
      alter("DROP DEFAULT");
      if (!around_.sequence_is_kept) add("DROP SEQUENCE " + sequence());
    }
    if (!identity_kind(from_).empty() && identity_kind(to_).empty()) alter("DROP IDENTITY");
  }

  void type() {
    const std::string type = type_to_sql(to_.type, &schema_);
    std::string text = "TYPE " + column_type_sql(to_, schema_);
    std::string conversion = postgresql_text(change_.using_expression);
    if (conversion.empty()) conversion = using_sql(to_.name, from_.type, to_.type, schema_);
    if (!conversion.empty()) text += " USING " + conversion;
    alter(text);
    if (is_serial(from_) && is_serial(to_)) {
      add("ALTER SEQUENCE " + sequence() + " AS " + type);
    }
  }

  void default_value(bool retyped) {
    if (to_.generated) return;
    if (from_.default_value == to_.default_value && !(retyped && to_.default_value)) return;
    if (to_.default_value) {
      alter_followers("SET DEFAULT " + literal(*to_.default_value));
    } else if (!is_serial(from_) && identity_kind(from_).empty()) {
      alter_followers("DROP DEFAULT");
    }
  }

  // Children have defaults of their own; those that have the parent's go on having it.
  void alter_followers(const std::string& what) {
    alter_only(what);
    for (const Table* child : descendants_of(change_.table, schema_)) {
      const Column* column = child->find_column(to_.name);
      if (column == nullptr || !is_only_inherited(*column)) continue;
      if (column->default_value != found_->find_column(to_.name)->default_value) continue;
      add("ALTER TABLE ONLY " + sql_name(*child) + " ALTER COLUMN " + column_ + " " + what);
    }
  }

  // The parent's NOT NULL holds for its children, and goes from them with it.
  void nullability() {
    if (from_.nullable == to_.nullable) return;
    if (inherited_ && !parent()->nullable) return;
    alter(to_.nullable ? "DROP NOT NULL" : "SET NOT NULL");
  }

  void add_numbers() {
    const std::string kind = identity_kind(to_);
    if (is_serial(to_) && !is_serial(from_)) {
      std::string numbers = continue_sequence_sql(string_literal(sequence()), column_, table_, "1");
      if (around_.sequence_is_kept) {
        numbers += " AND max(" + column_ + ") > (SELECT last_value FROM " + sequence() + ")";
      } else {
        add("CREATE SEQUENCE " + sequence() + " AS " + type_to_sql(to_.type, &schema_) +
            " OWNED BY " + table_ + "." + column_);
      }
      add(std::move(numbers));
      alter("SET DEFAULT nextval(" + string_literal(sequence()) + ")");
    }
    if (!kind.empty() && identity_kind(from_).empty()) {
      alter("ADD " + identity_sql(to_, change_.table, schema_));
      add(continue_sequence_sql("pg_get_serial_sequence(" + string_literal(table_) + ", " +
                                    string_literal(to_.name) + ")",
                                column_, table_, "1"));
    } else if (!kind.empty()) {
      alter_identity(kind);
    }
    comment_numbers();
  }

  void alter_identity(const std::string& kind) {
    std::string words;
    if (kind != identity_kind(from_)) {
      words += kind == "always" ? " SET GENERATED ALWAYS" : " SET GENERATED BY DEFAULT";
    }
    const auto set = [&](const char* key, const std::string& word, const std::string& otherwise) {
      const std::string& value = option(to_.options, key);
      if (value == option(from_.options, key)) return;
      words += " SET " + (value.empty() ? otherwise : word + " " + value);
    };
    set("identity_increment", "INCREMENT BY", "INCREMENT BY 1");
    set("identity_min", "MINVALUE", "NO MINVALUE");
    set("identity_max", "MAXVALUE", "NO MAXVALUE");
    set("identity_start", "START WITH", "START WITH 1");
    set("identity_cache", "CACHE", "CACHE 1");
    const bool cycle = has_flag(to_.options, "identity_cycle");
    if (cycle != has_flag(from_.options, "identity_cycle")) {
      words += cycle ? " SET CYCLE" : " SET NO CYCLE";
    }
    const auto changed = [&](const char* key) {
      const std::string& value = option(to_.options, key);
      return value == option(from_.options, key) ? std::string() : value;
    };
    append(statements_,
           clamp_sequence_sql(sequence(), changed("identity_min"), changed("identity_max")));
    if (!words.empty()) alter(std::string(trim(words)));
    rename_identity();
  }

  void rename_identity() {
    const std::string& name = option(to_.options, "identity_sequence");
    if (name == option(from_.options, "identity_sequence")) return;
    const std::string plain =
        default_sequence_name(found_ == nullptr ? "" : found_->name, to_.name);
    add("ALTER SEQUENCE " + sequence() + " RENAME TO " + quote(name.empty() ? plain : name));
  }

  void comment_numbers() {
    if (identity_kind(to_).empty()) return;
    const std::string& text = option(to_.options, "identity_comment");
    const bool is_new = identity_kind(from_).empty();
    if (text == (is_new ? std::string() : option(from_.options, "identity_comment"))) return;
    add(comment_sql("SEQUENCE " + identity_sequence(to_, change_.table, schema_), text));
  }

  // A new type has its own storage, so what is set has to be set again.
  void settings(bool retyped) {
    const auto changed = [&](const char* key) {
      return option(from_.options, key) != option(to_.options, key);
    };
    const std::string& storage = option(to_.options, "storage");
    if (retyped ? !storage.empty() : changed("storage")) {
      alter_only("SET STORAGE " + (storage.empty() ? default_storage(to_) : to_upper(storage)));
    }
    if (changed("statistics")) {
      const std::string& value = option(to_.options, "statistics");
      alter_only("SET STATISTICS " + (value.empty() ? "-1" : value));
    }
    if (changed("compression")) {
      const std::string& value = option(to_.options, "compression");
      alter_only("SET COMPRESSION " + (value.empty() ? "default" : value));
    }
    if (from_.comment != to_.comment) {
      add(comment_sql("COLUMN " + table_ + "." + column_, to_.comment));
    }
  }

  const AlterColumn& change_;
  const AroundColumn& around_;
  const Column& from_;
  const Column& to_;
  const Schema& schema_;
  std::string table_;
  std::string column_;
  const Table* found_;
  bool inherited_ = false;
  std::vector<std::string> statements_;
};

}  // namespace

bool is_new_column(const Column& from, const Column& to) {
  if (is_inherited(to)) return false;
  if (to.generated) return from.generated != to.generated;
  return from.generated && !from.generated->stored;
}

bool changes_type(const AlterColumn& change, const Schema& schema) {
  // The parent's change comes down to its children, and that of its type to a table.
  const Table* table = schema.find_table(change.table);
  if (table != nullptr && !option(table->options, "of_type").empty()) return false;
  if (is_inherited(change.to) && table != nullptr) {
    for (const std::string& parent : parents_of(table->options)) {
      const Table* found = schema.find_table(parent);
      if (found != nullptr && found->find_column(change.to.name) != nullptr) return false;
    }
  }
  return change.from.collation != change.to.collation ||
         canonical_type(change.from.type, &schema) != canonical_type(change.to.type, &schema);
}

std::vector<std::string> alter_column_sql(const AlterColumn& change, const Schema& schema,
                                          const AroundColumn& around) {
  return ColumnChange(change, schema, around).statements();
}

}  // namespace ormdb::postgresql
