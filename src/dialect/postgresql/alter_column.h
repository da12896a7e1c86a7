// What ALTER TABLE … ALTER COLUMN can do to a column.
#pragma once

#include <string>
#include <vector>

#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// Whether the column has to be dropped and added: it becomes a generated one, or its expression
/// changes (SET EXPRESSION is there from 17 on only), or it was a virtual one.
bool is_new_column(const Column& from, const Column& to);

/// Whether the type or collation changes, for which views and others must be out of the way.
bool changes_type(const AlterColumn& change, const Schema& schema);

/// What the caller sees to.
struct AroundColumn {
  bool default_is_out = false;    ///< Taken away around the change, and put back.
  bool sequence_is_kept = false;  ///< That of a serial column is there before and afterwards.
};

/// The statements that change the column, in the order: what gives numbers goes, generated goes,
/// type, default, null, what gives numbers comes, storage, statistics, compression, comment.
/// `schema` is the state before. Of a column that a parent has too only what is the child's own.
std::vector<std::string> alter_column_sql(const AlterColumn& change, const Schema& schema,
                                          const AroundColumn& around = {});

}  // namespace ormdb::postgresql
