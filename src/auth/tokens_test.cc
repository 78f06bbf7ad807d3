#include "auth/tokens.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace roost::auth {
namespace {

// RFC 7515 A.1: issuer "joe", and no claim that names anybody.
constexpr const char* kKeys =
    R"({"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]})";
constexpr const char* kToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr WallTime kThen{1'300'000'000};

class TokensTest : public ::testing::Test {
 protected:
  TokensTest() {
    config_.keys_file = ::testing::TempDir() + "/roost-keys-" + std::to_string(::getpid());
    config_.issuer = "joe";
    config_.algorithms = {"HS256"};
    write(kKeys);
  }
  ~TokensTest() override { std::filesystem::remove(config_.keys_file); }
  void write(const char* text) { std::ofstream(config_.keys_file) << text; }
  static std::string why(Tokens& tokens, std::string_view token, WallTime now) {
    Result<std::string> name = tokens.check(token, now);
    return name ? *name : name.error().text;
  }

  OauthConfig config_;
};

TEST_F(TokensTest, AreCheckedWithTheKeysAndTheRules) {
  auto tokens = Tokens::open(config_).value();
  EXPECT_EQ(why(*tokens, kToken, kThen), "it is for another audience");
  EXPECT_EQ(why(*tokens, kToken, {1'400'000'000}), "it has expired");
  EXPECT_EQ(why(*tokens, "opaque", kThen), "it is no signed token");
  EXPECT_EQ(why(*tokens, "", kThen), "there is none");
}

TEST_F(TokensTest, FollowTheFileAfterAWhile) {
  auto tokens = Tokens::open(config_).value();
  ASSERT_EQ(why(*tokens, kToken, kThen), "it is for another audience");
  write(R"({"keys":[{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]})");
  EXPECT_EQ(why(*tokens, kToken, {kThen.seconds + 9}), "it is for another audience");
  EXPECT_EQ(why(*tokens, kToken, {kThen.seconds + 10}), "the signature is wrong");
  write("damaged");
  EXPECT_EQ(why(*tokens, kToken, {kThen.seconds + 20}), "the signature is wrong") << "the keys stay";
  write(kKeys);
  EXPECT_EQ(why(*tokens, kToken, {kThen.seconds + 30}), "it is for another audience");
}

TEST_F(TokensTest, DoNotBeginWithoutTheirFiles) {
  write("damaged");
  EXPECT_FALSE(Tokens::open(config_));
  config_.keys_file += ".missing";
  EXPECT_FALSE(Tokens::open(config_));
}

}  // namespace
}  // namespace roost::auth
