#include <algorithm>

#include "base/text.h"
#include "base/yaml.h"
#include "orm/metadata_builder.h"
#include "ormdb/error.h"
#include "schema/schema_node.h"

namespace ormdb::detail {

namespace {

void set_deferrable(Node& node, Deferrable deferrable) {
  if (deferrable == Deferrable::kImmediate) node.set("deferrable", "immediate");
  if (deferrable == Deferrable::kDeferred) node.set("deferrable", "deferred");
}

Node default_node(const ServerDefault& value) {
  switch (value.kind()) {
    case Literal::Kind::kBoolean:
      return Node(value.text() == "true");
    case Literal::Kind::kNumber:
      return Node::number(value.text());
    case Literal::Kind::kSql:
      return Node::map({{"sql", Node(value.text())}});
    default:
      return Node(value.text());
  }
}

/// In models.yaml's words, a map in braces.
Node type_text(std::string_view text) {
  if (!text.starts_with("{")) return Node(text);
  return parse_yaml_document({"a column's type", std::string(text)}, ErrorKind::kModel);
}

Node type_node(const FieldType& type, int length) {
  if (type.element != nullptr) {
    // Only where there are arrays, and every number is exact.
    const bool numeric = type.element->kind == FieldKind::kNumeric;
    return Node::map({{"array", numeric ? Node("numeric") : type_node(*type.element, length)}});
  }
  if (type.enumeration != nullptr) return Node::map({{"enum", Node(type.enumeration->name)}});
  if (length > 0) return Node("string(" + std::to_string(length) + ")");
  return type_text(type.sql_type);
}

Node type_node(const ColumnRecord& column) {
  if (!column.options.type.empty()) return type_text(column.options.type);
  return type_node(column.type, column.options.length);
}

Node reference_node(const std::string& table, const std::vector<std::string>& columns) {
  return Node::map({{"table", Node(table)}, {"columns", Node::strings(columns)}});
}

/// A column name as a key part: in quotes, since it may have odd characters.
std::string quoted_part(const std::string& name) {
  return "\"" + replace_all(name, "\"", "\"\"") + "\"";
}

Node key_parts(const std::vector<std::string>& columns, bool descending = false) {
  Node list = Node::list();
  for (const std::string& column : columns) {
    list.push(Node(quoted_part(column) + (descending ? " desc" : "")));
  }
  return list;
}

/// Maps are joined, lists put together; what both say is an error.
void merge(Node& into, const Node& more, const std::string& of) {
  for (const Node::Entry& added : more.entries) {
    const auto& [key, value] = added;
    const auto known =
        std::find_if(into.entries.begin(), into.entries.end(),
                     [&](const Node::Entry& entry) { return entry.first == added.first; });
    if (known == into.entries.end()) {
      into.set(key, value);
    } else if (known->second.is_map() && value.is_map()) {
      merge(known->second, value, of);
    } else if (known->second.is_list() && value.is_list()) {
      for (const Node& item : value.items) known->second.push(item);
    } else {
      throw Error(ErrorKind::kModel, of + " says '" + key + "' twice, once in its yaml text");
    }
  }
}

void merge_text(Node& into, std::string_view text, const std::string& of) {
  if (text.empty()) return;
  const Node more =
      parse_yaml_document({"the yaml text of " + of, std::string(text)}, ErrorKind::kModel);
  if (!more.is_map()) throw Error(ErrorKind::kModel, "the yaml text of " + of + " is no map");
  merge(into, more, of);
}

class TableDocument {
 public:
  TableDocument(const Records& records, const TableRecord& table)
      : records_(records), table_(table), of_("model " + model_name(*table.type)) {}

  Node build(const std::vector<AssociationRecord>& associations) {
    Node body = Node::map();
    body.set_if("schema", table_.schema);
    for (const ColumnRecord& column : table_.columns) columns_.set(column.name, build(column));
    body.set("columns", columns_);
    add_keys();
    body.set_if("primary_key", primary_key_);
    body.set_if("constraints", constraints_);
    add_indexes();
    body.set_if("indexes", indexes_);
    body.set_if("comment", table_.comment);
    body.set_if("renamed_from", table_.renamed_from);
    add_options(body);
    body.set_if("relationships", relationships(associations));
    for (const std::string& text : table_.yaml) merge_text(body, text, of_);
    return body;
  }

