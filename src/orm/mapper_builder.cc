#include <algorithm>
#include <set>

#include "base/text.h"
#include "orm/metadata_builder.h"
#include "ormdb/error.h"

namespace ormdb::detail {

namespace {

class MapperBuilder {
 public:
  MapperBuilder(const Records& records, Metadata::Impl& impl) : records_(records), impl_(impl) {}

  void build() {
    for (const TableRecord& record : records_.all()) add_mapper(record);
    for (const TableRecord& record : records_.all()) add_keys(record);
    for (const AssociationRecord& association : association_records(records_)) add(association);
    for (const TableRecord& record : records_.all()) add_relations(record);
    for (const TableRecord& record : records_.all()) connect(record);
    rank();
  }

 private:
  Mapper& mapper_of(const TableRecord& record) const {
    return *impl_.mappers[records_.index_of(record)];
  }

  void add_mapper(const TableRecord& record) {
    auto mapper = std::make_unique<Mapper>();
    mapper->type = record.type;
    mapper->id = next_plan_id();
    mapper->model = model_name(*record.type);
    mapper->table = record.name;
    mapper->schema = record.schema;
    mapper->bind = record.bind;
    mapper->index = impl_.mappers.size();
    mapper->default_object =
        std::shared_ptr<void>(::operator new(record.type->size, std::align_val_t(16)),
                              [destroy = record.type->destroy](void* object) {
                                destroy(object);
                                ::operator delete(object, std::align_val_t(16));
                              });
    record.type->construct(mapper->default_object.get());
    const Table& table = *impl_.schema.find_table(table_key(record));
    for (const ColumnRecord& column : record.columns) add_column(*mapper, column, table);
    find_key(*mapper, table);
    impl_.by_type.insert(record.type->key, mapper.get());
    impl_.mappers.push_back(std::move(mapper));
  }

  static void add_column(Mapper& mapper, const ColumnRecord& record, const Table& table) {
    ColumnMap& column = mapper.columns.emplace_back();
    column.name = record.name;
    column.type = record.type;
    column.kind = stored_kind(record.type);
    column.offset = record.offset;
    column.secret = record.options.secret;
    column.on_update = record.options.on_update;
    mapper.has_on_update = mapper.has_on_update || column.on_update.call != nullptr;
    const Column& declared = *table.find_column(record.name);
    column.computed = declared.generated.has_value();
    column.server_expression =
        declared.default_value && declared.default_value->kind == Literal::Kind::kSql;
    if (record.options.version) mapper.version = static_cast<int>(mapper.columns.size()) - 1;
  }

  static void require_bytes(const Mapper& mapper, const Column& key) {
    const auto native = key.type.native.find("postgresql");
    const std::string collation = to_lower(key.collation);
    const bool ignores_case = collation == "nocase" || collation.ends_with("_ci") ||
                              (native != key.type.native.end() && native->second == "citext");
    if (!ignores_case) return;
    throw Error(ErrorKind::kModel, "the key " + mapper.model + "." + key.name +
                                       " ignores case, and a session tells its objects apart by "
                                       "the bytes of their keys")
        .hint("give it a binary collation, or another key and this column a unique index");
  }

  static void find_key(Mapper& mapper, const Table& table) {
    if (!table.primary_key) {
      throw Error(ErrorKind::kModel, "model " + mapper.model + " has no primary key")
          .hint("say {.primary_key = true} for a column, or t.primary_key<…>() for several");
    }
    for (const KeyPart& part : table.primary_key->columns) {
      if (const Column* key = table.find_column(part.column)) require_bytes(mapper, *key);
      for (std::size_t i = 0; i < mapper.columns.size(); ++i) {
        if (mapper.columns[i].name != part.column) continue;
        mapper.key.push_back(static_cast<ColumnIndex>(i));
        mapper.columns[i].primary_key = true;
      }
    }
    const ColumnMap& first = mapper.columns[mapper.key.front()];
    const bool integer = first.kind == ValueKind::kInteger;
    if (mapper.key.size() != 1 || !integer) return;
    mapper.integer_key = first.type.kind != FieldKind::kCustom && !first.type.nullable;
    const bool has_parent =
        std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                    [&](const ForeignKey& key) { return key.columns.front() == first.name; });
    if (!has_parent) mapper.generated_key = mapper.key.front();
  }

