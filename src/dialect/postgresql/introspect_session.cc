#include "dialect/postgresql/introspect_session.h"

#include <string_view>

#include "ormdb/error.h"

namespace ormdb::postgresql {
namespace {

constexpr std::string_view kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr std::string_view kSavepoint = "SAVEPOINT ormdb_introspect";
constexpr std::string_view kRollbackToSavepoint = "ROLLBACK TO SAVEPOINT ormdb_introspect";
constexpr std::string_view kRelease = "RELEASE SAVEPOINT ormdb_introspect";

// current_schema() comes first, before the search path is another one. pg_temp is named so that it
// is searched last: else a temporary table would hide one of the same name, and deparsed text would
// spell the schema of the hidden one. JIT compilation costs more than any of the queries.
constexpr std::string_view kPrepare =
    "SELECT current_schema(), current_setting('server_version_num')::integer / 10000,"
    " set_config('search_path', concat_ws(', ', quote_ident(current_schema()), 'pg_temp'), true),"
    " set_config('TimeZone', 'UTC', true),"
    " set_config('DateStyle', 'ISO, YMD', true),"
    " set_config('IntervalStyle', 'postgres', true),"
    " set_config('extra_float_digits', '1', true),"
    " set_config('bytea_output', 'hex', true),"
    " set_config('lc_monetary', 'C', true),"
    " set_config('quote_all_identifiers', 'off', true),"
    " set_config('jit', 'off', true)";

}  // namespace

CatalogSession::CatalogSession(Connection& connection)
    : connection_(connection), nested_(connection.in_transaction()) {
  connection_.execute(nested_ ? kSavepoint : kBegin);
  try {
    prepare();
  } catch (...) {
    end();
    throw;
  }
}

CatalogSession::~CatalogSession() { end(); }

void CatalogSession::prepare() {
  const Rows rows = connection_.query(kPrepare);
  default_schema_ = rows.text(0, 0);
  version_ = static_cast<int>(rows.integer(0, 1));
}

void CatalogSession::end() noexcept {
  try {
    if (!nested_) {
      connection_.execute("ROLLBACK");
      return;
    }
    connection_.execute(kRollbackToSavepoint);
    connection_.execute(kRelease);
  } catch (const Error&) {
    // The connection is lost: the reading itself has failed, and that error is on its way.
    return;
  }
}

}  // namespace ormdb::postgresql
