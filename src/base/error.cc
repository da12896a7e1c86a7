#include "ormdb/error.h"

#include <utility>

namespace ormdb {

std::string_view error_kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kMultipleHeads:
      return "multiple_heads";
    case ErrorKind::kUnknownRevision:
      return "unknown_revision";
    case ErrorKind::kAmbiguousPrefix:
      return "ambiguous_prefix";
    case ErrorKind::kNotInBranch:
      return "not_in_branch";
    case ErrorKind::kNotAncestor:
      return "not_ancestor";
    case ErrorKind::kOverlap:
      return "overlap";
    case ErrorKind::kAmbiguousWalk:
      return "ambiguous_walk";
    case ErrorKind::kRelativeOutOfRange:
      return "relative_out_of_range";
    case ErrorKind::kNotAHead:
      return "not_a_head";
    case ErrorKind::kDuplicateHeads:
      return "duplicate_heads";
    case ErrorKind::kCycle:
      return "cycle";
    case ErrorKind::kLoop:
      return "loop";
    case ErrorKind::kDependencyCycle:
      return "dependency_cycle";
    case ErrorKind::kDependencyLoop:
      return "dependency_loop";
    case ErrorKind::kDuplicateLabel:
      return "duplicate_label";
    case ErrorKind::kDuplicateRevision:
      return "duplicate_revision";
    case ErrorKind::kMissingRevision:
      return "missing_revision";
    case ErrorKind::kIllegalId:
      return "illegal_id";
    case ErrorKind::kUsage:
      return "usage";
    case ErrorKind::kConfig:
      return "config";
    case ErrorKind::kModel:
      return "model";
    case ErrorKind::kScript:
      return "script";
    case ErrorKind::kNeedsDecision:
      return "needs_decision";
    case ErrorKind::kUnsupported:
      return "unsupported";
    case ErrorKind::kIo:
      return "io";
    case ErrorKind::kDatabase:
      return "database";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kLocked:
      return "locked";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "internal";
}

Error::Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

Error& Error::hint(std::string text) {
  hint_ = std::move(text);
  return *this;
}

Error& Error::revision(std::string id) {
  revision_ = std::move(id);
  return *this;
}

Error& Error::where(std::string argument_database_or_script) {
  where_ = std::move(argument_database_or_script);
  return *this;
}

Error& Error::at(std::string file, int line, std::string source_line) {
  file_ = std::move(file);
  line_ = line;
  source_line_ = std::move(source_line);
  return *this;
}

Error& Error::operation(int number) {
  operation_ = number;
  return *this;
}

Error& Error::statement(std::string sql) {
  statement_ = std::move(sql);
  return *this;
}

Error& Error::sqlstate(std::string code) {
  sqlstate_ = std::move(code);
  return *this;
}

Error& Error::candidates(std::vector<std::string> names) {
  candidates_ = std::move(names);
  return *this;
}

Error& Error::message(std::string text) {
  message_ = std::move(text);
  return *this;
}

int Error::exit_code() const {
  switch (kind_) {
    case ErrorKind::kUsage:
      return 2;
    case ErrorKind::kNeedsDecision:
    case ErrorKind::kMultipleHeads:
      return 3;
    case ErrorKind::kDatabase:
      return 5;
    case ErrorKind::kConflict:
      return 6;
    // A row of the version table that no script has is a conflict, not a wrong argument.
    case ErrorKind::kUnknownRevision:
      return where_ == "database" ? 6 : 4;
    case ErrorKind::kInternal:
      return 70;
    case ErrorKind::kLocked:
      return 75;
    default:
      return 4;
  }
}

}  // namespace ormdb