  std::vector<ColumnIndex> indexes(const Mapper& mapper, const std::vector<std::string>& names) {
    std::vector<ColumnIndex> result;
    for (const std::string& name : names) {
      for (std::size_t i = 0; i < mapper.columns.size(); ++i) {
        if (mapper.columns[i].name == name) result.push_back(static_cast<ColumnIndex>(i));
      }
    }
    return result;
  }

  const TableRecord* record_of(const std::string& table) const {
    for (const TableRecord& record : records_.all()) {
      if (table_key(record) == table) return &record;
    }
    return nullptr;
  }

  void add_keys(const TableRecord& record) {
    Mapper& child = mapper_of(record);
    for (const ForeignKey& key : impl_.schema.find_table(table_key(record))->foreign_keys) {
      const TableRecord* parent_record = record_of(key.referenced_table);
      if (parent_record == nullptr) continue;
      Mapper& parent = mapper_of(*parent_record);
      require_one_database(child, parent);
      KeyMap& map = impl_.keys.emplace_back();
      map.child = &child;
      map.child_columns = indexes(child, key.columns);
      map.parent = &parent;
      map.parent_columns =
          key.referenced_columns.empty() ? parent.key : indexes(parent, key.referenced_columns);
      map.on_delete = key.on_delete;
      map.to_primary_key = map.parent_columns == parent.key;
      map.nullable =
          std::all_of(map.child_columns.begin(), map.child_columns.end(),
                      [&](ColumnIndex column) { return child.columns[column].type.nullable; });
      child.parents.push_back(&map);
      parent.children.push_back(&map);
    }
  }

  static void require_one_database(const Mapper& a, const Mapper& b) {
    if (a.bind == b.bind) return;
    throw Error(ErrorKind::kModel, "the models " + a.model + " and " + b.model +
                                       " are connected, but bound to two databases, " + a.bind +
                                       " and " + b.bind)
        .hint("bind both to one, or keep the key as a plain column");
  }

  void add(const AssociationRecord& record) {
    require_one_database(mapper_of(*record.side[0]), mapper_of(*record.side[1]));
    Association& association = impl_.associations.emplace_back();
    association.table = record.name;
    association.insert.id = next_plan_id();
    association.remove.id = next_plan_id();
    for (std::uint64_t& id : association.clear_id) id = next_plan_id();
    for (int side = 0; side < 2; ++side) {
      const Mapper& mapper = mapper_of(*record.side[side]);
      association.mapper[side] = &mapper;
      association.column[side] = record.column[side];
      const PlanColumn column{record.column[side], mapper.columns[mapper.key.front()].kind};
      association.insert.columns.push_back(column);
      association.remove.key.push_back(column);
    }
  }

  void add_relations(const TableRecord& table) {
    Mapper& mapper = mapper_of(table);
    for (const RelationRecord& record : table.relations) {
      Relation& relation = mapper.relations.emplace_back();
      const std::string of = mapper.model + "::" + std::string(record.handle->name());
      relation.name = record.handle->name();
      relation.offset = record.handle->offset();
      relation.index = mapper.relations.size() - 1;
      relation.owner = &mapper;
      relation.target = &mapper_of(records_.find(record.handle->target, of));
      relation.many = record.kind == "one_to_many" || record.kind == "many_to_many";
      relation.cascade = record.cascade;
      relation.loading = record.loading;
      if (relation.loading == Loading::kRaise) {
        mapper.raises = static_cast<std::uint16_t>(mapper.raises | raise_mark(relation));
      }
      relation.descending = record.descending;
      if (record.order != nullptr) {
        relation.order = relation.target->column_at(record.order->offset());
      }
      if (record.kind == "many_to_many") {
        find_association(relation, record);
      } else {
        find_key(relation, record, of);
      }
    }
  }

  void find_association(Relation& relation, const RelationRecord& record) {
    relation.kind = RelationKind::kAssociation;
    for (Association& association : impl_.associations) {
      if (association.table != record.association.name) continue;
      relation.association = &association;
      relation.side = association.mapper[0] == relation.owner &&
                              association.column[0] == record.association.own_column
                          ? 0
                          : 1;
    }
  }

