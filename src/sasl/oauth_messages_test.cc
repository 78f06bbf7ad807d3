#include "sasl/oauth_messages.h"

#include <gtest/gtest.h>

namespace roost::sasl {
namespace {

// RFC 7628 4.1.
constexpr const char* kExample =
    "n,a=user@example.com,\1host=server.example.com\1port=143\1auth=Bearer "
    "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1";

TEST(OauthBearer, ParsesTheExampleOfRfc7628) {
  auto request = parse_oauth_bearer(kExample);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->name, "user@example.com");
  EXPECT_EQ(request->token.view(), "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
}

TEST(OauthBearer, NeedsNoNameAndIgnoresWhatItDoesNotKnow) {
  auto request = parse_oauth_bearer("y,,\1auth=bearer  a.b-c_d~e+f/g=\1qs=x=y z\t\1\1");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->name, "");
  EXPECT_EQ(request->token.view(), "a.b-c_d~e+f/g=");
  EXPECT_EQ(parse_oauth_bearer("n,a=a=2Cb=3Dc,\1auth=Bearer x\1\1")->name, "a,b=c");
}

// RFC 7628 4.3.
TEST(OauthBearer, HasNoTokenWhereTheClientOnlyAsks) {
  auto request = parse_oauth_bearer("n,a=user@example.com,\1host=server.example.com\1port=143\1auth=\1\1");
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->token.empty());
}

TEST(OauthBearer, RefusesWhatTheGrammarDoesNotAllow) {
  const std::string wrong[] = {
      "",
      "\1",
      "n,,",
      "n,,\1",
      "n,,\1\1",
      "n,\1auth=Bearer x\1\1",
      "p=tls-exporter,,\1auth=Bearer x\1\1",
      "n,b,\1auth=Bearer x\1\1",
      "n,a=,\1auth=Bearer x\1\1",
      "n,a=x=2,\1auth=Bearer x\1\1",
      "n,a=\xff,\1auth=Bearer x\1\1",
      "n,,auth=Bearer x\1\1",
      "n,,\1auth=Bearer x\1",
      "n,,\1auth=Bearer x",
      "n,,\1auth=Bearer x\1\1\1",
      "n,,\1auth=Bearer x\1auth=Bearer y\1\1",
      "n,,\1auth=\1auth=Bearer y\1\1",
      "n,,\1auth=Bearer\1\1",
      "n,,\1auth=Bearer \1\1",
      "n,,\1auth=Bearerx\1\1",
      "n,,\1auth=Bearer x y\1\1",
      "n,,\1auth=Bearer x=y\1\1",
      "n,,\1auth=Basic eDp5\1\1",
      "n,,\1host=x\1\1",
      "n,,\1=x\1auth=Bearer x\1\1",
      "n,,\1h0st=x\1auth=Bearer x\1\1",
      "n,,\1host=\x7f\1auth=Bearer x\1\1",
  };
  for (const std::string& message : wrong) EXPECT_FALSE(parse_oauth_bearer(message)) << message;
  EXPECT_FALSE(parse_oauth_bearer("n,,\1auth=Bearer " + std::string(kOauthMessageBytesMax, 'x') + "\1\1"));
}

TEST(Xoauth2, ParsesItsMessage) {
  auto request =
      parse_xoauth2("user=someuser@example.com\1auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\1\1");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->name, "someuser@example.com");
  EXPECT_EQ(request->token.view(), "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg");
}

TEST(Xoauth2, RefusesWhatIsNone) {
  for (const char* wrong : {"", "user=", "user=\1auth=Bearer x\1\1", "user=a\1\1", "auth=Bearer x\1user=a\1\1",
                            "user=a\1auth=Bearer x\1", "user=a\1auth=Bearer x", "user=\xff\1auth=Bearer x\1\1"}) {
    EXPECT_FALSE(parse_xoauth2(wrong)) << wrong;
  }
}

TEST(OauthRefusal, SaysWhatATokenWouldNeed) {
  EXPECT_EQ(write_oauth_refusal("", ""), R"({"status":"invalid_token","schemes":"bearer"})");
  EXPECT_EQ(write_oauth_refusal("mail", "https://example.com/.well-known/openid-configuration"),
            R"({"status":"invalid_token","schemes":"bearer","scope":"mail",)"
            R"("openid-configuration":"https://example.com/.well-known/openid-configuration"})");
}

}  // namespace
}  // namespace roost::sasl
