#include "base/log.h"

#include <gtest/gtest.h>

namespace roost::log {
namespace {

TEST(Log, WritesOneLineWithItsFields) {
  EXPECT_EQ(format_line(Format::text, Level::info, "login", {{"user", "alice"}, {"ok", true}, {"ms", 3}}),
            "info login user=alice ok=true ms=3");
}

TEST(Log, CannotBeForgedByAValue) {
  EXPECT_EQ(format_line(Format::text, Level::warn, "login", {{"user", "a\r\nerror x=1"}}),
            "warn login user=\"a\\u000d\\u000aerror x=1\"");
  EXPECT_EQ(format_line(Format::json, Level::warn, "login", {{"user", "a\",\"b\":\"\xff"}}),
            R"("level":"warn","event":"login","user":"a\",\"b\":\"\u00ff")");
}

}  // namespace
}  // namespace roost::log
