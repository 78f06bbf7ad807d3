#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace roost {
namespace {

TEST(Encoder, GivesBackEveryNumber) {
  EXPECT_TRUE(rc::check([](uint64_t a, int64_t b, uint32_t c, const std::string& s) {
    Bytes out;
    Encoder e(out);
    e.varint(a);
    e.zigzag(b);
    e.u32(c);
    e.bytes(s);
    Decoder d(out);
    RC_ASSERT(d.varint() == a);
    RC_ASSERT(d.zigzag() == b);
    RC_ASSERT(d.u32() == c);
    RC_ASSERT(d.bytes() == s);
    RC_ASSERT(d.finish("test").has_value());
  }));
}

TEST(Decoder, FailsOnEveryTruncationAndStaysFailed) {
  Bytes out;
  Encoder e(out);
  e.varint(300);
  e.u64(7);
  e.bytes("hello");
  for (size_t n = 0; n < out.size(); ++n) {
    Decoder d(BytesView(out).substr(0, n));
    d.varint();
    d.u64();
    d.bytes();
    EXPECT_TRUE(d.failed()) << n;
    EXPECT_EQ(d.u8(), 0);
    EXPECT_FALSE(d.finish("test").has_value());
  }
}

TEST(Decoder, RefusesVarintsOverSixtyFourBits) {
  Decoder d("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
  d.varint();
  EXPECT_TRUE(d.failed());
}

TEST(Decoder, RefusesCountsThatTheRestCannotHold) {
  Bytes out;
  Encoder(out).varint(1'000'000);
  Decoder d(out);
  EXPECT_EQ(d.count(8), 0U);
  EXPECT_TRUE(d.failed());
}

TEST(Crc32c, MatchesTheCheckValueOfRfc3720) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c("6789", crc32c("12345")), 0xE3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
}

}  // namespace
}  // namespace roost
