// From what describe() said to a Schema and mappers.
//
// 1. Every model describes itself into a TableRecord.
// 2. The records become one document in the form of models.yaml, which the reader of models.yaml
//    turns into a Schema: so both ways give the same, also in what they refuse.
// 3. The records and the schema's keys become mappers, which know offsets instead of types.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/node.h"
#include "orm/mapper.h"
#include "orm/records.h"

namespace ormdb::detail {

/// The records of all models, and who is who.
class Records {
 public:
  explicit Records(const std::vector<const ModelType*>& types);

  const std::deque<TableRecord>& all() const { return records_; }
  /// Throws kModel naming `of` when the type is not listed.
  const TableRecord& find(TypeKey type, const std::string& of) const;
  std::size_t index_of(const TableRecord& record) const;
  /// Throws kModel when the member is no column of its model.
  const ColumnRecord& column(const MemberRef& member, const std::string& of) const;
  std::vector<std::string> names(const Members& members, const std::string& of) const;

 private:
  void check(const TableRecord& record) const;

  std::deque<TableRecord> records_;
};

/// "schema.table", as models.yaml names tables.
std::string table_key(const TableRecord& record);

/// The document of step 2.
Node models_document(const Records& records);

/// The association tables: one entry for both sides that declare the same.
struct AssociationRecord {
  const TableRecord* side[2] = {nullptr, nullptr};
  const RelationRecord* relation = nullptr;  ///< The first that declared it.
  const RelationRecord* second = nullptr;
  std::string name;
  std::string column[2];
};
std::vector<AssociationRecord> association_records(const Records& records);

/// Step 3; `impl.schema` is there already.
void build_mappers(const Records& records, Metadata::Impl& impl);

}  // namespace ormdb::detail
