#include "auth/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/local.h"
#include "rt/simulated.h"
#include "sasl/cram_md5.h"
#include "sasl/scram_client_test.h"

namespace roost::auth {
namespace {

using namespace std::string_literals;
using Outcome = Result<std::variant<Challenge, Login>>;

class ExchangeTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(simulation_->wait(auth_->add_user("alice", AccountId(7), "s3cret"))); }

  std::unique_ptr<Exchange> start(const char* mechanism, std::vector<ChannelBinding> bindings = {},
                                  std::string certificate_name = {}) {
    return start_exchange(
        *auth_, mechanism,
        {{"192.0.2.0/24"}, std::move(bindings), std::move(certificate_name), "mail.example.org", "mail", ""});
  }
  Outcome step(Exchange& exchange, std::optional<Bytes> response) {
    return simulation_->wait(exchange.step(std::move(response)));
  }
  static Bytes challenge(const Outcome& outcome) { return std::get<Challenge>(outcome.value()).data; }
  static Login login(const Outcome& outcome) { return std::get<Login>(outcome.value()); }

  std::unique_ptr<rt::Simulation> simulation_ = rt::make_simulation(1);
  std::unique_ptr<Authenticator> auth_ = make_memory_authenticator(simulation_->loops().at(0), simulation_->pool());
  Login alice_{AccountId(7), "alice"};
};

TEST_F(ExchangeTest, LogsInWithPlain) {
  EXPECT_EQ(login(step(*start("PLAIN"), "\0alice\0s3cret"s)), alice_);
  EXPECT_EQ(login(step(*start("plain"), "Alice\0alice\0s3cret"s)), alice_);
  EXPECT_EQ(step(*start("PLAIN"), "\0alice\0wrong"s).error().code, Code::authentication_failed);
  EXPECT_EQ(step(*start("PLAIN"), "nonsense"s).error().kind, Error::Kind::bad);
}

TEST_F(ExchangeTest, RefusesToActAsAnotherOnlyAfterThePassword) {
  EXPECT_EQ(step(*start("PLAIN"), "bob\0alice\0s3cret"s).error().code, Code::authorization_failed);
  EXPECT_EQ(step(*start("PLAIN"), "bob\0alice\0wrong"s).error().code, Code::authentication_failed);
}

TEST_F(ExchangeTest, LogsInWithLogin) {
  auto exchange = start("LOGIN");
  EXPECT_EQ(challenge(step(*exchange, std::nullopt)), "User Name");
  EXPECT_EQ(challenge(step(*exchange, "alice")), "Password");
  EXPECT_EQ(login(step(*exchange, "s3cret")), alice_);
}

TEST_F(ExchangeTest, LogsInWithScramThatEndsWithAnEmptyLine) {
  auto exchange = start("SCRAM-SHA-256");
  EXPECT_EQ(challenge(step(*exchange, std::nullopt)), "");
  Bytes first = challenge(step(*exchange, "n,,n=alice,r=abc"));
  Bytes last = challenge(step(*exchange, sasl::testing::answer("n,,", "n=alice,r=abc", first, "s3cret")));
  EXPECT_TRUE(last.starts_with("v="));
  EXPECT_EQ(login(step(*exchange, "")), alice_);
}

TEST_F(ExchangeTest, EndsScramAtAWrongProof) {
  auto exchange = start("SCRAM-SHA-256");
  Bytes first = challenge(step(*exchange, "n,,n=alice,r=abc"));
  Outcome wrong = step(*exchange, sasl::testing::answer("n,,", "n=alice,r=abc", first, "wrong"));
  EXPECT_EQ(wrong.error(), (Error{Error::Kind::no, Code::authentication_failed, "Authentication failed."}));
  EXPECT_FALSE(step(*exchange, ""));
}

TEST_F(ExchangeTest, CallsMalformedScramBad) {
  EXPECT_EQ(step(*start("SCRAM-SHA-256"), "x").error().kind, Error::Kind::bad);
}

TEST_F(ExchangeTest, DoesNotStartWhatIsNotThere) {
  EXPECT_EQ(start("CRAM-MD5"), nullptr);
  EXPECT_EQ(start("SCRAM-SHA-256-PLUS"), nullptr);
  EXPECT_EQ(start(""), nullptr);
}