  void find_key(Relation& relation, const RelationRecord& record, const std::string& of) {
    if (record.key.empty()) {
      throw Error(ErrorKind::kModel, "the relationship " + of + " names no foreign key")
          .hint("name its members after the handle: t." + record.kind +
                "<&…, &Child::parent_id>()");
    }
    const TableRecord& child_record = records_.find(record.key.front()->model, of);
    const Mapper& child = mapper_of(child_record);
    const std::vector<ColumnIndex> columns = indexes(child, records_.names(record.key, of));
    const bool at_parent =
        record.kind == "one_to_many" || (record.kind == "one_to_one" && &child != relation.owner);
    relation.kind = at_parent ? RelationKind::kChildren : RelationKind::kParent;
    const Mapper* parent = at_parent ? relation.owner : relation.target;
    for (const KeyMap* key : child.parents) {
      if (key->parent == parent && key->child_columns == columns) relation.key = key;
    }
    const bool right_child = &child == (at_parent ? relation.target : relation.owner);
    if (relation.key == nullptr || !right_child) {
      throw Error(ErrorKind::kModel, "the relationship " + of + " names " + child.model +
                                         "::" + std::string(record.key.front()->name()) +
                                         ", which is no foreign key to " + parent->table)
          .hint("declare the column with {.references = ormdb::fk<&" + parent->model + "::…>()}");
    }
  }

  void connect(const TableRecord& table) {
    Mapper& mapper = mapper_of(table);
    for (std::size_t i = 0; i < table.relations.size(); ++i) {
      const RelationRecord& record = table.relations[i];
      if (record.back == nullptr) continue;
      Relation& relation = mapper.relations[i];
      const Relation* back = relation.target->relation_at(record.back->offset());
      const bool fits = back != nullptr && back->target == &mapper && back->key == relation.key &&
                        back->association == relation.association;
      if (!fits) {
        throw Error(ErrorKind::kModel, "back_populates of " + mapper.model + "::" + relation.name +
                                           " names " + std::string(record.back->name()) +
                                           ", which is not the same relationship's other side")
            .hint("both sides must name the same foreign key or association table");
      }
      relation.back = back;
    }
  }

  /// Whether rows of `mapper` cannot be written before there are some of `other`.
  static bool needs(const Mapper& mapper, const Mapper& other, std::set<const Mapper*>& seen) {
    if (&mapper == &other) return true;
    if (!seen.insert(&mapper).second) return false;
    return std::any_of(mapper.parents.begin(), mapper.parents.end(), [&](const KeyMap* key) {
      return !key->nullable && needs(*key->parent, other, seen);
    });
  }

  bool needs_path(const Mapper& mapper) const {
    return std::any_of(path_.begin(), path_.end(), [&](const Mapper* other) {
      std::set<const Mapper*> seen;
      return needs(mapper, *other, seen);
    });
  }

  /// Parents first. Where tables point to each other in a circle, the key that leads backwards is
  /// one that can be NULL at first, if there is one.
  void visit(const Mapper& mapper, std::set<const Mapper*>& seen) {
    if (!seen.insert(&mapper).second) return;
    path_.push_back(&mapper);
    for (const KeyMap* key : mapper.parents) {
      if (!key->nullable) visit(*key->parent, seen);
    }
    for (const KeyMap* key : mapper.parents) {
      if (key->nullable && !needs_path(*key->parent)) visit(*key->parent, seen);
    }
    path_.pop_back();
    impl_.mappers[mapper.index]->rank = impl_.by_rank.size();
    impl_.by_rank.push_back(&mapper);
  }

  void rank() {
    std::set<const Mapper*> seen;
    for (const auto& mapper : impl_.mappers) visit(*mapper, seen);
  }

  const Records& records_;
  Metadata::Impl& impl_;
  std::vector<const Mapper*> path_;
};

}  // namespace

void build_mappers(const Records& records, Metadata::Impl& impl) {
  MapperBuilder(records, impl).build();
}

int Mapper::column_at(std::size_t offset) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].offset == offset) return static_cast<int>(i);
  }
  return -1;
}

const Relation* Mapper::relation_at(std::size_t offset) const {
  for (const Relation& relation : relations) {
    if (relation.offset == offset) return &relation;
  }
  return nullptr;
}

std::string Mapper::qualified(const SqlStyle& style) const {
  return schema.empty() ? style.quote(table) : style.quote(schema) + "." + style.quote(table);
}

}  // namespace ormdb::detail
