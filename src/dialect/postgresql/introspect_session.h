// The settings and the snapshot under which the catalogs are read.
#pragma once

#include <string>

#include "ormdb/connection.h"

namespace ormdb::postgresql {

/// While it lives, the connection reads from one snapshot, and deparsed text is the same whatever
/// the user has set: only the default schema is on the search path, time is UTC, formats are fixed.
///
/// Without a transaction on the connection it opens one of its own; in one that is open it sets a
/// savepoint, so that what was done before is seen (the snapshot is then what the isolation level
/// gives). Destruction rolls back to where it was, settings too.
class CatalogSession {
 public:
  explicit CatalogSession(Connection& connection);
  ~CatalogSession();
  CatalogSession(const CatalogSession&) = delete;
  CatalogSession& operator=(const CatalogSession&) = delete;

  const std::string& default_schema() const { return default_schema_; }  ///< "" if there is none.
  int version() const { return version_; }                               ///< 13 … 18.

 private:
  void prepare();
  void end() noexcept;

  Connection& connection_;
  bool nested_ = false;
  std::string default_schema_;
  int version_ = 0;
};

}  // namespace ormdb::postgresql
