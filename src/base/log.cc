#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <memory>

#include "base/mask.h"

namespace ormdb {
namespace {

std::atomic<LogLevel> current_level = LogLevel::kNormal;

// Made at the first message: most commands log none, and start-up counts.
spdlog::logger& logger() {
  static const std::unique_ptr<spdlog::logger> one = [] {
    auto made = std::make_unique<spdlog::logger>("ormdb",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *one;
}

void write(std::string_view prefix, std::string_view text) {
  logger().info("{}{}", prefix, mask_passwords(text));
}

}  // namespace

void set_log_level(LogLevel level) { current_level = level; }

LogLevel log_level() { return current_level; }

void log_info(std::string_view text) {
  if (log_level() != LogLevel::kQuiet) write("", text);
}

void log_verbose(std::string_view text) {
  if (log_level() == LogLevel::kVerbose) write("", text);
}

void log_warning(std::string_view text) { write("warning: ", text); }

}  // namespace ormdb
