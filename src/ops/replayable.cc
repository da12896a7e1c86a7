#include <algorithm>

#include "base/sql_scanner.h"
#include "ormdb/operation.h"

namespace ormdb {

bool is_replayable(const Operation& operation, std::string_view dialect) {
  const auto* execute = operation.get_if<Execute>();
  if (execute == nullptr) return true;
  if (execute->effects) {
    return std::all_of(execute->effects->begin(), execute->effects->end(),
                       [&](const Operation& effect) { return is_replayable(effect, dialect); });
  }
  const SqlDialect scanned = sql_dialect(dialect);
  for (const SqlStatement& statement : split_sql(execute->sql.for_dialect(dialect), scanned)) {
    if (!is_data_statement(statement.text, scanned)) return false;
  }
  return true;
}

}  // namespace ormdb
