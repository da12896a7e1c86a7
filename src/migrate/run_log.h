// The table ormdb_log: who ran which step when, with the checksum of what was applied; and, for a
// step whose parts commit one by one, how far it got. Never consulted for what is applied.
//
// A row with `step` null is a step (or a stamp); a row with `step` set is a part of that step: its
// number from 1, the hash of its text, when it started and finished. A part is what commits
// together: a run of transactional operations, or one statement outside a transaction.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/dialect.h"
#include "ormdb/revision.h"

namespace ormdb {

struct LogEntry {
  std::string revision;
  std::string direction;  ///< upgrade, downgrade, stamp, unstamp; edited: accepted as edited
  std::string started;    ///< ISO, UTC. Ignored by finished_sql(…, server_time).
  std::string checksum;   ///< Of the upgrade section; "" for a stamp.
  std::size_t statements = 0;
};

/// A step that was started and not finished.
struct UnfinishedStep {
  struct Part {
    int number = 0;
    std::string hash;
    bool finished = false;
  };
  std::int64_t id = 0;
  std::string revision;
  Direction direction = Direction::kUpgrade;
  int total = 0;
  std::vector<Part> parts;  ///< By number.

  const Part* part(int number) const;  ///< nullptr: not started, or it failed.
  int open_part() const;               ///< The first that is not known to be done.
};

class RunLog {
 public:
  RunLog(const Dialect& dialect, const Url& url, std::string schema);

  bool exists(Connection& connection) const;
  std::vector<std::string> create_sql() const;
  /// The same for a database that may have the table (for --sql).
  std::vector<std::string> create_if_missing_sql() const;

  /// One INSERT for a step that is done. `server_time`: the server's clock (for --sql).
  std::string finished_sql(const LogEntry& entry, bool server_time) const;

  /// What was last done about a revision. Of those that are finished; `edited` changes nothing.
  struct LastEntry {
    std::int64_t id = 0;  ///< Grows with time.
    std::string direction;
    std::string checksum;  ///< Of the upgrade section when it was applied here; "" for a stamp.
  };
  std::map<std::string, LastEntry> last_entries(Connection& connection) const;
  /// Revision → checksum, for those whose last entry is an upgrade.
  std::map<std::string, std::string> applied_checksums(Connection& connection) const;

  std::optional<UnfinishedStep> unfinished(Connection& connection) const;

  // A step in parts.
  std::int64_t start_step(Connection& connection, const LogEntry& entry, std::size_t parts) const;
  void start_part(Connection& connection, std::int64_t step, const LogEntry& entry, int number,
                  const std::string& hash) const;
  void finish_part(Connection& connection, std::int64_t step, int number) const;
  void forget_part(Connection& connection, std::int64_t step, int number) const;
  void finish_step(Connection& connection, std::int64_t step, const std::string& checksum) const;
  /// The same as a statement, with the server's clock (for --sql).
  std::string finish_sql(std::int64_t step, const std::string& checksum) const;
  void fail_step(Connection& connection, std::int64_t step, const std::string& error) const;
  /// Ends a step that will not be finished: the statement does so for all there are. What of it was
  /// applied stays, and does not count as applied.
  std::string abandon_sql(bool server_time) const;
  /// For a step of which no part was applied.
  void forget_step(Connection& connection, std::int64_t step) const;

 private:
  std::string quoted() const;
  const Dialect& dialect_;
  std::string user_, host_, schema_;
};

}  // namespace ormdb
