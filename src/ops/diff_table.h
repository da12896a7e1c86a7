// The difference of two tables of one name.
#pragma once

#include "ops/changes.h"
#include "ormdb/diff.h"

namespace ormdb {

/// A schema with its canonical form (canonical.h).
struct ComparedSchema {
  const Schema& spelled;
  Schema canonical;
};

/// The table as operations carry it: without hints and relationships; enum columns that the dialect
/// has no enum for as it stores them, with their checks.
Table spelled_table(const Table& table, const ComparedSchema& schema, const SchemaRules& rules);

/// One side of the comparison: as operations carry it, and canonical.
struct ComparedTable {
  Table spelled;
  const Table& canonical;
  const Schema& schema;  ///< The one that it stands in, as spelled.
};

TableChanges diff_table(const ComparedTable& from, const ComparedTable& to,
                        const SchemaRules& rules);

}  // namespace ormdb
