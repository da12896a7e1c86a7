// A script section on its way to SQL: compiled piece by piece, since raw SQL whose meaning is
// unknown makes the rest depend on what the database looks like after it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "migrate/workspace.h"
#include "ormdb/dialect.h"

namespace ormdb {

/// Whether compiling needs to know the schema: not for data steps and raw SQL alone.
bool needs_schema(const std::vector<Operation>& operations);

/// Whether compiling needs the values of enums that an earlier script may have made.
bool names_enums(const std::vector<Operation>& operations);

/// The schema after an opaque step, from what the database shows (`found`). SQLite keeps no enums:
/// those that `schema` has stay.
Schema read_again(const Schema& schema, Schema found, std::string_view dialect);

class SectionCompiler {
 public:
  /// `schema` is the state before, advanced by next(); must outlive this.
  SectionCompiler(const Dialect& dialect, const std::vector<Operation>& operations, Schema& schema);

  bool done() const { return next_ == operations_.size(); }
  /// Compiles as far as the schema is known. Operation numbers of the statements count from 1 in
  /// the whole section. After it, schema_known() tells whether the caller must set the schema anew
  /// before the next call.
  CompiledSection next();
  bool schema_known() const { return schema_known_; }

 private:
  const Dialect& dialect_;
  const std::vector<Operation>& operations_;
  Schema& schema_;
  std::size_t next_ = 0;
  bool schema_known_ = true;
};

/// Operations that commit together: a run of transactional ones, or a single other one.
struct SectionPart {
  std::vector<Operation> operations;
  std::size_t first = 0;  ///< 0-based index of the first one in the section.
  bool transaction = true;

  std::string hash() const;  ///< Of the operations as text.
};

/// Whether a part really runs outside a transaction, given its first compiled piece. What takes
/// several statements, or needs the keys off, gets a transaction of its own even where the script
/// says `transaction: false`, unless it is raw SQL: half a rebuild would lose rows.
bool runs_outside_transaction(const SectionPart& part, const CompiledSection& first);

/// The parts in order. A non-transactional execute of several statements is a part for each.
std::vector<SectionPart> parts_of(const std::vector<Operation>& operations,
                                  std::string_view dialect);

/// Adds to an error of a step what the step knows: the revision, and for an operation its number,
/// the script's line and the line's text.
Error in_step(Error error, const Revision& revision, const LoadedScript& script,
              Direction direction, int operation);

}  // namespace ormdb
