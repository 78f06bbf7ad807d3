#include "admin/time_text.h"

#include <gtest/gtest.h>

namespace roost::admin {
namespace {

constexpr int64_t kNow = 1'795'446'245;  // 2026-11-23 15:04:05

int64_t time_of(std::string_view text) { return parse_time(text, kNow).value_or(-1); }

TEST(TimeText, ReadsDatesInUtc) {
  EXPECT_EQ(time_of("2026-11-23T15:04:05Z"), kNow);
  EXPECT_EQ(time_of("2026-11-23 15:04:05"), kNow);
  EXPECT_EQ(time_of("2026-11-23 15:04"), kNow - 5);
  EXPECT_EQ(time_of("2026-11-23"), kNow - 5 - 4 * 60 - 15 * 3600);
  EXPECT_EQ(time_of("1970-01-01"), 0);
}

TEST(TimeText, ReadsHowLongAgo) {
  EXPECT_EQ(time_of("90s"), kNow - 90);
  EXPECT_EQ(time_of("30m"), kNow - 30 * 60);
  EXPECT_EQ(time_of("12h"), kNow - 12 * 3600);
  EXPECT_EQ(time_of("3d"), kNow - 3 * 24 * 3600);
}

TEST(TimeText, RefusesTheRest) {
  for (const char* text : {"", "3", "d", "3x", "-3d", "9999999999d", "2026-13-01", "2026-02-30", "2026-11-23x",
                           "2026-11-23T25:00", "2026-11-23T15:04:05+01:00", "26-11-23", "2026-11-23T15"}) {
    EXPECT_FALSE(parse_time(text, kNow)) << text;
  }
}

}  // namespace
}  // namespace roost::admin
