// Whether a step that ran outside a transaction, and whose end nobody saw, took effect.
#pragma once

#include <optional>
#include <string_view>

#include "ormdb/connection.h"
#include "ormdb/operation.h"

namespace ormdb::postgresql {

/// Told for create_index and drop_index, for alter_enum that adds or renames values, and for
/// execute of one CREATE, DROP or REINDEX INDEX CONCURRENTLY; empty for everything else, and for
/// CREATE INDEX without a name. An index that was not finished (INVALID) is dropped, and so is the
/// copy that an unfinished REINDEX leaves (name_ccnew): the step can be run again then.
/// Must be called outside a transaction.
std::optional<bool> took_effect(Connection& connection, const Operation& operation);

/// Whether the statement is CREATE INDEX, DROP INDEX or REINDEX … CONCURRENTLY: it waits for others
/// without being in their way.
bool is_concurrent(std::string_view sql);

}  // namespace ormdb::postgresql
