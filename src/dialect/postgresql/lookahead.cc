#include "dialect/postgresql/lookahead.h"

#include <algorithm>

#include "dialect/postgresql/ddl_object.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"
#include "ops/canonical.h"
#include "schema/object_kind.h"

namespace ormdb::postgresql {

namespace {

using Kind = Element::Kind;

std::vector<KeyPart> key_of(const Constraint& constraint) {
  if (const auto* key = std::get_if<PrimaryKey>(&constraint)) return key->columns;
  if (const auto* key = std::get_if<Unique>(&constraint)) return key->columns;
  return {};
}

/// Whether a text, or a constant, of an operation is or has the label.
class LabelSearch {
 public:
  explicit LabelSearch(const std::string& label) : label_(label), quoted_(string_literal(label)) {}

  bool in(const SqlText& text) const {
    return postgresql_text(text).find(quoted_) != std::string::npos;
  }
  bool in(const Literal& value) const {
    if (value.kind == Literal::Kind::kString) return value.text == label_;
    return value.kind == Literal::Kind::kSql && in(value.sql);
  }
  bool in(const Column& column) const {
    return (column.default_value && in(*column.default_value)) ||
           (column.generated && in(column.generated->expression));
  }
  bool in(const Index& index) const {
    return in(index.where) || std::any_of(index.columns.begin(), index.columns.end(),
                                          [&](const KeyPart& part) { return in(part.expression); });
  }
  bool in(const Constraint& constraint) const {
    const auto* check = std::get_if<Check>(&constraint);
    const auto* exclude = std::get_if<Exclude>(&constraint);
    return (check != nullptr && in(check->expression)) ||
           (exclude != nullptr && in(exclude->where));
  }
  bool in(const Table& table) const {
    const std::vector<Constraint> constraints = constraints_of(table);
    return any(table.columns) || any(table.indexes) || any(constraints) || in_bound(table.options);
  }
  bool in(const View& view) const { return in(view.query) || any(view.indexes); }
  bool in(const NamedText& entry) const { return entry.text.find(quoted_) != std::string::npos; }
  bool in(const DatabaseObject& object) const {
    for (const auto& [name, value] : object.properties) {
      const auto* text = std::get_if<SqlText>(&value);
      if (name != "body" && text != nullptr && in(*text)) return true;
      const auto* entries = std::get_if<std::vector<NamedText>>(&value);
      if (entries != nullptr && any(*entries)) return true;
    }
    return false;
  }
  bool in(const std::vector<std::vector<Literal>>& rows) const {
    return std::any_of(rows.begin(), rows.end(),
                       [&](const std::vector<Literal>& row) { return any(row); });
  }
  bool in_bound(const Options& options) const {
    const auto found = options.find("postgresql");
    if (found == options.end()) return false;
    const auto bound = found->second.find("partition_bound");
    return bound != found->second.end() && bound->second.find(quoted_) != std::string::npos;
  }
  template <typename Items>
  bool any(const Items& items) const {
    return std::any_of(items.begin(), items.end(), [&](const auto& item) { return in(item); });
  }

  bool operator()(const CreateTable& op) const { return in(op.table); }
  bool operator()(const AlterTable& op) const { return in_bound(op.to.options); }
  bool operator()(const AddColumn& op) const { return in(op.column); }
  bool operator()(const AlterColumn& op) const { return in(op.to) || in(op.using_expression); }
  bool operator()(const AddConstraint& op) const { return in(op.constraint); }
  bool operator()(const CreateIndex& op) const { return in(op.index); }
  bool operator()(const CreateView& op) const { return in(op.view); }
  bool operator()(const ReplaceView& op) const { return in(op.to); }
  bool operator()(const CreateTrigger& op) const { return in(op.trigger.when); }
  bool operator()(const ReplaceTrigger& op) const { return in(op.to.when); }
  bool operator()(const CreateObject& op) const { return in(op.object); }
  bool operator()(const AlterObject& op) const { return in(op.to); }
  bool operator()(const InsertRows& op) const { return in(op.rows); }
  bool operator()(const UpdateRows& op) const {
    return in(op.where) || std::any_of(op.set.begin(), op.set.end(),
                                       [&](const auto& entry) { return in(entry.second); });
  }
  bool operator()(const DeleteRows& op) const { return in(op.where) || in(op.rows); }
  bool operator()(const Execute& op) const { return in(op.sql); }
  // Drops, renames and other types name no label.
  bool operator()(const DropTable&) const { return false; }
  bool operator()(const RenameTable&) const { return false; }
  bool operator()(const DropColumn&) const { return false; }
  bool operator()(const RenameColumn&) const { return false; }
  bool operator()(const DropConstraint&) const { return false; }
  bool operator()(const DropIndex&) const { return false; }
  bool operator()(const DropView&) const { return false; }
  bool operator()(const DropTrigger&) const { return false; }
  bool operator()(const CreateVirtualTable&) const { return false; }
  bool operator()(const DropVirtualTable&) const { return false; }
  bool operator()(const CreateEnum&) const { return false; }
  bool operator()(const DropEnum&) const { return false; }
  bool operator()(const AlterEnum&) const { return false; }
  bool operator()(const DropObject&) const { return false; }

 private:
  const std::string& label_;
  std::string quoted_;
};

/// Whether an operation changes or drops an element.
class ElementChange {
 public:
  explicit ElementChange(const Element& element) : element_(element) {}

