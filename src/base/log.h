// Diagnostics on standard error; spdlog stays in log.cc.
#pragma once

#include <string_view>

namespace ormdb {

enum class LogLevel { kQuiet, kNormal, kVerbose };

void set_log_level(LogLevel level);
LogLevel log_level();
void log_info(std::string_view text);     ///< Shown unless quiet.
void log_verbose(std::string_view text);  ///< Shown with -v.
void log_warning(std::string_view text);  ///< Always shown, "warning: " before it.

}  // namespace ormdb