TEST_F(ExchangeTest, BindsScramToTheChannel) {
  std::vector<ChannelBinding> bindings = {{"tls-exporter", "one"}, {"tls-server-end-point", "two"}};
  for (const ChannelBinding& binding : bindings) {
    auto exchange = start("SCRAM-SHA-256-PLUS", bindings);
    ASSERT_NE(exchange, nullptr);
    std::string gs2 = "p=" + binding.type + ",,";
    Bytes first = challenge(step(*exchange, gs2 + "n=alice,r=abc"));
    Bytes last = sasl::testing::answer(gs2, "n=alice,r=abc", first, "s3cret", sasl::ScramHash::sha_256, binding.data);
    EXPECT_TRUE(challenge(step(*exchange, last)).starts_with("v="));
    EXPECT_EQ(login(step(*exchange, "")), alice_);
  }
}

TEST_F(ExchangeTest, RefusesTheDataOfAnotherChannel) {
  auto exchange = start("SCRAM-SHA-256-PLUS", {{"tls-exporter", "one"}});
  Bytes first = challenge(step(*exchange, "p=tls-exporter,,n=alice,r=abc"));
  Bytes last =
      sasl::testing::answer("p=tls-exporter,,", "n=alice,r=abc", first, "s3cret", sasl::ScramHash::sha_256, "two");
  EXPECT_EQ(step(*exchange, last).error().code, Code::authentication_failed);
}

TEST_F(ExchangeTest, TakesAChannelThatBindsForADowngradeWhereTheClientSawNoPlus) {
  EXPECT_EQ(step(*start("SCRAM-SHA-256", {{"tls-exporter", "x"}}), "y,,n=alice,r=abc").error().code,
            Code::authentication_failed);
  EXPECT_TRUE(step(*start("SCRAM-SHA-256", {{"tls-exporter", "x"}}), "n,,n=alice,r=abc"));
  EXPECT_TRUE(step(*start("SCRAM-SHA-256"), "y,,n=alice,r=abc"));
}

class ExchangeOfAll : public ExchangeTest {
 protected:
  void SetUp() override {
    Config config;
    config.iterations = sasl::kScramIterationsMin;
    config.cram_md5 = true;
    config.external = true;
    config.anonymous_user = "guest";
    auth_ = make_local_authenticator(config, simulation_->loops().at(0), simulation_->pool()).value();
    ExchangeTest::SetUp();
    ASSERT_TRUE(simulation_->wait(auth_->add_user("guest", AccountId(9), "irrelevant")));
  }
};

TEST_F(ExchangeOfAll, LogsInWithACertificate) {
  EXPECT_EQ(start("EXTERNAL"), nullptr) << "without a certificate";
  EXPECT_EQ(login(step(*start("EXTERNAL", {}, "alice"), "")), alice_);
  EXPECT_EQ(login(step(*start("external", {}, "Alice"), "alice")), alice_);
  EXPECT_EQ(step(*start("EXTERNAL", {}, "alice"), "guest").error().code, Code::authorization_failed);
  EXPECT_EQ(step(*start("EXTERNAL", {}, "bob"), "").error().code, Code::authentication_failed);
  EXPECT_EQ(step(*start("EXTERNAL", {}, "bob"), "alice").error().code, Code::authentication_failed);
}

TEST_F(ExchangeOfAll, LogsInWithCramMd5) {
  auto exchange = start("CRAM-MD5");
  Bytes question = challenge(step(*exchange, std::nullopt));
  EXPECT_TRUE(question.starts_with("<") && question.ends_with("@mail.example.org>")) << question;
  EXPECT_NE(challenge(step(*start("CRAM-MD5"), std::nullopt)), question);
  Bytes digest;
  for (char c : sasl::cram_digest(sasl::derive_cram("s3cret"), question)) {
    for (int half : {(c >> 4) & 15, c & 15}) digest.push_back("0123456789abcdef"[half]);
  }
  EXPECT_EQ(login(step(*exchange, "alice " + digest)), alice_);
  auto other = start("CRAM-MD5");
  ASSERT_TRUE(step(*other, std::nullopt));
  EXPECT_EQ(step(*other, "alice " + digest).error().code, Code::authentication_failed) << "to another challenge";
}

TEST_F(ExchangeOfAll, LogsInAnonymously) {
  EXPECT_EQ(login(step(*start("ANONYMOUS"), "sirhc")), (Login{AccountId(9), "guest", true}));
}

