#include "base/clock.h"

#include <sys/random.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <optional>
#include <random>

#include "base/file_system.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

constexpr char kZoneDirectory[] = "/usr/share/zoneinfo";

std::string iso_text(const std::tm& time) {
  char buffer[40];
  const std::size_t size = std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%S", &time);
  return std::string(buffer, size);
}

// Seconds since the epoch of ORMDB_NOW, or of the clock.
std::time_t now_seconds() {
  const char* given = std::getenv("ORMDB_NOW");
  if (given == nullptr || *given == '\0') return std::time(nullptr);
  std::tm time{};
  const char* end = ::strptime(given, "%Y-%m-%dT%H:%M:%SZ", &time);
  if (end == nullptr || *end != '\0') {
    throw Error(ErrorKind::kConfig, "ORMDB_NOW is not a time: '" + std::string(given) + "'")
        .hint("write it as 2026-11-22T10:04:11Z");
  }
  return ::timegm(&time);
}

bool zone_is_known(const std::string& zone) {
  const bool leaves_directory = zone.find("..") != zone.npos || zone.front() == '/';
  return !leaves_directory && file_exists(std::string(kZoneDirectory) + "/" + zone);
}

// TZ set to a zone, and back again: the C library knows no other way to name one. Serialised,
// because the variable belongs to the whole process.
class ZoneGuard {
 public:
  explicit ZoneGuard(const std::string& zone) : lock_(mutex()) {
    if (const char* old = std::getenv("TZ")) old_ = old;
    ::setenv("TZ", (":" + zone).c_str(), 1);
    ::tzset();
  }
  ~ZoneGuard() {
    if (old_) {
      ::setenv("TZ", old_->c_str(), 1);
    } else {
      ::unsetenv("TZ");
    }
    ::tzset();
  }
  ZoneGuard(const ZoneGuard&) = delete;
  ZoneGuard& operator=(const ZoneGuard&) = delete;

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }

  std::lock_guard<std::mutex> lock_;
  std::optional<std::string> old_;
};

std::string offset_text(long seconds_east) {
  const long minutes = (seconds_east < 0 ? -seconds_east : seconds_east) / 60;
  char buffer[24];
  std::snprintf(buffer, sizeof buffer, "%c%02ld:%02ld", seconds_east < 0 ? '-' : '+', minutes / 60,
                minutes % 60);
  return buffer;
}

std::uint64_t seeded_random(const char* seed) {
  static std::mt19937_64 generator(std::strtoull(seed, nullptr, 10));
  return generator();
}

std::uint64_t system_random() {
  std::uint64_t bits = 0;
  if (::getrandom(&bits, sizeof bits, 0) == static_cast<ssize_t>(sizeof bits)) return bits;
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace

std::string now_utc() {
  const std::time_t seconds = now_seconds();
  std::tm time{};
  ::gmtime_r(&seconds, &time);
  return iso_text(time) + "Z";
}

std::string now_in(const std::string& timezone) {
  if (timezone.empty() || timezone == "UTC") return now_utc();
  if (!zone_is_known(timezone)) {
    throw Error(ErrorKind::kConfig, "unknown time zone '" + timezone + "'")
        .hint("use an IANA name such as Europe/Berlin (the tzdata package holds them)");
  }
  const std::time_t seconds = now_seconds();
  std::tm time{};
  const ZoneGuard guard(timezone);
  ::localtime_r(&seconds, &time);
  return iso_text(time) + offset_text(time.tm_gmtoff);
}

std::string new_revision_id() {
  const char* seed = std::getenv("ORMDB_REV_SEED");
  const bool seeded = seed != nullptr && *seed != '\0';
  const std::uint64_t bits = (seeded ? seeded_random(seed) : system_random()) >> 16;
  char buffer[20];
  std::snprintf(buffer, sizeof buffer, "%012llx", static_cast<unsigned long long>(bits));
  return buffer;
}

double steady_milliseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(now).count();
}

}  // namespace ormdb
