// The one error type of ormdb.
//
// Everything that can go wrong is an Error: bad input, a refusing database, a bug. Expected
// outcomes
// ("nothing to do", "differences found") are values, never errors. An Error is a value with
// optional facts; it is filled in where the fact is known, on the way up:
//
//     throw Error(ErrorKind::kModel, "unknown type 'integr' for column post.id")
//         .at("models.yaml", 12, "      id: {type: integr}")
//         .hint("did you mean 'integer'?");
//
// The command line prints it (text or JSON) and turns its kind into an exit code, in one place.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace ormdb {

/// What kind of failure; the names on the command line are those of error_kind_name().
enum class ErrorKind {
  // Revision arguments and the revision graph.
  kMultipleHeads,
  kUnknownRevision,
  kAmbiguousPrefix,
  kNotInBranch,
  kNotAncestor,
  kOverlap,
  kAmbiguousWalk,
  kRelativeOutOfRange,
  kNotAHead,
  kDuplicateHeads,
  kCycle,
  kLoop,
  kDependencyCycle,
  kDependencyLoop,
  kDuplicateLabel,
  kDuplicateRevision,
  kMissingRevision,
  kIllegalId,
  // Everything else.
  kUsage,
  kConfig,
  kModel,
  kScript,
  kNeedsDecision,
  kUnsupported,
  kIo,
  kDatabase,
  kConflict,
  kLocked,
  kInternal,
};

/// The stable machine-readable name, e.g. "multiple_heads".
std::string_view error_kind_name(ErrorKind kind);

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message);

  const char* what() const noexcept override { return message_.c_str(); }

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }          ///< How the user gets further.
  const std::string& revision() const { return revision_; }  ///< The revision meant, or "".
  const std::string& where() const { return where_; }        ///< "argument", "database", "script".
  const std::string& file() const { return file_; }          ///< As the user would name it, or "".
  int line() const { return line_; }                         ///< 1-based; 0: unknown.
  const std::string& source_line() const { return source_line_; }  ///< Text of that line, or "".
  int operation() const { return operation_; }                 ///< 1-based in its section; 0: none.
  const std::string& statement() const { return statement_; }  ///< The SQL that failed, or "".
  const std::string& sqlstate() const { return sqlstate_; }    ///< The engine's own code, or "".
  const std::vector<std::string>& candidates() const { return candidates_; }

  // Fluent setters; each returns *this so that a throw expression reads in one go.
  Error& hint(std::string text);
  Error& revision(std::string id);
  Error& where(std::string argument_database_or_script);
  Error& at(std::string file, int line = 0, std::string source_line = "");
  Error& operation(int number);
  Error& statement(std::string sql);
  Error& sqlstate(std::string code);
  Error& candidates(std::vector<std::string> names);
  Error& message(std::string text);

  /// The process exit code for this error (see "Exit codes" in ormdb(1)). Never 0.
  int exit_code() const;

 private:
  ErrorKind kind_;
  std::string message_, hint_, revision_, where_, file_, source_line_, statement_, sqlstate_;
  std::vector<std::string> candidates_;
  int line_ = 0;
  int operation_ = 0;
};

}  // namespace ormdb