// A stand-in that knows one token.
class OneToken : public Authenticator {
 public:
  task<Result<TokenAnswer>> check_token(ShownToken shown, Origin) override {
    if (shown.token.view() != "good") co_return TokenAnswer{std::nullopt, "it is not good"};
    co_return TokenAnswer{Login{AccountId(7), "alice"}, {}};
  }
  Policy policy() const override { return {.oauth = true}; }
  task<Result<Login>> check_password(std::string, Secret, Origin) override { co_return fault("not here"); }
  task<Result<Login>> check_credential(Credential, Origin) override { co_return fault("not here"); }
  task<Result<ScramStep>> scram_start(ScramStart, Origin) override { co_return fault("not here"); }
  task<Result<ScramLogin>> scram_finish(uint64_t, Bytes) override { co_return fault("not here"); }
  task<Result<std::optional<UserInfo>>> find_user(std::string) override { co_return fault("not here"); }
  task<Result<UserInfo>> add_user(std::string, AccountId, Secret) override { co_return fault("not here"); }
  task<Result<>> set_password(std::string, Secret) override { co_return fault("not here"); }
  task<Result<>> set_disabled(std::string, bool) override { co_return fault("not here"); }
  task<Result<UserInfo>> remove_user(std::string) override { co_return fault("not here"); }
  task<Result<std::vector<UserInfo>>> list_users(std::string) override { co_return fault("not here"); }
  task<Result<NewAppPassword>> add_app_password(std::string, std::string) override { co_return fault("not here"); }
  task<Result<std::vector<AppPasswordInfo>>> list_app_passwords(std::string) override { co_return fault("not here"); }
  task<Result<AppPasswordInfo>> remove_app_password(std::string, std::string) override { co_return fault("not here"); }
};

class ExchangeOfTokens : public ExchangeTest {
 protected:
  void SetUp() override { auth_ = std::make_unique<OneToken>(); }
};

TEST_F(ExchangeOfTokens, LogsInWithAGoodOne) {
  EXPECT_EQ(login(step(*start("OAUTHBEARER"), "n,a=alice,\1auth=Bearer good\1\1")), alice_);
  EXPECT_EQ(login(step(*start("xoauth2"), "user=alice\1auth=Bearer good\1\1")), alice_);
}

// RFC 7628 3.2.3.
TEST_F(ExchangeOfTokens, ChallengesOnceMoreBeforeItRefuses) {
  auto exchange = start("OAUTHBEARER");
  EXPECT_EQ(challenge(step(*exchange, "n,a=alice,\1auth=Bearer bad\1\1")),
            R"({"status":"invalid_token","schemes":"bearer","scope":"mail"})");
  EXPECT_EQ(step(*exchange, "\1").error(),
            (Error{Error::Kind::no, Code::authentication_failed, "Authentication failed."}));
  EXPECT_FALSE(step(*exchange, "n,a=alice,\1auth=Bearer good\1\1")) << "it is over";
}

TEST(Mechanisms, AreAnnouncedStrongestFirstAndByPolicy) {
  using ::testing::ElementsAre;
  Policy both{.plain = true, .scram_sha_256 = true};
  EXPECT_THAT(mechanisms(both, {}), ElementsAre("SCRAM-SHA-256", "PLAIN", "LOGIN"));
  EXPECT_THAT(mechanisms(both, {.clear = true}), ElementsAre("SCRAM-SHA-256"));
  EXPECT_THAT(mechanisms(both, {.binds = true}), ElementsAre("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"));
  EXPECT_THAT(mechanisms({}, {.binds = true}), ElementsAre("PLAIN", "LOGIN"));
  EXPECT_TRUE(mechanisms({}, {.clear = true}).empty());
}

TEST(Mechanisms, AreAnnouncedWhereTheConnectionCanUseThem) {
  using ::testing::ElementsAre;
  Policy all{.plain = false,
             .scram_sha_256 = true,
             .scram_sha_1 = true,
             .cram_md5 = true,
             .external = true,
             .anonymous = true};
  EXPECT_THAT(mechanisms(all, {.binds = true, .certificate = true}),
              ElementsAre("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "EXTERNAL",
                          "CRAM-MD5", "ANONYMOUS"));
  EXPECT_THAT(mechanisms(all, {.clear = true}), ElementsAre("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "ANONYMOUS"));
  EXPECT_THAT(mechanisms({.plain = false}, {.certificate = true}), ElementsAre());
  EXPECT_THAT(mechanisms({.plain = false, .oauth = true}, {}), ElementsAre("OAUTHBEARER", "XOAUTH2"));
  EXPECT_THAT(mechanisms({.plain = false, .oauth = true}, {.clear = true}), ElementsAre());
}

}  // namespace
}  // namespace roost::auth
