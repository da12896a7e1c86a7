// The clock and randomness: the only place that reads either.
#pragma once

#include <string>

namespace ormdb {

/// Now in UTC: "2026-11-22T10:04:11Z". ORMDB_NOW (same form) overrides it, for reproducible files.
std::string now_utc();

/// The same instant in `timezone` (an IANA name, "" or "UTC" for UTC): "2026-11-22T11:04:11+01:00".
/// Throws kConfig for an unknown zone.
std::string now_in(const std::string& timezone);

/// 12 random hex digits. ORMDB_REV_SEED (a number) makes them reproducible, for tests.
std::string new_revision_id();

/// Milliseconds on a steady clock.
double steady_milliseconds();

}  // namespace ormdb
