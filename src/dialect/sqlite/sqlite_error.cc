#include "dialect/sqlite/sqlite_error.h"

#include <sqlite3.h>

#include <cerrno>

#include "base/file_system.h"
#include "base/text.h"
#include "dialect/sqlite/rebuild.h"

namespace ormdb {

namespace {

struct CodeName {
  int code;
  std::string_view name;
};

constexpr CodeName kCodeNames[] = {
    {SQLITE_ERROR, "SQLITE_ERROR"},
    {SQLITE_PERM, "SQLITE_PERM"},
    {SQLITE_ABORT, "SQLITE_ABORT"},
    {SQLITE_ABORT_ROLLBACK, "SQLITE_ABORT_ROLLBACK"},
    {SQLITE_BUSY, "SQLITE_BUSY"},
    {SQLITE_BUSY_RECOVERY, "SQLITE_BUSY_RECOVERY"},
    {SQLITE_BUSY_SNAPSHOT, "SQLITE_BUSY_SNAPSHOT"},
    {SQLITE_LOCKED, "SQLITE_LOCKED"},
    {SQLITE_LOCKED_SHAREDCACHE, "SQLITE_LOCKED_SHAREDCACHE"},
    {SQLITE_NOMEM, "SQLITE_NOMEM"},
    {SQLITE_READONLY, "SQLITE_READONLY"},
    {SQLITE_READONLY_CANTLOCK, "SQLITE_READONLY_CANTLOCK"},
    {SQLITE_READONLY_DBMOVED, "SQLITE_READONLY_DBMOVED"},
    {SQLITE_READONLY_DIRECTORY, "SQLITE_READONLY_DIRECTORY"},
    {SQLITE_INTERRUPT, "SQLITE_INTERRUPT"},
    {SQLITE_IOERR, "SQLITE_IOERR"},
    {SQLITE_CORRUPT, "SQLITE_CORRUPT"},
    {SQLITE_CORRUPT_INDEX, "SQLITE_CORRUPT_INDEX"},
    {SQLITE_FULL, "SQLITE_FULL"},
    {SQLITE_CANTOPEN, "SQLITE_CANTOPEN"},
    {SQLITE_CANTOPEN_ISDIR, "SQLITE_CANTOPEN_ISDIR"},
    {SQLITE_SCHEMA, "SQLITE_SCHEMA"},
    {SQLITE_TOOBIG, "SQLITE_TOOBIG"},
    {SQLITE_CONSTRAINT, "SQLITE_CONSTRAINT"},
    {SQLITE_CONSTRAINT_CHECK, "SQLITE_CONSTRAINT_CHECK"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, "SQLITE_CONSTRAINT_FOREIGNKEY"},
    {SQLITE_CONSTRAINT_NOTNULL, "SQLITE_CONSTRAINT_NOTNULL"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, "SQLITE_CONSTRAINT_PRIMARYKEY"},
    {SQLITE_CONSTRAINT_TRIGGER, "SQLITE_CONSTRAINT_TRIGGER"},
    {SQLITE_CONSTRAINT_UNIQUE, "SQLITE_CONSTRAINT_UNIQUE"},
    {SQLITE_CONSTRAINT_ROWID, "SQLITE_CONSTRAINT_ROWID"},
    {SQLITE_CONSTRAINT_DATATYPE, "SQLITE_CONSTRAINT_DATATYPE"},
    {SQLITE_MISMATCH, "SQLITE_MISMATCH"},
    {SQLITE_MISUSE, "SQLITE_MISUSE"},
    {SQLITE_AUTH, "SQLITE_AUTH"},
    {SQLITE_RANGE, "SQLITE_RANGE"},
    {SQLITE_NOTADB, "SQLITE_NOTADB"},
};

// "error in view v: no such table: main.t", "error in trigger r after drop column: …" → "view v".
std::string broken_object(const std::string& words) {
  constexpr std::string_view kStart = "error in ";
  if (words.compare(0, kStart.size(), kStart) != 0) return "";
  const std::size_t end = std::min(words.find(" after "), words.find(": "));
  return end == std::string::npos ? "" : words.substr(kStart.size(), end - kStart.size());
}

// "NOT NULL constraint failed: t.x" → "t.x".
std::string failed_columns(const std::string& words) {
  const std::size_t colon = words.rfind(": ");
  return colon == std::string::npos ? "the column" : words.substr(colon + 2);
}

std::string constraint_hint(int code, const std::string& words) {
  if (code == SQLITE_CONSTRAINT_NOTNULL) {
    return "there are rows without a value for " + failed_columns(words) +
           ": give the column a default, or fill the rows before it";
  }
  if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) {
    return "there are rows with equal values in " + failed_columns(words);
  }
  if (code == SQLITE_CONSTRAINT_DATATYPE) {
    return "a STRICT table holds only values of its columns' types: convert them in a step before";
  }
  return "";
}

// The limit of a file's size (ulimit -f) and a quota are full disks to whoever meets them; SQLite
// calls them input/output errors.
int meant_code(sqlite3* handle) {
  const int code = sqlite3_extended_errcode(handle);
  if ((code & 0xFF) != SQLITE_IOERR) return code;
  const int cause = sqlite3_system_errno(handle);
  return cause == EFBIG || cause == EDQUOT || cause == ENOSPC ? SQLITE_FULL : code;
}

std::string hint_for(int code, const std::string& words, const std::string& file) {
  const std::string shown = file.empty() ? "the database" : display_path(file);
  const std::string broken = broken_object(words);
  if (!broken.empty()) {
    return "SQLite refuses to alter any table while a view or trigger does not fit the schema: "
           "drop or "
           "correct the " +
           broken + " in a step before this one";
  }
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another connection is using " + shown +
             ": end it, or wait longer with --lock-timeout";
    case SQLITE_FULL:
      return "make room on the disk of " + shown;
    case SQLITE_NOTADB:
      return "check the path in the database URL; an encrypted database is not readable either";
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return "the user who runs ormdb needs write permission on " + shown + " and its directory";
    case SQLITE_CORRUPT:
      return "run PRAGMA integrity_check, and restore a backup";
    case SQLITE_CONSTRAINT:
      return constraint_hint(code, words);
    default:
      return "";
  }
}

