#include "sasl/mechanism.h"

#include <gtest/gtest.h>

namespace roost::sasl {
namespace {

using std::get_if;
using namespace std::string_literals;

TEST(Plain, AsksForThePasswordInOneMessage) {
  auto plain = make_mechanism("PLAIN");
  auto step = plain->step("\0tim\0tanstaaftanstaaf"s);
  ASSERT_TRUE(step);
  auto* check = get_if<CheckPassword>(&*step);
  ASSERT_NE(check, nullptr);
  EXPECT_EQ(check->authzid, "");
  EXPECT_EQ(check->name, "tim");
  EXPECT_EQ(check->password.view(), "tanstaaftanstaaf");
}

TEST(Plain, CarriesTheAuthorizationIdentity) {
  auto step = make_mechanism("plain")->step("Ursel\0Kurt\0xipj3plmq"s);
  ASSERT_TRUE(step);
  EXPECT_EQ(std::get<CheckPassword>(*step).authzid, "Ursel");
  EXPECT_EQ(std::get<CheckPassword>(*step).name, "Kurt");
}

TEST(Plain, ChallengesWithNothingWhereThereIsNoInitialResponse) {
  auto plain = make_mechanism("Plain");
  auto step = plain->step(std::nullopt);
  ASSERT_TRUE(step);
  EXPECT_EQ(std::get<Challenge>(*step).data, "");
  EXPECT_TRUE(plain->step("\0a\0b"s));
}

TEST(Plain, RefusesMalformedMessages) {
  for (const auto& wrong : {""s, "a"s, "\0"s, "a\0b"s, "\0\0"s, "\0a\0"s, "\0\0b"s, "\0a\0b\0"s, "\0a\0b\0c"s}) {
    EXPECT_FALSE(make_mechanism("PLAIN")->step(wrong));
  }
  EXPECT_FALSE(make_mechanism("PLAIN")->step("\0a\0"s + std::string(kSaslMessageBytesMax, 'x')));
}

TEST(Plain, IsOverAfterOneMessage) {
  auto plain = make_mechanism("PLAIN");
  EXPECT_TRUE(plain->step("\0a\0b"s));
  EXPECT_FALSE(plain->step("\0a\0b"s));
  EXPECT_FALSE(plain->step(std::nullopt));
}

TEST(Login, AsksForTheNameAndThenThePassword) {
  auto login = make_mechanism("LOGIN");
  EXPECT_EQ(std::get<Challenge>(*login->step(std::nullopt)).data, "User Name");
  EXPECT_EQ(std::get<Challenge>(*login->step("tim")).data, "Password");
  auto step = login->step("secret");
  ASSERT_TRUE(step);
  EXPECT_EQ(std::get<CheckPassword>(*step).name, "tim");
  EXPECT_EQ(std::get<CheckPassword>(*step).password.view(), "secret");
}

TEST(Login, TakesNoInitialResponse) {
  auto login = make_mechanism("LOGIN");
  EXPECT_FALSE(login->step("tim"s));
  EXPECT_FALSE(login->step("tim"s)) << "it is over";
}

TEST(ScramMechanism, AsksTheHolderOfTheVerifierTwice) {
  auto scram = make_mechanism("scram-sha-256");
  EXPECT_EQ(std::get<StartScram>(*scram->step("first")).client_first, "first");
  EXPECT_EQ(std::get<Challenge>(*scram->answer("server first")).data, "server first");
  EXPECT_EQ(std::get<FinishScram>(*scram->step("final")).client_final, "final");
  EXPECT_EQ(std::get<Challenge>(*scram->answer("server final")).data, "server final");
  EXPECT_TRUE(std::holds_alternative<Finished>(*scram->step("")));
  EXPECT_FALSE(scram->step(""));
}

TEST(ScramMechanism, RefusesStepsOutOfTurn) {
  auto scram = make_mechanism("SCRAM-SHA-256");
  EXPECT_FALSE(scram->answer("too early"));
  EXPECT_TRUE(scram->step("first"));
  EXPECT_FALSE(scram->step("again"));
}

TEST(ScramMechanism, WantsNothingAfterTheServersProof) {
  auto scram = make_mechanism("SCRAM-SHA-256");
  ASSERT_TRUE(scram->step("first"));
  ASSERT_TRUE(scram->answer("a"));
  ASSERT_TRUE(scram->step("final"));
  ASSERT_TRUE(scram->answer("b"));
  EXPECT_FALSE(scram->step("surplus"));
}

TEST(ScramMechanism, SaysWhichHashAndWhetherItBinds) {
  auto start = [](const char* name) { return std::get<StartScram>(*make_mechanism(name)->step("first")); };
  EXPECT_EQ(start("scram-sha-1").hash, ScramHash::sha_1);
  EXPECT_EQ(start("SCRAM-SHA-256-PLUS").hash, ScramHash::sha_256);
  EXPECT_FALSE(start("SCRAM-SHA-1").plus);
  EXPECT_TRUE(start("SCRAM-SHA-1-PLUS").plus);
}

TEST(External, AsksWhetherOneMayActAsAnother) {
  auto external = make_mechanism("EXTERNAL");
  EXPECT_EQ(std::get<Challenge>(*external->step(std::nullopt)).data, "");
  EXPECT_EQ(std::get<CheckCertificate>(*external->step("")).authzid, "");
  EXPECT_FALSE(external->step(""));
  EXPECT_EQ(std::get<CheckCertificate>(*make_mechanism("external")->step("fred@example.com")).authzid,
            "fred@example.com");
  EXPECT_FALSE(make_mechanism("EXTERNAL")->step("a\0b"s));
}

TEST(OauthMechanism, AsksWhetherTheTokenIsGood) {
  auto oauth = make_mechanism("oauthbearer");
  EXPECT_EQ(std::get<Challenge>(*oauth->step(std::nullopt)).data, "");
  std::string token(kSaslMessageBytesMax, 'x');
  auto check = std::get<CheckToken>(*oauth->step("n,a=tim,\1auth=Bearer " + token + "\1\1"));
  EXPECT_EQ(check.name, "tim");
  EXPECT_EQ(check.token.view(), token);
  EXPECT_TRUE(make_mechanism("XOAUTH2")->step("user=tim\1auth=Bearer x\1\1"));
  EXPECT_FALSE(make_mechanism("XOAUTH2")->step("n,a=tim,\1auth=Bearer x\1\1"));
}

TEST(Anonymous, TakesATraceOrNothing) {
  EXPECT_EQ(std::get<EnterAnonymously>(*make_mechanism("ANONYMOUS")->step("sirhc")).trace, "sirhc");
  EXPECT_EQ(std::get<EnterAnonymously>(*make_mechanism("ANONYMOUS")->step("")).trace, "");
  EXPECT_FALSE(make_mechanism("ANONYMOUS")->step("a\r\nb"));
  EXPECT_FALSE(make_mechanism("ANONYMOUS")->step(std::string(1021, 'a')));
}

TEST(CramMd5Mechanism, ChallengesFirst) {
  auto cram = make_mechanism("cram-md5", "<1896.697170952@postoffice.reston.mci.net>");
  EXPECT_EQ(std::get<Challenge>(*cram->step(std::nullopt)).data, "<1896.697170952@postoffice.reston.mci.net>");
  auto check = std::get<CheckCram>(*cram->step("tim b913a602c7eda7a495b4e6e7334d3890"));
  EXPECT_EQ(check.name, "tim");
  EXPECT_EQ(check.digest.size(), 16U);
  EXPECT_FALSE(make_mechanism("CRAM-MD5", "<1@x>")->step("tim b913a602c7eda7a495b4e6e7334d3890"));
}

TEST(Mechanism, AllowsOnlyTheFirstResponseToBeAbsent) {
  auto login = make_mechanism("LOGIN");
  ASSERT_TRUE(login->step(std::nullopt));
  EXPECT_FALSE(login->step(std::nullopt));
}

TEST(Mechanism, IsNullForAnUnknownName) {
  for (const char* name : {"", "PLAI", "PLAINS", "DIGEST-MD5", "SCRAM-SHA-256-PLU", "SCRAM-SHA-512", "GSSAPI"}) {
    EXPECT_EQ(make_mechanism(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace roost::sasl
