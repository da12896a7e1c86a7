// A connection that writes statements instead of running them: what --sql prints, and what tests
// look at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/connection.h"

namespace ormdb {

/// The value as a SQL literal: NULL, 12, 1.5, 'it''s', x'00ff'. `dialect` is "sqlite", "postgresql"
/// or "mysql": MySQL's strings double the backslash too, PostgreSQL's bytes read '\x00ff'::bytea.
/// Throws kUnsupported for a value without a literal (a NUL in a string on PostgreSQL and SQLite,
/// an infinity outside PostgreSQL).
std::string sql_literal(const Value& value, std::string_view dialect);

/// The statement with its `?` marks replaced by literals; marks in strings, quoted names and
/// comments stay. Throws kInternal when marks and parameters differ in number. Without parameters:
/// `sql` as it is.
std::string inline_parameters(std::string_view sql, const std::vector<Value>& parameters,
                              std::string_view dialect);

/// Appends each statement to `out` as "SQL;", a line end and an empty line.
class RecordingConnection : public Connection {
 public:
  /// `out` must outlive the connection.
  RecordingConnection(std::string& out, std::string dialect);

  void execute(std::string_view sql, const std::vector<Value>& parameters = {}) override;

  /// Throws kUnsupported: there is no database to ask.
  Rows query(std::string_view sql, const std::vector<Value>& parameters = {}) override;

  /// Follows BEGIN, START TRANSACTION, COMMIT, END and ROLLBACK (but not ROLLBACK TO).
  bool in_transaction() const override { return in_transaction_; }
  bool is_recording() const override { return true; }

  /// Appends "-- text" lines before the next statement.
  void comment(std::string_view text);

 private:
  void follow_transaction(std::string_view sql);

  std::string& out_;
  std::string dialect_;
  bool in_transaction_ = false;
};

}  // namespace ormdb