 private:
  Node build(const ColumnRecord& column) {
    const ColumnOptions& options = column.options;
    Node body = Node::map({{"type", type_node(column)}});
    if (column.type.nullable) body.set("nullable", true);
    if (options.primary_key) body.set("primary_key", true);
    if (options.unique) body.set("unique", true);
    if (options.references.column != nullptr) add_reference(body, options);
    if (options.server_default.is_set()) body.set("default", default_node(options.server_default));
    if (!options.generated.empty()) {
      Node generated = Node::map({{"as", Node(options.generated)}});
      if (options.stored) generated.set("stored", true);
      body.set("generated", generated);
    }
    if (options.autoincrement) body.set("autoincrement", true);
    body.set_if("check", Node(options.check));
    body.set_if("collate", Node(options.collation));
    body.set_if("comment", Node(options.comment));
    body.set_if("renamed_from", Node(options.renamed_from));
    merge_text(body, options.yaml, of_ + ", column " + column.name);
    if (options.index) {
      indexes_.set("ix_" + table_.name + "_" + column.name,
                   Node::map({{"columns", key_parts({column.name})}}));
    }
    return body;
  }

  void add_reference(Node& body, const ColumnOptions& options) {
    const MemberRef& target = *options.references.column;
    const TableRecord& parent = records_.find(target.model, of_);
    body.set("references", reference_node(table_key(parent), {records_.column(target, of_).name}));
    body.set_if("foreign_key", Node(options.foreign_key));
    body.set_if("on_delete", Node(action_word(options.on_delete)));
    body.set_if("on_update", Node(action_word(options.on_update_key)));
    set_deferrable(body, options.deferrable);
  }

  void add_keys() {
    for (const KeyRecord& key : table_.primary_keys) {
      primary_key_ = Node::map({{"columns", key_parts(records_.names(key.columns, of_))}});
      primary_key_.set_if("name", Node(key.options.name));
      set_deferrable(primary_key_, key.options.deferrable);
    }
    for (const KeyRecord& key : table_.uniques) {
      Node body = Node::map({{"unique", key_parts(records_.names(key.columns, of_))}});
      body.set_if("name", Node(key.options.name));
      set_deferrable(body, key.options.deferrable);
      constraints_.push(body);
    }
    for (const ForeignKeyRecord& key : table_.foreign_keys) {
      const TableRecord& parent = records_.find(key.referenced.front()->model, of_);
      Node body = Node::map(
          {{"foreign_key", Node::strings(records_.names(key.columns, of_))},
           {"references", reference_node(table_key(parent), records_.names(key.referenced, of_))}});
      body.set_if("name", Node(key.options.name));
      body.set_if("on_delete", Node(action_word(key.options.on_delete)));
      body.set_if("on_update", Node(action_word(key.options.on_update)));
      set_deferrable(body, key.options.deferrable);
      constraints_.push(body);
    }
    for (const CheckRecord& check : table_.checks) {
      Node body = Node::map({{"check", Node(check.expression)}});
      body.set_if("name", check.name);
      constraints_.push(body);
    }
  }

  void add_indexes() {
    for (const IndexRecord& index : table_.indexes) {
      const std::vector<std::string> columns = records_.names(index.columns, of_);
      Node parts = key_parts(columns, index.options.desc);
      for (const std::string_view part : index.options.parts) parts.push(Node(part));
      Node body = Node::map({{"columns", parts}});
      if (index.options.unique) body.set("unique", true);
      body.set_if("where", Node(index.options.where));
      body.set_if("method", Node(index.options.method));
      body.set_if("comment", Node(index.options.comment));
      const std::string name = index.options.name.empty()
                                   ? "ix_" + table_.name + "_" + join(columns, "_")
                                   : std::string(index.options.name);
      indexes_.set(name, body);
    }
  }

  void add_options(Node& body) const {
    for (const char* dialect : {"sqlite", "postgresql", "mysql"}) {
      Node options = Node::map();
      for (const OptionRecord& option : table_.options) {
        if (option.dialect != dialect) continue;
        options.set(option.key, option.value == "true" ? Node(true) : Node(option.value));
      }
      body.set_if(dialect, options);
    }
  }

  /// models.yaml names the columns only where there are several keys to the same table.
  bool key_is_unique(const RelationRecord& relation, const TableRecord& target) const {
    const TableRecord& child = records_.find(relation.key.front()->model, of_);
    const TableRecord& parent = &child == &target ? table_ : target;
    std::size_t count = 0;
    for (const ColumnRecord& column : child.columns) {
      const MemberRef* reference = column.options.references.column;
      count += reference != nullptr && reference->model == parent.type->key ? 1 : 0;
    }
    for (const ForeignKeyRecord& key : child.foreign_keys) {
      count += key.referenced.front()->model == parent.type->key ? 1 : 0;
    }
    return count < 2;
  }

