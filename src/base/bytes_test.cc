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

TEST(Crc32c, IsTheSameOctetByOctetAndAtOnce) {
  Bytes data;
  for (size_t i = 0; i < 20'000; ++i) data.push_back(static_cast<char>((i * i + i / 7) & 0xff));
  for (size_t size : {0, 7, 8, 3'071, 3'072, 3'073, 6'144, 9'999, 20'000}) {
    BytesView whole = BytesView(data).substr(0, size);
    uint32_t sum = 0;
    for (char octet : whole) sum = crc32c(BytesView(&octet, 1), sum);
    EXPECT_EQ(crc32c(whole), sum) << size;
    EXPECT_EQ(crc32c(whole.substr(size / 3), crc32c(whole.substr(0, size / 3))), sum) << size;
  }
}

}  // namespace
}  // namespace roost
