// What the ORM throws beside plain Errors. All of it derives from ormdb::Error, so that one catch
// works; catch the narrower class where the program has an answer to it.
//
//     try { db.commit(); }
//     catch (const ormdb::IntegrityError& error) {
//       db.rollback();
//       if (error.violation() == ormdb::Violation::kUnique) return "that name is taken";
//       throw;
//     }
#pragma once

#include <string>

#include "ormdb/error.h"

namespace ormdb {

/// Which kind of constraint refused a row.
enum class Violation { kUnique, kForeignKey, kNotNull, kCheck, kOther };

/// "unique", "foreign key", "not null", "check", "other".
std::string_view violation_name(Violation violation);

/// A constraint of the database refused a statement. table, column and constraint are set where the
/// server says them: SQLite names table and columns of unique and not-null violations, the
/// constraint of a check, and nothing for a foreign key; of rows that a flush inserts or updates
/// the table is known always.
class IntegrityError : public Error {
 public:
  IntegrityError(Violation violation, const Error& error) : Error(error), violation_(violation) {}

  Violation violation() const { return violation_; }
  const std::string& table() const { return table_; }
  const std::string& column() const { return column_; }  ///< "a" or "a, b".
  const std::string& constraint() const { return constraint_; }

  IntegrityError& table(std::string name);
  IntegrityError& column(std::string name);
  IntegrityError& constraint(std::string name);

 private:
  Violation violation_;
  std::string table_, column_, constraint_;
};

/// A row that should be updated or deleted is gone, or another version of it is there.
class StaleData : public Error {
 public:
  explicit StaleData(std::string message) : Error(ErrorKind::kConflict, std::move(message)) {}
};

/// The object's session was closed, or the object was expunged, and what was asked needs a session.
class DetachedError : public Error {
 public:
  explicit DetachedError(std::string message) : Error(ErrorKind::kUsage, std::move(message)) {}
};

/// No row where one was required: get_or_404, one, paginate past the end.
class NotFound : public Error {
 public:
  explicit NotFound(std::string message) : Error(ErrorKind::kUsage, std::move(message)) {}
};

/// Several rows where one was required.
class MultipleResults : public Error {
 public:
  explicit MultipleResults(std::string message) : Error(ErrorKind::kUsage, std::move(message)) {}
};

/// A relationship that is not loaded was used where loading it is forbidden (raise, dynamic, a
/// limit of lazy loads). The message names the option that loads it beforehand.
class LazyLoadError : public Error {
 public:
  explicit LazyLoadError(std::string message) : Error(ErrorKind::kUsage, std::move(message)) {}
};

/// Two threads were in one session at once.
class ConcurrentUse : public Error {
 public:
  explicit ConcurrentUse(std::string message) : Error(ErrorKind::kUsage, std::move(message)) {}
};

/// A flush failed, and the session waits for rollback().
class RollbackRequired : public Error {
 public:
  explicit RollbackRequired(std::string message) : Error(ErrorKind::kUsage, std::move(message)) {}
};

/// A value of the database does not fit its member: NULL into a member that is not optional, a
/// number out of range, text that is no date. The message names the column.
class ConversionError : public Error {
 public:
  explicit ConversionError(std::string message) : Error(ErrorKind::kDatabase, std::move(message)) {}
};

/// No connection of the pool became free in time.
class PoolTimeout : public Error {
 public:
  explicit PoolTimeout(std::string message) : Error(ErrorKind::kLocked, std::move(message)) {}
};

/// The transaction lost against another one; the same work may succeed when it is repeated
/// (serialization failure, deadlock, SQLITE_BUSY). retry() repeats on it.
class TransientConflict : public Error {
 public:
  explicit TransientConflict(const Error& error) : Error(error) {}
};

/// A statement does not fit the tables any more: another program migrated them meanwhile, and the
/// transaction is too far to prepare it again (PostgreSQL: "cached plan must not change result
/// type"). Roll back and repeat, as retry() does.
class SchemaChanged : public TransientConflict {
 public:
  explicit SchemaChanged(const Error& error) : TransientConflict(error) {}
};

/// The connection broke within a transaction, of which nothing was kept. After rollback() the
/// session goes on with another connection.
class ConnectionLost : public Error {
 public:
  explicit ConnectionLost(const Error& error) : Error(error) {}
};

/// The connection broke while COMMIT was under way: the server may have kept the transaction or
/// not, so that nothing may be repeated without looking. rollback() brings the objects back to how
/// they were before, and each is read again at its next use.
class OutcomeUnknown : public Error {
 public:
  explicit OutcomeUnknown(const Error& error) : Error(error) {}
};

}  // namespace ormdb
