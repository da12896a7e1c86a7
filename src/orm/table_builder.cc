// What describe() calls, noted down.
#include "orm/records.h"
#include "ormdb/error.h"

namespace ormdb {

std::string ServerDefault::text() const {
  if (kind_ == Literal::Kind::kBoolean) return number_ != 0 ? "true" : "false";
  return kind_ == Literal::Kind::kNumber && text_.empty() ? std::to_string(number_)
                                                          : std::string(text_);
}

RelationshipOf& RelationshipOf::cascade(CascadeRule rule) {
  record_->cascade = rule;
  return *this;
}

RelationshipOf& RelationshipOf::load(Loading loading) {
  record_->loading = loading;
  return *this;
}

RelationshipOf& RelationshipOf::extra_column(std::string_view name, std::string_view type,
                                             ServerDefault value) {
  value.view() = record_->texts.emplace_back(value.view());
  record_->extra_columns.push_back({std::string(name), std::string(type), value});
  return *this;
}

RelationshipOf& RelationshipOf::set_back(const detail::MemberRef& member) {
  record_->back = &member;
  return *this;
}

RelationshipOf& RelationshipOf::set_order(const detail::MemberRef& column, bool descending) {
  record_->order = &column;
  record_->descending = descending;
  return *this;
}

namespace detail {

void TableBuilder::set_name(std::string_view name) { record_.name = name; }
void TableBuilder::set_schema(std::string_view name) { record_.schema = name; }
void TableBuilder::set_bind(std::string_view database) { record_.bind = database; }
void TableBuilder::set_comment(std::string_view text) { record_.comment = text; }
void TableBuilder::set_renamed_from(std::string_view name) { record_.renamed_from = name; }

void TableBuilder::set_option(std::string_view dialect, std::string_view key,
                              std::string_view value) {
  record_.options.push_back({std::string(dialect), std::string(key), std::string(value)});
}

void TableBuilder::add_column(const ColumnMember& column) { add_column(column, ColumnOptions()); }

void TableBuilder::add_column(const ColumnMember& column, const ColumnOptions& options) {
  ColumnRecord& record = record_.columns.emplace_back();
  record.type = column.type;
  record.offset = column.offset;
  record.name = options.name.empty() ? member_name(column.spelled) : options.name;
  record.options = options;
  ColumnOptions& kept = record.options;
  for (std::string_view* text :
       {&kept.name, &kept.type, &kept.foreign_key, &kept.generated, &kept.check, &kept.collation,
        &kept.comment, &kept.renamed_from, &kept.yaml, &kept.server_default.view()}) {
    *text = record_.keep(*text);
  }
}

void TableBuilder::add_embedded(std::size_t offset, void (*describe)(TableRecord&),
                                std::string_view prefix) {
  TableRecord inner;
  describe(inner);
  if (!inner.relations.empty() || !inner.indexes.empty() || !inner.foreign_keys.empty() ||
      !inner.uniques.empty() || !inner.primary_keys.empty() || !inner.checks.empty() ||
      !inner.yaml.empty()) {
    throw Error(ErrorKind::kModel, "a struct embedded in the model " + model_name(*record_.type) +
                                       " describes more than columns")
        .hint("keys, indexes and relationships belong to the model that embeds it");
  }
  for (ColumnRecord& column : inner.columns) {
    column.offset += offset;
    column.name = std::string(prefix) + column.name;
    record_.columns.push_back(std::move(column));
  }
  record_.texts.splice(record_.texts.end(), inner.texts);
}

void TableBuilder::add_primary_key(const Refs& columns, const KeyOptions& options) {
  record_.primary_keys.push_back({columns, {record_.keep(options.name), options.deferrable}});
}

void TableBuilder::add_unique(const Refs& columns, const KeyOptions& options) {
  record_.uniques.push_back({columns, {record_.keep(options.name), options.deferrable}});
}

void TableBuilder::add_index(const Refs& columns, const IndexOptions& options) {
  IndexRecord& record = record_.indexes.emplace_back();
  record.columns = columns;
  record.options = options;
  for (std::string_view* text : {&record.options.name, &record.options.where,
                                 &record.options.method, &record.options.comment}) {
    *text = record_.keep(*text);
  }
  for (std::string_view& part : record.options.parts) part = record_.keep(part);
}

void TableBuilder::add_check(std::string_view expression, std::string_view name) {
  record_.checks.push_back({std::string(expression), std::string(name)});
}

void TableBuilder::add_yaml(std::string_view text) { record_.yaml.emplace_back(text); }

void TableBuilder::add_foreign_key(const Refs& columns, const Refs& referenced,
                                   const ForeignKeyOptions& options) {
  ForeignKeyRecord& record = record_.foreign_keys.emplace_back();
  record.columns = columns;
  record.referenced = referenced;
  record.options = options;
  record.options.name = record_.keep(options.name);
}

RelationshipOf TableBuilder::add_relation(const char* kind, const MemberRef& handle,
                                          const Refs& key) {
  RelationRecord& record = record_.relations.emplace_back();
  record.kind = kind;
  record.handle = &handle;
  record.key = key;
  return RelationshipOf(record);
}

RelationshipOf TableBuilder::add_many_to_many(const MemberRef& handle,
                                              const AssociationTable& table) {
  RelationRecord& record = record_.relations.emplace_back();
  record.kind = "many_to_many";
  record.handle = &handle;
  record.association = {record_.keep(table.name), record_.keep(table.own_column),
                        record_.keep(table.other_column), table.on_delete};
  return RelationshipOf(record);
}

}  // namespace detail
}  // namespace ormdb
