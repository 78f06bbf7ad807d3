#include "sasl/base64.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace roost::sasl {
namespace {

TEST(Base64, EncodesTheVectorsOfRfc4648) {
  EXPECT_EQ(encode_base64(""), "");
  EXPECT_EQ(encode_base64("f"), "Zg==");
  EXPECT_EQ(encode_base64("fo"), "Zm8=");
  EXPECT_EQ(encode_base64("foo"), "Zm9v");
  EXPECT_EQ(encode_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(encode_base64("\xff\xfe\xfd"), "//79");
}

TEST(Base64, DecodesNothingButItsOwn) {
  EXPECT_EQ(decode_base64("Zm9vYg=="), "foob");
  EXPECT_EQ(decode_base64(""), "");
  for (const char* wrong : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "=m9v", "Z=9v", "Zm=v", "Zm9v\n",
                            "Zm9\xff", "Zg==Zg==", "Zm-_"}) {
    EXPECT_FALSE(decode_base64(wrong)) << wrong;
  }
}

RC_GTEST_PROP(Base64, GivesBackWhatWasEncoded, (std::string data)) {
  RC_ASSERT(decode_base64(encode_base64(data)) == data);
}

TEST(Base64Url, IsWithoutPaddingAndHasItsOwnLastTwoLetters) {
  EXPECT_EQ(decode_base64url(""), "");
  EXPECT_EQ(decode_base64url("-_-_"), "\xfb\xff\xbf");
  EXPECT_EQ(decode_base64url("AQ"), "\1");
  for (const char* wrong : {"AQ==", "A", "+/+/", "AR", "AQ ", "A\n"}) EXPECT_FALSE(decode_base64url(wrong)) << wrong;
}

}  // namespace
}  // namespace roost::sasl
