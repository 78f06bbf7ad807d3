#include "imap/base64.h"

#include <gtest/gtest.h>

namespace roost::imap {
namespace {

Bytes encoded(BytesView v) {
  Bytes out;
  write_base64(out, v);
  return out;
}

TEST(Base64, HasTheExamplesOfRfc4648) {
  std::pair<const char*, const char*> examples[] = {{"", ""},
                                                    {"f", "Zg=="},
                                                    {"fo", "Zm8="},
                                                    {"foo", "Zm9v"},
                                                    {"foob", "Zm9vYg=="},
                                                    {"fooba", "Zm9vYmE="},
                                                    {"foobar", "Zm9vYmFy"}};
  for (auto [plain, coded] : examples) {
    EXPECT_EQ(encoded(plain), coded);
    EXPECT_EQ(decode_base64(coded).value(), plain);
  }
}

TEST(Base64, CarriesEveryOctet) {
  Bytes all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(decode_base64(encoded(all)).value(), all);
}

TEST(Base64, RefusesEveryOtherSpelling) {
  for (const char* wrong : {"Zg=", "Zg", "Zh==", "Zm9=", "Zm 9v", "=", "====", "Z===", "Zg==Zg==", "Zm9v\n", "-_8="}) {
    EXPECT_FALSE(decode_base64(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace roost::imap
