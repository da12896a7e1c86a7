#include "base/node.h"
#include "db/driver.h"
#include "orm/metadata_builder.h"
#include "ormdb/error.h"
#include "ormdb/model.h"
#include "schema/schema_node.h"
#include "schema/validate.h"

namespace ormdb {

namespace detail {

std::string model_name(const ModelType& type) {
  // "… type_name() [with T = blog::User]" (g++), "… [T = blog::User]" (clang)
  const std::string_view text = type.name;
  const std::size_t start = text.rfind("T = ") + 4;
  std::string_view name = text.substr(start, text.find_last_of(']') - start);
  const std::size_t colon = name.rfind("::");
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 2));
}

std::string_view member_name(const char* spelled) {
  std::string_view name = spelled;
  name.remove_prefix(name.rfind("::") + 2);
  name = name.substr(0, name.find_first_of(";])"));
  if (name.size() > 1 && name.back() == '_') name.remove_suffix(1);
  return name;
}

Records::Records(const std::vector<const ModelType*>& types) {
  for (const ModelType* type : types) {
    TableRecord& record = records_.emplace_back();
    record.type = type;
    type->describe(record);
    check(record);
  }
}

void Records::check(const TableRecord& record) const {
  const std::string model = model_name(*record.type);
  if (record.name.empty()) {
    throw Error(ErrorKind::kModel, "model " + model + " does not name its table")
        .hint("begin describe() with t.name(\"…\")");
  }
  for (std::size_t i = 0; i < record.columns.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (record.columns[i].name != record.columns[j].name) continue;
      throw Error(ErrorKind::kModel,
                  "model " + model + " describes the column " + record.columns[i].name + " twice");
    }
  }
}

const TableRecord& Records::find(TypeKey type, const std::string& of) const {
  for (const TableRecord& record : records_) {
    if (record.type->key == type) return record;
  }
  throw Error(ErrorKind::kModel, of + " points to a model that Metadata::of<…>() does not list")
      .hint("list every model of the program in Metadata::of<…>()");
}

std::size_t Records::index_of(const TableRecord& record) const {
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (&records_[i] == &record) return i;
  }
  throw Error(ErrorKind::kInternal, "a record of no list");
}

const ColumnRecord& Records::column(const MemberRef& member, const std::string& of) const {
  const TableRecord& record = find(member.model, of);
  for (const ColumnRecord& column : record.columns) {
    if (column.offset == member.offset()) return column;
  }
  throw Error(ErrorKind::kModel, of + " names " + model_name(*record.type) +
                                     "::" + std::string(member.name()) + ", which is no column")
      .hint("describe it with t.column<&" + model_name(*record.type) +
            "::" + std::string(member.name()) + ">()");
}

std::vector<std::string> Records::names(const Members& members, const std::string& of) const {
  std::vector<std::string> result;
  for (const MemberRef* member : members) result.push_back(column(*member, of).name);
  return result;
}

}  // namespace detail

namespace {

Schema schema_of(const detail::Records& records) {
  const Node document = detail::models_document(records);
  const Source source{"the C++ models", ""};
  NodeReader reader(document, source, ErrorKind::kModel, "the C++ models");
  Schema schema = read_schema(reader);
  reader.finish();
  const std::vector<SchemaProblem> problems = validate(schema, {});
  if (!problems.empty()) {
    throw Error(ErrorKind::kModel, problems.front().message).hint(problems.front().hint);
  }
  return schema;
}

std::string bind_of(const detail::Records& records, const std::string& table) {
  for (const detail::TableRecord& record : records.all()) {
    if (detail::table_key(record) == table) return record.bind;
  }
  for (const detail::AssociationRecord& association : detail::association_records(records)) {
    if (association.name == table) return association.side[0]->bind;
  }
  return std::string(detail::kDefaultBind);
}

void mention(const Type& type, const Schema& all, Schema& part) {
  for (const Type& element : type.element) mention(element, all, part);
  if (type.kind != TypeKind::kEnum || part.find_enum(type.name) != nullptr) return;
  if (const Enum* found = all.find_enum(type.name)) part.enums.push_back(*found);
}

std::map<std::string, Schema> schemas_by_bind(const detail::Records& records, const Schema& all) {
  std::map<std::string, Schema> parts;
  for (const Table& table : all.tables) {
    Schema& part = parts[bind_of(records, qualified_name(table))];
    for (const Column& column : table.columns) mention(column.type, all, part);
    part.tables.push_back(table);
  }
  // One database has the enums in the order of the whole.
  if (parts.size() == 1) parts.begin()->second = all;
  return parts;
}

}  // namespace

Metadata::Metadata(const std::vector<const detail::ModelType*>& types) {
  const detail::Records records(types);
  auto impl = std::make_shared<Impl>();
  impl->schema = schema_of(records);
  impl->schemas = schemas_by_bind(records, impl->schema);
  detail::build_mappers(records, *impl);
  impl_ = std::move(impl);
}

const Schema& Metadata::schema() const { return impl_->schema; }
const std::map<std::string, Schema>& Metadata::schemas() const { return impl_->schemas; }

void detail::TypeIndex::insert(TypeKey type, const Mapper* mapper) {
  if (2 * ++size_ > slots_.size()) {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    size_ = 1;
    for (const Slot& slot : old) {
      if (slot.type != nullptr) insert(slot.type, slot.mapper);
    }
  }
  std::size_t at = home(type);
  while (slots_[at].type != type && slots_[at].type != nullptr) at = (at + 1) & mask_;
  slots_[at] = {type, mapper};
}

const detail::Mapper& Metadata::Impl::throw_unmapped() {
  throw Error(ErrorKind::kModel, "a type was used that is no model of this session's Metadata")
      .hint("list it in Metadata::of<…>()");
}

}  // namespace ormdb
