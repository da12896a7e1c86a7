#include "dialect/postgresql/new_labels.h"

#include <algorithm>
#include <set>

#include "dialect/postgresql/alter_enum.h"
#include "dialect/postgresql/element.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/lookahead.h"

namespace ormdb::postgresql {

namespace {

/// An enum that got a value, and where values of it may stand.
struct GrownEnum {
  std::string type;
  std::string name;  ///< Without schema, as texts mention it.
  std::string label;
  std::size_t script;
};

bool is_of(const Type& type, const std::string& name) {
  if (type.kind == TypeKind::kArray && !type.element.empty()) return is_of(type.element[0], name);
  return type.kind == TypeKind::kEnum && type.name == name;
}

/// Columns of an enum, as far as the schema and the scripts tell.
struct Holders {
  std::set<std::string> tables;
  std::set<std::string> columns;

  void add(const std::string& table, const Column& column, const std::string& type) {
    if (!is_of(column.type, type)) return;
    tables.insert(table);
    columns.insert(column.name);
  }
  void add(const Table& table, const std::string& type) {
    for (const Column& column : table.columns) add(qualified_name(table), column, type);
  }
  void add(const Operation& operation, const std::string& type) {
    if (const auto* op = operation.get_if<CreateTable>()) add(op->table, type);
    if (const auto* op = operation.get_if<AddColumn>()) add(op->table, op->column, type);
    if (const auto* op = operation.get_if<AlterColumn>()) add(op->table, op->to, type);
  }
};

/// Whether an operation that has the label as a constant means the enum's.
struct MeansType {
  const Holders& holders;
  const GrownEnum& grown;

  bool in_table(const std::string& table) const { return holders.tables.contains(table); }
  bool in_text(const SqlText& text) const {
    const std::string& sql = postgresql_text(text);
    return mentions_word(sql, grown.name) ||
           std::any_of(holders.columns.begin(), holders.columns.end(),
                       [&](const std::string& column) { return mentions_word(sql, column); });
  }

  bool operator()(const CreateTable& op) const { return in_table(qualified_name(op.table)); }
  bool operator()(const AlterTable& op) const { return in_table(op.table); }
  bool operator()(const AddColumn& op) const { return in_table(op.table); }
  bool operator()(const AlterColumn& op) const { return in_table(op.table); }
  bool operator()(const AddConstraint& op) const { return in_table(op.table); }
  bool operator()(const CreateIndex& op) const { return in_table(op.table); }
  bool operator()(const InsertRows& op) const { return in_table(op.table); }
  bool operator()(const UpdateRows& op) const { return in_table(op.table); }
  bool operator()(const DeleteRows& op) const { return in_table(op.table); }
  bool operator()(const CreateView& op) const { return in_text(op.view.query); }
  bool operator()(const ReplaceView& op) const { return in_text(op.to.query); }
  bool operator()(const Execute& op) const { return in_text(op.sql); }
  template <typename Other>
  bool operator()(const Other&) const {
    return true;  // domains, policies and the like: what they constrain is not said
  }
};

bool mentions(const Operation& operation, const std::string& label) {
  const std::vector<Operation> before_it = {operation, operation};
  Lookahead later(before_it);
  later.move_to(0);
  return later.mentions_label(label);
}

constexpr int kOwnTypesFree = 170000;  ///< The first version that takes values of types of its own.

class LabelUseSearch {
 public:
  LabelUseSearch(const std::vector<std::vector<Operation>>& scripts, const Schema& schema,
                 int server_version)
      : scripts_(scripts), schema_(schema), own_types_are_free_(server_version >= kOwnTypesFree) {}

  std::optional<NewLabelUse> first() {
    for (std::size_t i = 0; i < scripts_.size(); ++i) {
      for (const Operation& operation : scripts_[i]) {
        for (const GrownEnum& grown : grown_) {
          if (grown.script < i && uses(operation, grown)) {
            return NewLabelUse{grown.label, grown.type, grown.script, i};
          }
        }
      }
      for (std::size_t k = 0; k < scripts_[i].size(); ++k) note(i, k);
    }
    return std::nullopt;
  }

