#include "ops/describe.h"

#include <algorithm>

#include "base/text.h"
#include "ormdb/operation.h"
#include "schema/object_kind.h"

namespace ormdb {
namespace {

/// The text to show where no dialect is known.
const std::string& any_text(const SqlText& text) {
  if (!text.common.empty() || text.by_dialect.empty()) return text.common;
  return text.by_dialect.begin()->second;
}

/// On one line, and not longer than a line.
std::string shortened(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string line;
  for (const char c : trim(text)) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (space && !line.empty() && line.back() == ' ') continue;
    line += space ? ' ' : c;
  }
  if (line.size() <= kLongest) return line;
  std::size_t end = kLongest - 3;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return line.substr(0, end) + "...";
}

std::string spaced(const std::string& name) { return name.empty() ? "" : " " + name; }

struct ConstraintWords {
  std::string operator()(const PrimaryKey& key) const {
    return "primary key" + spaced(key.name) + " " + describe_parts(key.columns);
  }
  std::string operator()(const Unique& unique) const {
    return "unique" + spaced(unique.name) + " " + describe_parts(unique.columns);
  }
  std::string operator()(const ForeignKey& key) const {
    return "foreign key" + spaced(key.name) + " (" + join(key.columns, ", ") + ") to " +
           key.referenced_table + "(" + join(key.referenced_columns, ", ") + ")";
  }
  std::string operator()(const Check& check) const {
    return "check" + spaced(check.name) + ": " + shortened(any_text(check.expression));
  }
  std::string operator()(const Exclude& exclude) const {
    std::vector<std::string> elements;
    for (const Exclude::Element& element : exclude.elements) {
      const std::string part = describe_parts({element.part});
      elements.push_back(part.substr(1, part.size() - 2) + " with " + element.operator_name);
    }
    return "exclude" + spaced(exclude.name) + " (" + join(elements, ", ") + ")";
  }
};

std::string describe_default(const std::optional<Literal>& value) {
  return value ? "default " + describe_literal(*value) : "no default";
}

std::string describe_generated(const std::optional<Generated>& generated) {
  if (!generated) return "not generated";
  return "generated as " + shortened(any_text(generated->expression)) +
         (generated->stored ? " stored" : "");
}

/// "string(20) to text, not null".
std::string column_changes(const Column& from, const Column& to) {
  std::vector<std::string> changes;
  if (from.type != to.type) {
    changes.push_back(render_type(from.type) + " to " + render_type(to.type));
  }
  if (from.nullable != to.nullable) changes.emplace_back(to.nullable ? "nullable" : "not null");
  if (from.default_value != to.default_value) changes.push_back(describe_default(to.default_value));
  if (from.generated != to.generated) changes.push_back(describe_generated(to.generated));
  if (from.autoincrement != to.autoincrement) {
    changes.emplace_back(to.autoincrement ? "autoincrement" : "no autoincrement");
  }
  if (from.collation != to.collation) {
    changes.push_back(to.collation.empty() ? "no collation" : "collation " + to.collation);
  }
  if (from.comment != to.comment) changes.emplace_back("comment");
  if (from.options != to.options) changes.emplace_back("options");
  return changes.empty() ? "no change" : join(changes, ", ");
}

std::string table_changes(const AlterTable& op) {
  std::vector<std::string> changes;
  if (op.from.comment != op.to.comment) changes.emplace_back("comment");
  if (op.from.options != op.to.options) changes.emplace_back("options");
  return changes.empty() ? "no change" : join(changes, ", ");
}

std::string index_words(const std::string& table, const Index& index) {
  const std::string where = any_text(index.where);
  return std::string(index.unique ? "unique index" : "index") + spaced(index.name) + " on " +
         table + describe_parts(index.columns) +
         (where.empty() ? "" : " where " + shortened(where));
}

std::string enum_changes(const Enum& from, const Enum& to) {
  std::vector<std::string> changes;
  const auto difference = [&](const Enum& a, const Enum& b, const char* verb) {
    for (const std::string& value : a.values) {
      if (std::find(b.values.begin(), b.values.end(), value) == b.values.end()) {
        changes.push_back(verb + value);
      }
    }
  };
  difference(to, from, "add ");
  difference(from, to, "drop ");
  if (changes.empty()) changes.emplace_back(from.values == to.values ? "comment" : "order");
  return join(changes, ", ");
}

std::string object_words(const DatabaseObject& object) {
  return replace_all(object.kind, "_", " ") + " " + qualified_name(object) +
         (object.table.empty() ? "" : " on " + object.table);
}

/// The properties that differ: "arguments, body".
std::string object_changes(const DatabaseObject& from, const DatabaseObject& to) {
  std::vector<std::string> changes;
  for (const PropertyRule& rule : kind_of(to).properties) {
    const std::string name(rule.name);
    const auto a = from.properties.find(name);
    const auto b = to.properties.find(name);
    const bool gone = a == from.properties.end();
    if (gone != (b == to.properties.end()) || (!gone && a->second != b->second)) {
      changes.push_back(replace_all(name, "_", " "));
    }
  }
  if (from.schema != to.schema) changes.emplace_back("schema");
  if (from.comment != to.comment) changes.emplace_back("comment");
  return changes.empty() ? "no change" : join(changes, ", ");
}

struct Describer {
  std::string operator()(const CreateTable& op) const {
    return "create table " + qualified_name(op.table);
  }
  std::string operator()(const DropTable& op) const {
    return "drop table " + qualified_name(op.table);
  }
  std::string operator()(const RenameTable& op) const {
    return "rename table " + op.from + " to " + op.to;
  }
  std::string operator()(const AlterTable& op) const {
    return "alter table " + op.table + ": " + table_changes(op);
  }
  std::string operator()(const AddColumn& op) const {
    return "add column " + op.table + "." + op.column.name + " " + render_type(op.column.type);
  }
  std::string operator()(const DropColumn& op) const {
    return "drop column " + op.table + "." + op.column.name;
  }
  std::string operator()(const AlterColumn& op) const {
    return "alter column " + op.table + "." + op.to.name + ": " + column_changes(op.from, op.to);
  }
  std::string operator()(const RenameColumn& op) const {
    return "rename column " + op.table + "." + op.from + " to " + op.to;
  }
  std::string operator()(const AddConstraint& op) const {
    return "add to " + op.table + " " + describe_constraint(op.constraint);
  }
  std::string operator()(const DropConstraint& op) const {
    return "drop from " + op.table + " " + describe_constraint(op.constraint);
  }
  std::string operator()(const CreateIndex& op) const {
    return "create " + index_words(op.table, op.index);
  }
  std::string operator()(const DropIndex& op) const {
    return "drop " + index_words(op.table, op.index);
  }
  std::string operator()(const CreateView& op) const {
    return "create view " + qualified_name(op.view);
  }
  std::string operator()(const DropView& op) const {
    return "drop view " + qualified_name(op.view);
  }
  std::string operator()(const ReplaceView& op) const {
    return "replace view " + qualified_name(op.to);
  }
  std::string operator()(const CreateTrigger& op) const {
    return "create trigger " + op.trigger.name + " on " + op.trigger.table;
  }
  std::string operator()(const DropTrigger& op) const {
    return "drop trigger " + op.trigger.name + " on " + op.trigger.table;
  }
  std::string operator()(const ReplaceTrigger& op) const {
    return "replace trigger " + op.to.name + " on " + op.to.table;
  }
  std::string operator()(const CreateVirtualTable& op) const {
    return "create virtual table " + op.table.name + " using " + op.table.module;
  }
  std::string operator()(const DropVirtualTable& op) const {
    return "drop virtual table " + op.table.name;
  }
  std::string operator()(const CreateEnum& op) const {
    return "create enum " + qualified_name(op.value) + " (" + join(op.value.values, ", ") + ")";
  }
  std::string operator()(const DropEnum& op) const {
    return "drop enum " + qualified_name(op.value);
  }
  std::string operator()(const AlterEnum& op) const {
    return "alter enum " + qualified_name(op.to) + ": " + enum_changes(op.from, op.to);
  }
  std::string operator()(const CreateObject& op) const {
    return "create " + object_words(op.object);
  }
  std::string operator()(const DropObject& op) const { return "drop " + object_words(op.object); }
  std::string operator()(const AlterObject& op) const {
    return "alter " + object_words(op.to) + ": " + object_changes(op.from, op.to);
  }
  std::string operator()(const InsertRows& op) const {
    return "insert " + counted(op.rows.size(), "row") + " into " + op.table;
  }
  std::string operator()(const UpdateRows& op) const {
    const std::string where = any_text(op.where);
    return "update rows of " + op.table + (where.empty() ? "" : " where " + shortened(where));
  }
  std::string operator()(const DeleteRows& op) const {
    if (!op.columns.empty()) {
      return "delete " + counted(op.rows.size(), "row") + " from " + op.table;
    }
    const std::string where = any_text(op.where);
    return "delete rows from " + op.table + (where.empty() ? "" : " where " + shortened(where));
  }
  std::string operator()(const Execute& op) const {
    return "execute " + shortened(any_text(op.sql));
  }
};

}  // namespace

std::string describe_constraint(const Constraint& constraint) {
  return std::visit(ConstraintWords{}, constraint);
}

std::string describe_parts(const std::vector<KeyPart>& parts) {
  std::vector<std::string> words;
  for (const KeyPart& part : parts) {
    std::string word = part.column.empty() ? any_text(part.expression) : part.column;
    if (!part.collation.empty()) word += " collate " + part.collation;
    if (part.descending) word += " desc";
    if (!part.nulls.empty()) word += " nulls " + part.nulls;
    words.push_back(std::move(word));
  }
  return "(" + join(words, ", ") + ")";
}

std::string describe_literal(const Literal& literal) {
  switch (literal.kind) {
    case Literal::Kind::kNull:
      return "null";
    case Literal::Kind::kBoolean:
    case Literal::Kind::kNumber:
      return literal.text;
    case Literal::Kind::kString:
      return "'" + shortened(literal.text) + "'";
    case Literal::Kind::kBinary:
      return counted(literal.text.size(), "byte");
    case Literal::Kind::kSql:
      return shortened(any_text(literal.sql));
  }
  return "";
}

std::string describe(const Operation& operation) { return operation.visit(Describer{}); }

}  // namespace ormdb