  Node relationships(const std::vector<AssociationRecord>& associations) const {
    Node result = Node::map();
    for (const RelationRecord& relation : table_.relations) {
      const std::string of = of_ + ", relationship " + std::string(relation.handle->name());
      const TableRecord& target = records_.find(relation.handle->target, of);
      Node body = Node::map({{"to", Node(table_key(target))}, {"kind", Node(relation.kind)}});
      if (relation.back != nullptr) body.set("back_populates", Node(relation.back->name()));
      for (const AssociationRecord& association : associations) {
        if (association.name == relation.association.name) body.set("secondary", association.name);
      }
      if (!relation.key.empty() && !key_is_unique(relation, target)) {
        body.set("columns", Node::strings(records_.names(relation.key, of)));
      }
      if (relation.order != nullptr) {
        const std::string order = records_.column(*relation.order, of).name;
        body.set("order_by", Node(order + (relation.descending ? " desc" : "")));
      }
      if (relation.cascade == CascadeRule::kDelete) body.set("cascade", "delete");
      if (relation.cascade == CascadeRule::kDeleteOrphan)
        body.set("cascade", "delete, delete-orphan");
      result.set(std::string(relation.handle->name()), body);
    }
    return result;
  }

  const Records& records_;
  const TableRecord& table_;
  std::string of_;
  Node columns_ = Node::map();
  Node primary_key_;
  Node constraints_ = Node::list();
  Node indexes_ = Node::map();
};

const ColumnRecord& key_column(const TableRecord& table) {
  for (const ColumnRecord& column : table.columns) {
    if (column.options.primary_key) return column;
  }
  throw Error(ErrorKind::kModel, "model " + model_name(*table.type) +
                                     " has a many_to_many, which needs a primary key of one column")
      .hint("say {.primary_key = true} for one column");
}

Node association_document(const AssociationRecord& association) {
  Node columns = Node::map();
  std::vector<std::string> names;
  for (int side = 0; side < 2; ++side) {
    const TableRecord& table = *association.side[side];
    const ColumnRecord& key = key_column(table);
    Node body = Node::map({{"type", type_node(key)}});
    body.set("references", reference_node(table_key(table), {key.name}));
    body.set_if("on_delete", Node(action_word(association.relation->association.on_delete)));
    columns.set(association.column[side], body);
    names.push_back(association.column[side]);
  }
  for (const RelationRecord* relation : {association.relation, association.second}) {
    if (relation == nullptr) continue;
    for (const ExtraColumn& extra : relation->extra_columns) {
      Node body = Node::map({{"type", Node(extra.type)}});
      if (extra.value.is_set()) body.set("default", default_node(extra.value));
      columns.set(extra.name, body);
    }
  }
  return Node::map({{"columns", columns}, {"primary_key", key_parts(names)}});
}

}  // namespace

std::string table_key(const TableRecord& record) {
  return record.schema.empty() ? record.name : record.schema + "." + record.name;
}

std::vector<AssociationRecord> association_records(const Records& records) {
  std::vector<AssociationRecord> result;
  for (const TableRecord& table : records.all()) {
    for (const RelationRecord& relation : table.relations) {
      if (relation.kind != "many_to_many") continue;
      const AssociationTable& said = relation.association;
      const std::string of = "model " + model_name(*table.type);
      const TableRecord& other = records.find(relation.handle->target, of);
      AssociationRecord fresh{{&table, &other}, &relation, nullptr, std::string(said.name), {}};
      fresh.column[0] = said.own_column;
      fresh.column[1] = said.other_column;
      AssociationRecord* known = nullptr;
      for (AssociationRecord& record : result) known = record.name == said.name ? &record : known;
      if (known == nullptr) {
        result.push_back(fresh);
        continue;
      }
      known->second = &relation;
      if (known->side[0] != fresh.side[1] || known->side[1] != fresh.side[0] ||
          known->column[0] != fresh.column[1] || known->column[1] != fresh.column[0]) {
        throw Error(ErrorKind::kModel, "the association table " + fresh.name +
                                           " is declared differently by its two sides")
            .hint("each side names its own column first: {table, own column, other column}");
      }
    }
  }
  return result;
}

Node models_document(const Records& records) {
  const std::vector<AssociationRecord> associations = association_records(records);
  Node tables = Node::map();
  Node enums = Node::map();
  for (const TableRecord& table : records.all()) {
    const std::string key = table_key(table);
    if (tables.find(key) != nullptr) {
      throw Error(ErrorKind::kModel, "two models describe the table " + key);
    }
    tables.set(key, TableDocument(records, table).build(associations));
    for (const ColumnRecord& column : table.columns) {
      const FieldType& type = column.type.element != nullptr ? *column.type.element : column.type;
      const EnumValues* values = type.enumeration;
      if (values == nullptr || enums.find(values->name) != nullptr) continue;
      Node list = Node::list();
      for (std::size_t i = 0; i < values->size; ++i) list.push(Node(values->values[i]));
      enums.set(std::string(values->name), list);
    }
  }
  for (const AssociationRecord& association : associations) {
    if (tables.find(association.name) != nullptr) continue;  // a model of its own
    tables.set(association.name, association_document(association));
  }
  Node document = Node::map({{"format", Node(1)}});
  document.set_if("enums", enums);
  document.set("tables", tables);
  return document;
}

}  // namespace ormdb::detail
