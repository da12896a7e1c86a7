// The scripts of a plan, read ahead.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <variant>

#include "migrate/workspace.h"
#include "ormdb/revision.h"

namespace ormdb {

/// Hands out the scripts of a plan in its order. Reading and parsing a body costs a sixth of a run;
/// with more than a few steps a thread does it ahead, while the database works on the step before.
/// `workspace` and `plan` must outlive the reader, and the workspace must not change meanwhile.
class ScriptReader {
 public:
  ScriptReader(const Workspace& workspace, const Plan& plan);
  ~ScriptReader();
  ScriptReader(const ScriptReader&) = delete;
  ScriptReader& operator=(const ScriptReader&) = delete;

  /// The next step's script. Throws what loading it threw, when its turn has come.
  LoadedScript next();

 private:
  using Result = std::variant<LoadedScript, std::exception_ptr>;
  Result load(std::size_t step) const;
  void read_ahead();

  const Workspace& workspace_;
  const Plan& plan_;
  std::size_t handed_out_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Result> ready_;
  bool stopped_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace ormdb
