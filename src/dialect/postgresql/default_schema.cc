#include "dialect/postgresql/default_schema.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"

namespace ormdb::postgresql {
namespace {

class Dropper {
 public:
  explicit Dropper(std::string_view schema) : schema_(schema), prefix_(schema_ + ".") {}

  void drop(Schema& schema) const;

 private:
  void schema_name(std::string& name) const {
    if (name == schema_) name.clear();
  }
  void prefix(std::string& name) const {
    if (name.starts_with(prefix_)) name.erase(0, prefix_.size());
  }
  /// Each of "public.a, public.b".
  void prefixes(std::string& names) const {
    std::vector<std::string> parts = split(names, ',');
    for (std::string& part : parts) {
      part = std::string(trim(part));
      prefix(part);
    }
    names = join(parts, ", ");
  }

  void type(Type& value) const;
  void options(Options& value) const;
  void table(Table& value) const;
  void object(DatabaseObject& value) const;

  std::string schema_;
  std::string prefix_;
};

void Dropper::type(Type& value) const {
  prefix(value.name);
  const auto native = value.native.find("postgresql");
  if (native != value.native.end()) prefix(native->second);
  for (Type& element : value.element) type(element);
}

void Dropper::options(Options& value) const {
  const auto own = value.find("postgresql");
  if (own == value.end()) return;
  for (const char* key : {"partition_of", "of_type", "from", "inherits"}) {
    const auto found = own->second.find(key);
    if (found != own->second.end()) prefixes(found->second);
  }
}

void Dropper::table(Table& value) const {
  schema_name(value.schema);
  prefix(value.renamed_from);
  options(value.options);
  for (Column& column : value.columns) {
    type(column.type);
    prefix(column.collation);
  }
  for (ForeignKey& key : value.foreign_keys) prefix(key.referenced_table);
}

void Dropper::object(DatabaseObject& value) const {
  schema_name(value.schema);
  prefix(value.table);
  for (const char* property : {"owned_by", "on", "type", "function"}) {
    const auto found = value.properties.find(property);
    if (found == value.properties.end()) continue;
    if (auto* text = std::get_if<SqlText>(&found->second)) prefix(text->common);
  }
}

void Dropper::drop(Schema& schema) const {
  for (Enum& value : schema.enums) schema_name(value.schema);
  for (Table& value : schema.tables) table(value);
  for (View& value : schema.views) schema_name(value.schema);
  for (Trigger& value : schema.triggers) {
    prefix(value.table);
    prefix(value.function);
    options(value.options);
  }
  for (DatabaseObject& value : schema.objects) object(value);
}

}  // namespace

bool has_public_as_default(const Schema& schema) {
  return std::none_of(schema.objects.begin(), schema.objects.end(), [](const auto& object) {
    return object.kind == "schema" && object.name == "public" && object.comment.empty();
  });
}

void drop_default_schema(Schema& schema, std::string_view name) { Dropper(name).drop(schema); }

}  // namespace ormdb::postgresql
