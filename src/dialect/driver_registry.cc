// The table of drivers: which dialects the ORM can talk to.
#include "db/driver.h"
#include "dialect/postgresql/driver.h"
#include "dialect/sqlite/connection.h"
#include "dialect/sqlite/driver.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

struct Entry {
  std::string_view dialect;
  std::unique_ptr<Driver> (*open)(const Url& url, const DriverOptions& options);
};

constexpr Entry kDrivers[] = {
    {"sqlite", &open_sqlite_driver},
    {"postgresql", &postgresql::open_driver},
};

}  // namespace

std::unique_ptr<Driver> open_driver(const Url& url, const DriverOptions& options) {
  for (const Entry& entry : kDrivers) {
    if (entry.dialect == url.dialect) return entry.open(url, options);
  }
  throw Error(ErrorKind::kUnsupported, "the ORM has no driver for " + url.dialect)
      .hint("this build has drivers for sqlite and postgresql");
}

bool is_private_database(const Url& url) { return url.dialect == "sqlite" && is_memory(url); }

}  // namespace ormdb