  bool operator()(const DropTable& op) const { return qualified_name(op.table) == element_.table; }
  bool operator()(const AlterColumn& op) const {
    return is_column(op.table, op.to.name) && (is(Kind::kDefault) || is(Kind::kGenerated));
  }
  bool operator()(const DropColumn& op) const { return is_column(op.table, op.column.name); }
  bool operator()(const DropConstraint& op) const {
    const bool constraint =
        is(Kind::kKey) || is(Kind::kCheck) || is(Kind::kExclude) || is(Kind::kForeignKey);
    return constraint && op.table == element_.table &&
           constraint_name(op.constraint) == element_.name;
  }
  bool operator()(const DropIndex& op) const {
    return is(Kind::kIndex) && op.table == element_.table && op.index.name == element_.name;
  }
  bool operator()(const DropView& op) const { return is_view(op.view); }
  bool operator()(const ReplaceView& op) const { return is_view(op.to); }
  bool operator()(const CreateView& op) const { return is_view(op.view); }
  bool operator()(const DropTrigger& op) const { return trigger_element(op.trigger) == element_; }
  bool operator()(const ReplaceTrigger& op) const { return trigger_element(op.from) == element_; }
  bool operator()(const DropObject& op) const { return object_element(op.object) == element_; }
  bool operator()(const AlterObject& op) const { return object_element(op.from) == element_; }
  template <typename Other>
  bool operator()(const Other&) const {
    return false;
  }

 private:
  bool is(Kind kind) const { return element_.kind == kind; }
  bool is_column(const std::string& table, const std::string& column) const {
    return table == element_.table && column == element_.name &&
           (is(Kind::kDefault) || is(Kind::kGenerated));
  }
  bool is_view(const View& view) const { return view_element(view) == element_; }

  const Element& element_;
};

}  // namespace

bool Lookahead::changes(const Element& element) const {
  const ElementChange change(element);
  for (std::size_t i = next_; i < operations_.size(); ++i) {
    if (operations_[i].visit(change)) return true;
  }
  return false;
}

bool Lookahead::drops_table(std::string_view table) const {
  return find<DropTable>([&](const DropTable& op) { return qualified_name(op.table) == table; }) !=
         nullptr;
}

const AlterObject* Lookahead::altered_object(const DatabaseObject& object) const {
  return find<AlterObject>([&](const AlterObject& op) { return same_object(op.from, object); });
}

bool Lookahead::drops_object(const DatabaseObject& object) const {
  return find<DropObject>([&](const DropObject& op) { return same_object(op.object, object); }) !=
         nullptr;
}

bool Lookahead::changes_column(std::string_view table, std::string_view column) const {
  return drops_table(table) || find<AlterColumn>([&](const AlterColumn& op) {
                                 return op.table == table && op.to.name == column;
                               }) != nullptr ||
         find<DropColumn>([&](const DropColumn& op) {
           return op.table == table && op.column.name == column;
         }) != nullptr;
}

bool Lookahead::ends_serial(std::string_view table, std::string_view column) const {
  return find<AlterColumn>([&](const AlterColumn& op) {
           return op.table == table && op.to.name == column &&
                  has_flag(op.from.options, "serial") && !has_flag(op.to.options, "serial");
         }) != nullptr;
}

bool Lookahead::changes_storage(std::string_view table) const {
  return find<AlterTable>([&](const AlterTable& op) {
           return op.table == table &&
                  has_flag(op.from.options, "unlogged") != has_flag(op.to.options, "unlogged");
         }) != nullptr;
}

bool Lookahead::creates_relation(std::string_view name) const {
  return find<CreateView>([&](const CreateView& op) { return qualified_name(op.view) == name; }) !=
             nullptr ||
         find<CreateTable>(
             [&](const CreateTable& op) { return qualified_name(op.table) == name; }) != nullptr;
}

bool Lookahead::creates_routine(const DatabaseObject& routine) const {
  return find<CreateObject>([&](const CreateObject& op) {
           return op.object.name == routine.name && op.object.schema == routine.schema &&
                  kind_of(op.object).has_signature;
         }) != nullptr;
}

bool Lookahead::adds_key(std::string_view table, const std::vector<KeyPart>& columns) const {
  return find<AddConstraint>([&](const AddConstraint& op) {
           const std::vector<KeyPart> key = key_of(op.constraint);
           return op.table == table && !key.empty() && same_elements(key, columns);
         }) != nullptr;
}

bool Lookahead::adds_column(std::string_view table, std::string_view column) const {
  return find<AddColumn>([&](const AddColumn& op) {
           return op.table == table && op.column.name == column;
         }) != nullptr;
}

const Constraint* Lookahead::added_constraint(std::string_view table, std::string_view name) const {
  const auto* op = find<AddConstraint>([&](const AddConstraint& add) {
    return add.table == table && constraint_name(add.constraint) == name;
  });
  return op == nullptr ? nullptr : &op->constraint;
}

bool Lookahead::creates_index(std::string_view table,
                              const std::function<bool(const Index&)>& wanted) const {
  return find<CreateIndex>([&](const CreateIndex& create) {
           return create.table == table && wanted(create.index);
         }) != nullptr;
}

bool Lookahead::mentions_label(const std::string& label) const {
  const LabelSearch search(label);
  for (std::size_t i = next_; i < operations_.size(); ++i) {
    if (operations_[i].visit(search)) return true;
  }
  return false;
}

bool mentions_label(const DatabaseObject& object, const std::string& label) {
  return LabelSearch(label).in(object);
}

}  // namespace ormdb::postgresql