std::string message_for(int code, const std::string& words, const std::string& file) {
  const std::string shown = file.empty() ? "the database" : display_path(file);
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return "disk is full: " + words + " (" + shown + ")";
    case SQLITE_NOTADB:
      return shown + " is not an SQLite database: " + words;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
      return words + " (" + shown + ")";
    default:
      return words;
  }
}

}  // namespace

std::string sqlite_code_name(int extended_code) {
  for (const CodeName& known : kCodeNames) {
    if (known.code == extended_code) return std::string(known.name);
  }
  const int primary = extended_code & 0xFF;
  if (primary != extended_code) return sqlite_code_name(primary);
  return "SQLITE_ERROR " + std::to_string(extended_code);
}

Error sqlite_error(sqlite3* handle, std::string_view statement, const std::string& file) {
  const int code = meant_code(handle);
  // A constraint that fails during a rebuild names the new table, which the user never sees.
  const std::string words = replace_all(sqlite3_errmsg(handle), rebuild_name(""), "");
  const int primary = code & 0xFF;
  const bool locked = primary == SQLITE_BUSY || primary == SQLITE_LOCKED;
  Error error(locked ? ErrorKind::kLocked : ErrorKind::kDatabase, message_for(code, words, file));
  error.statement(std::string(statement)).sqlstate(sqlite_code_name(code)).where("database");
  const std::string hint = hint_for(code, words, file);
  if (!hint.empty()) error.hint(hint);
  return error;
}

}  // namespace ormdb
