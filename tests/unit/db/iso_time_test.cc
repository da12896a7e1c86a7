#include "db/iso_time.h"

#include <catch2/catch.hpp>

namespace {

using namespace ormdb;

TEST_CASE("Intervals are read in all of ISO 8601's parts, and those of others are refused") {
  struct Case {
    const char* text;
    std::int32_t months, days;
    std::int64_t microseconds;
  };
  const Case kCases[] = {
      {"P14M-3DT-5.000001S", 14, -3, -5'000'001},
      {"P1Y2M-3DT-5.000001S", 14, -3, -5'000'001},
      {"PT0S", 0, 0, 0},
      {"PT-0.5S", 0, 0, -500'000},
      {"P-1Y", -12, 0, 0},
      {"P2W", 0, 14, 0},
      {"P1DT-1H-30M", 0, 1, -5'400'000'000},
      {"PT1H2M3.25S", 0, 0, 3'723'250'000},
  };
  for (const Case& one : kCases) {
    INFO(one.text);
    std::int32_t months = -99, days = -99;
    std::int64_t microseconds = -99;
    REQUIRE(read_interval(one.text, months, days, microseconds));
    CHECK(months == one.months);
    CHECK(days == one.days);
    CHECK(microseconds == one.microseconds);
    REQUIRE(read_interval(format_interval(months, days, microseconds), months, days, microseconds));
    CHECK(months == one.months);
    CHECK(microseconds == one.microseconds);
  }
  for (const char* text : {"", "P", "PT", "P1", "P1H", "PT1D", "P1.5D", "P--1D", "1 day", "PT1SX",
                           "P1DT", "PTT1S", "P1Y T1S"}) {
    INFO(text);
    std::int32_t months = 0, days = 0;
    std::int64_t microseconds = 0;
    CHECK_FALSE(read_interval(text, months, days, microseconds));
  }
}

}  // namespace
