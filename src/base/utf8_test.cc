#include "base/utf8.h"

#include <gtest/gtest.h>

namespace roost {
namespace {

TEST(IsValidUtf8, FollowsRfc3629) {
  EXPECT_TRUE(is_valid_utf8("\xf4\x8f\xbf\xbf"));
  for (const char* v :
       {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xff", "\xf0\x80\x80\x80"}) {
    EXPECT_FALSE(is_valid_utf8(v));
  }
}

}  // namespace
}  // namespace roost
