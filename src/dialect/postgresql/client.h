// libpq, the PostgreSQL client library, opened on first use.
//
// Nothing outside this folder includes libpq-fe.h. The library is not linked: a program that never
// talks to PostgreSQL neither needs it nor pays for loading it (with its TLS and Kerberos libraries
// it costs about 5 ms a start). The CMake option ORMDB_LINK_LIBPQ links it instead.
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace ormdb::postgresql {

// All there since PostgreSQL 10's libpq.
#define ORMDB_LIBPQ_FUNCTIONS(X) \
  X(PQbackendPID)                \
  X(PQcancel)                    \
  X(PQclear)                     \
  X(PQcmdStatus)                 \
  X(PQcmdTuples)                 \
  X(PQconnectStartParams)        \
  X(PQconndefaults)              \
  X(PQconninfoFree)              \
  X(PQconnectdbParams)           \
  X(PQconsumeInput)              \
  X(PQdb)                        \
  X(PQdescribePortal)            \
  X(PQdescribePrepared)          \
  X(PQerrorMessage)              \
  X(PQexec)                      \
  X(PQexecParams)                \
  X(PQfinish)                    \
  X(PQfformat)                   \
  X(PQfname)                     \
  X(PQfreeCancel)                \
  X(PQfreemem)                   \
  X(PQftype)                     \
  X(PQgetCancel)                 \
  X(PQgetCopyData)               \
  X(PQgetResult)                 \
  X(PQgetisnull)                 \
  X(PQgetlength)                 \
  X(PQgetvalue)                  \
  X(PQisBusy)                    \
  X(PQnfields)                   \
  X(PQntuples)                   \
  X(PQparameterStatus)           \
  X(PQputCopyData)               \
  X(PQputCopyEnd)                \
  X(PQresultErrorField)          \
  X(PQresultStatus)              \
  X(PQsendPrepare)               \
  X(PQsendQuery)                 \
  X(PQsendQueryParams)           \
  X(PQsendQueryPrepared)         \
  X(PQserverVersion)             \
  X(PQsetNoticeProcessor)        \
  X(PQsocket)                    \
  X(PQstatus)                    \
  X(PQtransactionStatus)         \
  X(PQunescapeBytea)

/// One pointer a function, under the function's own name: client().PQexec(…).
struct Client {
#define ORMDB_DECLARE_FUNCTION(name) decltype(&::name) name = nullptr;
  ORMDB_LIBPQ_FUNCTIONS(ORMDB_DECLARE_FUNCTION)
#undef ORMDB_DECLARE_FUNCTION
};

/// The library, opened by the first call (from any thread) and never closed. Throws kUnsupported,
/// naming the Debian package, when it is missing or lacks a function.
const Client& client();

struct FinishConnection {
  void operator()(PGconn* connection) const { client().PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { client().PQclear(result); }
};
using Handle = std::unique_ptr<PGconn, FinishConnection>;
using Result = std::unique_ptr<PGresult, ClearResult>;

}  // namespace ormdb::postgresql
