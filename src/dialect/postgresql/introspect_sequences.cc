// Sequences: objects of their own, or part of the column that owns them.

#include <cstdint>
#include <limits>
#include <utility>

#include "dialect/postgresql/introspect_parts.h"

namespace ormdb::postgresql {
namespace {

std::string sequences_query(const Catalog& catalog) {
  return "SELECT c.oid, c.relnamespace, c.relname, c.relpersistence = 'u', c.oid::regclass::text,"
         " format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,"
         " s.seqcache, s.seqcycle, d.refobjid, d.refobjsubid, d.deptype"
         " FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid"
         " LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid"
         "  AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')"
         " WHERE " +
         catalog.in_schemas("c.relnamespace") + " AND " +
         Catalog::not_of_extension(CatalogClass::kRelation, "c.oid");
}

struct SequenceRow {
  Oid oid, name_space;
  std::string name;
  bool unlogged;
  std::string regclass, type;
  std::int64_t start, increment, min, max, cache;
  bool cycle;
  Oid owner;
  std::int64_t owner_column;
  char dependency;
};

SequenceRow read_sequence(CatalogRow& row) {
  return {row.oid(),     row.oid(),     row.text(),    row.flag(),    row.text(),
          row.text(),    row.integer(), row.integer(), row.integer(), row.integer(),
          row.integer(), row.flag(),    row.oid(),     row.integer(), row.letter()};
}

std::int64_t largest_of(std::string_view type) {
  if (type == "smallint") return std::numeric_limits<std::int16_t>::max();
  if (type == "integer") return std::numeric_limits<std::int32_t>::max();
  return std::numeric_limits<std::int64_t>::max();
}

// Parameters that CREATE SEQUENCE would not choose itself; the type is no such parameter.
void put_sequence_parameters(DatabaseObject& object, const SequenceRow& row) {
  const bool ascending = row.increment > 0;
  const std::int64_t largest = largest_of(row.type);
  const auto put_number = [&object](const char* name, std::int64_t value, std::int64_t usual) {
    if (value != usual) put(object, name, std::to_string(value));
  };
  put_number("start", row.start, ascending ? row.min : row.max);
  put_number("increment", row.increment, 1);
  put_number("min", row.min, ascending ? 1 : -largest - 1);
  put_number("max", row.max, ascending ? largest : -1);
  put_number("cache", row.cache, 1);
  put_flag(object, "cycle", row.cycle);
}

OwnedSequence sequence_of(const Catalog& catalog, SequenceRow& row) {
  OwnedSequence sequence;
  DatabaseObject& object = sequence.object;
  object.kind = "sequence";
  object.name = std::move(row.name);
  object.schema = catalog.schema_name(row.name_space);
  object.comment = catalog.comment(CatalogClass::kRelation, row.oid);
  put_sequence_parameters(object, row);
  sequence.plain = object.properties.empty() && object.comment.empty();
  if (row.type != "bigint") put(object, "type", row.type);
  put_flag(object, "unlogged", row.unlogged);
  sequence.regclass = std::move(row.regclass);
  sequence.data_type = std::move(row.type);
  return sequence;
}

}  // namespace

void read_sequences(const Catalog& catalog, Draft& draft) {
  catalog.each_row(sequences_query(catalog), [&](CatalogRow& values) {
    SequenceRow row = read_sequence(values);
    OwnedSequence sequence = sequence_of(catalog, row);
    if (row.owner == 0) {
      draft.schema.objects.push_back(std::move(sequence.object));
      return;
    }
    const ColumnKey column(row.owner, row.owner_column);
    if (row.dependency == 'i') {
      draft.identities.emplace(column, std::move(sequence));
    } else {
      draft.owned_sequences.emplace(column, std::move(sequence));
    }
  });
}

void keep_sequences(Draft& draft) {
  for (auto& [column, sequence] : draft.owned_sequences) {
    const Relation* owner = draft.relation(column.first);
    if (owner == nullptr) continue;
    put(sequence.object, "owned_by", owner->qualified + "." + owner->column(column.second));
    draft.schema.objects.push_back(std::move(sequence.object));
  }
  draft.owned_sequences.clear();
}

}  // namespace ormdb::postgresql
