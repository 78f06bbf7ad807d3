#include "auth/token_rules.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace roost::auth {
namespace {

using Json = nlohmann::json;

constexpr WallTime kNow{1'700'000'000};

OauthConfig config() {
  OauthConfig out;
  out.issuer = "https://issuer.example";
  out.audiences = {"mail", "imap"};
  out.scope = "email.read";
  return out;
}

Json good() {
  return {{"iss", "https://issuer.example"},
          {"aud", "mail"},
          {"exp", kNow.seconds + 300},
          {"scope", "openid email.read x"},
          {"email", "alice@example.org"}};
}

Json with(const char* name, const Json& value) {
  Json claims = good();
  claims[name] = value;
  return claims;
}

Json without(const char* name) {
  Json claims = good();
  claims.erase(name);
  return claims;
}

bool passes(const Json& claims, bool signed_token = true) {
  return check_claims(claims, config(), kNow, signed_token).has_value();
}

TEST(TokenRules, GiveTheNameInAGoodToken) {
  EXPECT_EQ(check_claims(good(), config(), kNow, true), "alice@example.org");
  EXPECT_EQ(check_claims(good(), config(), kNow, false), "alice@example.org");
}

TEST(TokenRules, HoldTheTimes) {
  EXPECT_TRUE(passes(with("exp", kNow.seconds - 59))) << "clocks differ";
  EXPECT_FALSE(passes(with("exp", kNow.seconds - 60)));
  EXPECT_TRUE(passes(with("exp", 1'700'000'000.5)));
  EXPECT_TRUE(passes(with("nbf", kNow.seconds + 60)));
  EXPECT_FALSE(passes(with("nbf", kNow.seconds + 61)));
  for (const Json& wrong : {Json("soon"), Json(true), Json::array(), Json(-1)})
    EXPECT_FALSE(passes(with("exp", wrong)));
  EXPECT_FALSE(passes(with("nbf", "soon")));
  EXPECT_FALSE(passes(without("exp")));
  EXPECT_TRUE(passes(without("exp"), false));
  EXPECT_FALSE(passes(with("exp", 1), false));
}

TEST(TokenRules, HoldTheIssuerAndTheAudience) {
  EXPECT_FALSE(passes(with("iss", "https://issuer.example/")));
  EXPECT_FALSE(passes(with("iss", 7)));
  EXPECT_FALSE(passes(without("iss")));
  EXPECT_TRUE(passes(without("iss"), false));
  EXPECT_FALSE(passes(with("iss", "x"), false));
  EXPECT_TRUE(passes(with("aud", Json::array({"other", "imap"}))));
  for (const Json& wrong : {Json("other"), Json::array(), Json::array({"other", 7}), Json(7), Json::object()}) {
    EXPECT_FALSE(passes(with("aud", wrong))) << wrong;
    EXPECT_FALSE(passes(with("aud", wrong), false)) << wrong;
  }
  EXPECT_FALSE(passes(without("aud")));
  EXPECT_TRUE(passes(without("aud"), false));
}

TEST(TokenRules, WantTheScopeAsAWord) {
  EXPECT_TRUE(passes(with("scope", "email.read")));
  EXPECT_TRUE(passes(with("scope", Json::array({"a", "email.read"}))));
  Json azure = without("scope");
  azure["scp"] = "a email.read";
  EXPECT_TRUE(passes(azure));
  for (const Json& wrong :
       {Json("email.reader"), Json("xemail.read"), Json(""), Json(7), Json::array({"email.read x"})}) {
    EXPECT_FALSE(passes(with("scope", wrong))) << wrong;
  }
  EXPECT_FALSE(passes(without("scope")));
  OauthConfig any = config();
  any.scope = "";
  EXPECT_TRUE(check_claims(without("scope"), any, kNow, true));
}

TEST(TokenRules, WantAName) {
  for (const Json& wrong : {Json(""), Json(7), Json(nullptr), Json::array({"alice"})}) {
    EXPECT_FALSE(passes(with("email", wrong))) << wrong;
  }
  EXPECT_FALSE(passes(with("email_verified", false)));
  EXPECT_TRUE(passes(with("email_verified", true)));
  OauthConfig other = config();
  other.name_claim = "preferred_username";
  Json claims = with("email_verified", false);
  claims["preferred_username"] = "alice";
  EXPECT_EQ(check_claims(claims, other, kNow, true), "alice");
}

}  // namespace
}  // namespace roost::auth