 private:
  bool uses(const Operation& operation, const GrownEnum& grown) const {
    if (!mentions(operation, grown.label)) return false;
    Holders holders;
    for (const Table& table : schema_.tables) holders.add(table, grown.type);
    for (const auto& script : scripts_) {
      for (const Operation& other : script) holders.add(other, grown.type);
    }
    return operation.visit(MeansType{holders, grown});
  }

  void note(std::size_t script, std::size_t number) {
    const Operation& operation = scripts_[script][number];
    if (const auto* op = operation.get_if<CreateEnum>()) made_.insert(qualified_name(op->value));
    const auto* op = operation.get_if<AlterEnum>();
    if (op == nullptr || renamed_value(op->from, op->to)) return;
    if (own_types_are_free_ && made_.contains(qualified_name(op->to))) return;
    const auto added = added_values(op->from, op->to);
    Lookahead later(scripts_[script]);
    later.move_to(number);
    const bool anew = !added || std::any_of(added->begin(), added->end(), [&](const auto& label) {
      return later.mentions_label(label);
    });
    if (anew) {
      made_.insert(qualified_name(op->to));
      return;
    }
    for (const std::string& label : *added) {
      grown_.push_back({qualified_name(op->to), op->to.name, label, script});
    }
  }

  const std::vector<std::vector<Operation>>& scripts_;
  const Schema& schema_;
  const bool own_types_are_free_;
  std::vector<GrownEnum> grown_;
  std::set<std::string> made_;  ///< By the transaction itself.
};

}  // namespace

namespace {

/// Whether making the type anew would rewrite rows.
bool is_held(const Enum& value, const Schema& schema) {
  const std::string name = qualified_name(value);
  for (const Table& table : schema.tables) {
    for (const Column& column : table.columns) {
      if (is_of(column.type, name)) return true;
    }
  }
  return std::any_of(schema.objects.begin(), schema.objects.end(), [&](const auto& object) {
    return (object.kind == "domain" && mentions_word(object.text("type"), value.name)) ||
           object.kind == "composite_type";
  });
}

void add_one_by_one(const AlterEnum& op, std::vector<Operation>& result) {
  Enum before = op.from;
  while (before.values != op.to.values) {
    Enum after = before;
    std::size_t at = 0;
    while (at < before.values.size() && before.values[at] == op.to.values[at]) ++at;
    after.values.insert(after.values.begin() + static_cast<std::ptrdiff_t>(at), op.to.values[at]);
    result.emplace_back(AlterEnum{before, after});
    result.back().transaction = false;
    before = std::move(after);
  }
}

bool is_used_behind(const std::vector<Operation>& operations, std::size_t number,
                    const std::vector<std::string>& labels) {
  Lookahead later(operations);
  later.move_to(number);
  return std::any_of(labels.begin(), labels.end(),
                     [&](const std::string& label) { return later.mentions_label(label); });
}

}  // namespace

void add_used_labels_first(std::vector<Operation>& operations, const Schema& schema) {
  std::vector<Operation> first, rest;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const auto* op = operations[i].get_if<AlterEnum>();
    const auto added = op == nullptr ? std::nullopt : added_values(op->from, op->to);
    if (added && !added->empty() && op->from.comment == op->to.comment && is_held(op->to, schema) &&
        is_used_behind(operations, i, *added)) {
      add_one_by_one(*op, first);
    } else {
      rest.push_back(operations[i]);
    }
  }
  operations = std::move(first);
  operations.insert(operations.end(), rest.begin(), rest.end());
}

bool adds_labels(const std::vector<std::vector<Operation>>& scripts) {
  for (const auto& script : scripts) {
    for (const Operation& operation : script) {
      const auto* op = operation.get_if<AlterEnum>();
      if (op != nullptr && added_values(op->from, op->to)) return true;
    }
  }
  return false;
}

std::optional<NewLabelUse> new_label_in_use(const std::vector<std::vector<Operation>>& scripts,
                                            const Schema& schema, int server_version) {
  return LabelUseSearch(scripts, schema, server_version).first();
}

}  // namespace ormdb::postgresql
