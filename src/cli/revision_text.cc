#include "cli/revision_text.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"

namespace ormdb::cli {

bool needs_rows(std::string_view argument) {
  const std::vector<std::string> ends = split(argument, ':');
  return std::any_of(ends.begin(), ends.end(), [](const std::string& end) {
    const bool counts_from_rows = end.starts_with('+') || end.find("@+") != std::string::npos;
    return counts_from_rows || end.find("current") != std::string::npos;
  });
}

std::vector<const Revision*> resolve_argument(CommandContext& context,
                                              const std::string& argument) {
  return context.graph().resolve(
      argument, needs_rows(argument) ? context.rows() : std::vector<std::string>());
}

KnownRows known_rows(CommandContext& context) {
  try {
    return context.rows();
  } catch (const Error& error) {
    log_verbose("the database cannot be asked: " + printable(error.message()));
    return std::nullopt;
  }
}

}  // namespace ormdb::cli
