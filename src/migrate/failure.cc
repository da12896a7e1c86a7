#include "migrate/failure.h"

#include "base/text.h"

namespace ormdb {

Error as_drift(const Error& error) {
  if (error.kind() != ErrorKind::kScript || !error.statement().empty()) return error;
  Error drift(ErrorKind::kConflict,
              "the database is not as the script expects it: " + error.message());
  return drift.where("database")
      .revision(error.revision())
      .operation(error.operation())
      .at(error.file(), error.line(), error.source_line())
      .hint(error.hint().empty()
                ? "see what differs with `ormdb check` or `ormdb diff REVISION database`"
                : error.hint());
}

Error with_applied(const Error& error, const std::string& what) {
  if (error.sqlstate().starts_with("08") || error.kind() == ErrorKind::kInternal) return error;
  const std::string remedy =
      error.hint().empty() ? "mend the script and run the command again" : error.hint();
  Error told = error;
  return told.hint(what + "; " + remedy);
}

Error with_earlier(const Error& error, const std::vector<StepResult>& done) {
  if (done.empty()) return error;
  constexpr std::size_t kMostNamed = 5;
  std::vector<std::string> ids;
  const std::size_t first = done.size() > kMostNamed ? done.size() - kMostNamed : 0;
  for (std::size_t i = first; i < done.size(); ++i) ids.push_back(done[i].revision.id);
  const std::string more = first > 0 ? counted(first, "revision") + " before, " : "";
  const std::string text = "applied before by the same run, and kept: " + more + join(ids, ", ");
  std::string hint = error.hint();
  if (hint.ends_with('.')) hint.pop_back();  // the server's
  Error told = error;
  return told.hint(hint.empty() ? text : hint + "; " + text);
}

}  // namespace ormdb
