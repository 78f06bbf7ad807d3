#include "sasl/cram_md5.h"

#include <gtest/gtest.h>

namespace roost::sasl {
namespace {

// RFC 2195 2.
constexpr const char* kChallenge = "<1896.697170952@postoffice.reston.mci.net>";
constexpr const char* kResponse = "tim b913a602c7eda7a495b4e6e7334d3890";

TEST(CramMd5, FollowsTheExampleOfRfc2195) {
  auto response = parse_cram_response(kResponse);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->name, "tim");
  EXPECT_EQ(cram_digest(derive_cram("tanstaaftanstaaf"), kChallenge), response->digest);
  EXPECT_NE(cram_digest(derive_cram("tanstaaftanstaag"), kChallenge), response->digest);
  EXPECT_NE(cram_digest(derive_cram("tanstaaftanstaaf"), "<1@x>"), response->digest);
}

// RFC 2202 2, test case 6.
TEST(CramMd5, HashesAKeyThatIsLongerThanABlock) {
  Bytes digest =
      cram_digest(derive_cram(std::string(80, '\xaa')), "Test Using Larger Than Block-Size Key - Hash Key First");
  EXPECT_EQ(digest, "\x6b\x1a\xb7\xfe\x4b\xd7\xbf\x8f\x0b\x62\xe6\xce\x61\xb9\xd0\xcd");
}

TEST(CramMd5, RoundTripsThroughItsLine) {
  CramSecret secret = derive_cram("s3cret");
  std::string line = format_cram(secret);
  EXPECT_EQ(parse_cram(line), secret);
  for (size_t i = 0; i < line.size(); ++i) EXPECT_FALSE(parse_cram(line.substr(0, i))) << i;
  EXPECT_FALSE(parse_cram(line + "A"));
}

TEST(CramMd5, TakesNamesWithSpacesAndNothingThatIsNoDigest) {
  EXPECT_EQ(parse_cram_response("a b b913a602c7eda7a495b4e6e7334d3890")->name, "a b");
  for (const char* wrong : {"", " ", "tim", "tim ", " b913a602c7eda7a495b4e6e7334d3890",
                            "tim b913a602c7eda7a495b4e6e7334d389", "tim b913a602c7eda7a495b4e6e7334d389g",
                            "tim B913A602C7EDA7A495B4E6E7334D3890", "tim b913a602c7eda7a495b4e6e7334d38900"}) {
    EXPECT_FALSE(parse_cram_response(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace roost::sasl
