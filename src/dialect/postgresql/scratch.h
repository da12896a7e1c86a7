// SQL texts spelled by the server: put into scratch objects and read back.
//
// Everything happens in one transaction (a savepoint where there is one already) that is rolled
// back. Scratch objects are temporary: tables with the columns that the texts see, under the names
// of the real tables, so that table.column is found; views, domains, rules and partitions. Texts
// are read as the session reads them (its time zone, its date style) and spelled as introspection
// does.
#pragma once

#include <string>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// A table under whose name texts are spelled.
struct ScratchTable {
  std::string name;
  std::vector<Column> columns;  ///< What the texts see, each with its name and type.
  std::string like;             ///< Instead: the relation of the database that has them, as SQL.
};

struct ScratchText {
  enum class Kind {
    kCheck,      ///< A boolean expression over the table's columns.
    kValue,      ///< An expression of any type over them.
    kDefault,    ///< Of a column of `type`.
    kGenerated,  ///< Of a column of `type`.
    kDomain,     ///< A check of a domain over `type`.
    kQuery,      ///< A view's query, its columns named by `columns`.
    kCondition,  ///< A boolean expression that may hold queries.
    kTrigger,    ///< A boolean expression over the rows new and old.
    kRule,       ///< "WHERE … DO INSTEAD …" of a rule for the event `type`.
    kKey,        ///< What a table is partitioned by: "RANGE (a)".
    kBound,      ///< Of a partition of a table that is partitioned by `type`.
  };
  Kind kind = Kind::kCheck;
  const ScratchTable* table = nullptr;  ///< Whose columns the text sees.
  std::string type;
  std::vector<std::string> columns;
  std::string sql;  ///< After a pass: what the server made of it.

  std::vector<std::string> spellings;  ///< The server's, canonical tokens, one a pass.
  bool refused = false;                ///< The server took it for wrong, or it cannot be put to it.

  /// Another pass would not change it.
  bool is_stable() const;
};

class Scratch {
 public:
  /// Begins. What is not allowed here is in obstacle().
  explicit Scratch(Connection& connection);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// Why nothing can be put to the server ("the server is read-only"); "" when it can.
  const std::string& obstacle() const { return obstacle_; }

  /// One pass over the texts that are neither refused nor stable: each gets one more spelling or is
  /// refused. `types` has the enums that the columns' types name.
  void spell(const std::vector<ScratchText*>& texts, const Schema& types);

 private:
  void prepare();
  void end() noexcept;

  Connection& connection_;
  bool nested_;
  std::string obstacle_;
};

}  // namespace ormdb::postgresql
