// What ormdb asks of a database engine.
//
// One implementation a folder of src/dialect/; src/dialect/registry.cc lists them by URL scheme.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/diff.h"
#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb {

/// One SQL statement of a compiled script section.
struct Statement {
  std::string sql;          ///< Without the final semicolon.
  int operation = 0;        ///< 1-based index of the operation that caused it; 0: none.
  bool transaction = true;  ///< May run inside a transaction.
};

/// A script section as SQL, and what must surround it.
struct CompiledSection {
  std::vector<std::string> before;  ///< Run outside the transaction, before it (PRAGMA …).
  std::vector<Statement> statements;
  std::vector<std::string> after;  ///< Run outside the transaction, after it, also after a failure.
  bool verify_integrity = false;   ///< Keys were not enforced while it ran: verify before commit.
  /// How many operations of the list are covered. Less than all of them only when an opaque one was
  /// reached: run these statements, introspect, compile the rest.
  std::size_t compiled_operations = 0;
  bool schema_known = true;  ///< false: an opaque step is the last one covered, introspect.
};

/// The names of ormdb's own tables, and other objects that belong to no model.
struct IntrospectOptions {
  std::vector<std::string> ignored_tables;  ///< Folded names: version tables, ormdb_log.
  std::vector<std::string> schemas;         ///< Globs; empty: all but the system's.
};

struct ConnectOptions {
  std::chrono::milliseconds lock_timeout{5000};
  std::chrono::milliseconds statement_timeout{0};  ///< 0: none.
  bool create = true;                              ///< SQLite: create a missing file.
  bool read_only = false;
  /// PostgreSQL: "public" is the default schema wherever it exists, whatever search_path the role
  /// and the database have, unless the URL itself sets one (options=-csearch_path=app). The rest of
  /// the path stays behind it.
  bool fixed_default_schema = true;
};

/// Keeps other ormdb runs off a database while it lives.
class RunLock {
 public:
  virtual ~RunLock() = default;
};

/// State taken before a section runs, for the check before its commit.
class IntegrityCheck {
 public:
  virtual ~IntegrityCheck() = default;
  /// Throws Error{kDatabase} naming the rows whose keys the section broke.
  virtual void verify(Connection& connection) = 0;
};

class Dialect {
 public:
  virtual ~Dialect() = default;

  virtual std::string_view name() const = 0;
  virtual const SchemaRules& rules() const = 0;

  /// Longest identifier in bytes; 0: no limit.
  virtual int max_identifier_length() const = 0;
  /// Whether DDL takes part in transactions.
  virtual bool transactional_ddl() const = 0;
  /// Whether a script whose statement did not get its lock within lock_timeout is tried again:
  /// where a waiting statement makes others wait behind it.
  virtual bool retries_lock_timeouts() const { return false; }
  /// The statement that opens a transaction for a script.
  virtual std::string_view begin() const = 0;

  virtual std::string quote(std::string_view identifier) const = 0;
  virtual std::string literal(const Literal& value) const = 0;

  virtual std::unique_ptr<Connection> connect(const Url& url,
                                              const ConnectOptions& options) const = 0;

  /// nullptr when the database does not exist and a run would make it, as SQLite's file
  /// (ConnectOptions::create is ignored); where a run would not, this throws as connect() does.
  virtual std::unique_ptr<Connection> connect_existing(const Url& url,
                                                       const ConnectOptions& options) const {
    return database_exists(url) ? connect(url, options) : nullptr;
  }

  virtual Schema introspect(Connection& connection, const IntrospectOptions& options) const = 0;

  /// Objects that introspect() leaves out because ormdb has no way to manage them, one line each:
  /// "text search configuration english_nostop".
  virtual std::vector<std::string> unmanaged(Connection&, const IntrospectOptions&) const {
    return {};
  }

  /// Makes what means the same in both schemas equal, before they are compared: what the models
  /// leave open (identity or serial) is taken from the database, and SQL text that differs is put
  /// to the server, which spells both sides. `from` is the database, `to` the models; The
  /// connection is nullptr where there is none, then tokens alone decide. Changes nothing in the
  /// database. Returns notes for the user ("the server is read-only, so …").
  virtual std::vector<std::string> reconcile(Connection*, Schema& /*from*/, Schema& /*to*/) const {
    return {};
  }

  /// Whether an operation that runs outside transactions and was cut off took effect; empty when
  /// that cannot be told. What a failed attempt left (an INVALID index) is cleared away.
  virtual std::optional<bool> took_effect(Connection&, const Operation&) const { return {}; }

  /// Whether a table of this qualified name is there.
  virtual bool table_exists(Connection& connection, std::string_view qualified_name) const = 0;

  /// A number that changes with every schema change made by anyone, cheap to ask; always the same
  /// where the engine has none.
  virtual std::int64_t schema_version(Connection& connection) const = 0;

  /// SQL for a script section, given the schema before it. Several changes of one table become one
  /// rebuild where the engine needs one. Throws kUnsupported (an operation the engine has no way
  /// for, named), kScript (an operation that does not fit the schema).
  ///
  /// `schema` is the state before; it is advanced in place to the state after the compiled
  /// operations (never copied as a whole: a run compiles thousands of sections on one growing
  /// schema). After an error, and where schema_known is false, its content is unspecified.
  virtual CompiledSection compile(const std::vector<Operation>& operations,
                                  Schema& schema) const = 0;

  /// For sections with verify_integrity: the state before (kept rows that are already broken do not
  /// count).
  virtual std::unique_ptr<IntegrityCheck> integrity_check(Connection& connection) const = 0;
  /// The same as SQL text that fails in the engine's own shell, for --sql. One statement an
  /// element.
  virtual std::vector<std::string> integrity_check_sql() const = 0;

  /// Lines that make the engine's shell stop at the first error (".bail on").
  virtual std::string sql_preamble(const Url& url) const = 0;

  /// Waits up to `timeout` for other ormdb runs on the same database; throws kLocked naming the
  /// holder.
  virtual std::unique_ptr<RunLock> lock_run(const Url& url, Connection& connection,
                                            std::chrono::milliseconds timeout) const = 0;
  /// Who holds the run lock ("pid 4711 on web1"), or empty.
  virtual std::optional<std::string> run_lock_holder(const Url& url,
                                                     Connection& connection) const = 0;

  virtual bool database_exists(const Url& url) const = 0;
  virtual void create_database(const Url& url) const = 0;  ///< Throws kDatabase when it exists.
  virtual void drop_database(const Url& url) const = 0;    ///< Throws kDatabase when it does not.

  /// Who is connected, for the log ("" where the engine has no users).
  virtual std::string database_user(const Url& url) const = 0;
};

/// The dialect for a URL's dialect name. Throws kUnsupported, naming those there are.
const Dialect& dialect_for(std::string_view name);

}  // namespace ormdb
