// A serial column has its sequence with it; a sequence of that name that is an object of its own
// becomes the column's, or the other way round, without being dropped: its numbers go on.
#include <algorithm>

#include "dialect/postgresql/alter_object.h"
#include "dialect/postgresql/compiler.h"
#include "dialect/postgresql/ddl.h"
#include "dialect/postgresql/ddl_object.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/introspect_row.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/types.h"
#include "schema/object_kind.h"

namespace ormdb::postgresql {

namespace {

bool is_serial(const Column& column) { return has_flag(column.options, "serial"); }

// The sequence as `serial` makes it.
DatabaseObject plain_sequence(const Table& table, const Column& column, const Schema& schema) {
  DatabaseObject sequence;
  sequence.kind = "sequence";
  sequence.name = default_sequence_name(table.name, column.name);
  sequence.schema = table.schema;
  const std::string type = type_to_sql(column.type, &schema);
  if (type != "bigint") sequence.properties["type"] = SqlText{type, {}};
  sequence.properties["owned_by"] = SqlText{qualified_name(table) + "." + column.name, {}};
  return sequence;
}

}  // namespace

// Whether the schema has the serial column's sequence as an object of its own.
const DatabaseObject* Compiler::separate_sequence(const std::string& table,
                                                  const Column& column) const {
  const Table* found = schema_.find_table(table);
  if (found == nullptr) return nullptr;
  const DatabaseObject plain = plain_sequence(*found, column, schema_);
  const auto sequence =
      std::find_if(schema_.objects.begin(), schema_.objects.end(),
                   [&](const DatabaseObject& object) { return same_object(object, plain); });
  return sequence == schema_.objects.end() ? nullptr : &*sequence;
}

// Before the column's own change. True: the column is to find its sequence there.
bool Compiler::adopt_sequence(const AlterColumn& op) {
  const DatabaseObject* sequence = separate_sequence(op.table, op.to);
  if (is_serial(op.from) == is_serial(op.to) || sequence == nullptr) return false;
  if (is_serial(op.from)) return true;  // CREATE SEQUENCE has taken it over
  if (!later_.drops_object(*sequence)) return false;
  const DatabaseObject plain = plain_sequence(*schema_.find_table(op.table), op.to, schema_);
  emit(alter_object_sql(*sequence, plain, schema_).value());
  gone_objects_.push_back(*sequence);
  return true;
}

// The sequence of a column that is serial and is going to be no more.
bool Compiler::release_serial(const DatabaseObject& sequence) {
  if (sequence.kind != "sequence") return false;
  for (const Table& table : schema_.tables) {
    if (table.schema != sequence.schema || is_gone(qualified_name(table))) continue;
    for (const Column& column : table.columns) {
      if (!is_serial(column) || !later_.ends_serial(qualified_name(table), column.name)) continue;
      const DatabaseObject plain = plain_sequence(table, column, schema_);
      if (!same_object(plain, sequence)) continue;
      emit(alter_object_sql(plain, sequence, schema_).value());
      return true;
    }
  }
  return false;
}

}  // namespace ormdb::postgresql
