#include "auth/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/local.h"
#include "rt/simulated.h"
#include "sasl/scram_client_test.h"

namespace roost::auth {
namespace {

using namespace std::string_literals;
using Outcome = Result<std::variant<Challenge, Login>>;

class ExchangeTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(simulation_->wait(auth_->add_user("alice", AccountId(7), "s3cret"))); }

  std::unique_ptr<Exchange> start(const char* mechanism) { return start_exchange(*auth_, mechanism, {"192.0.2.0/24"}); }
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

TEST(Mechanisms, AreAnnouncedStrongestFirstAndByPolicy) {
  using ::testing::ElementsAre;
  EXPECT_THAT(mechanisms({.plain = true, .scram_sha_256 = true}, false),
              ElementsAre("SCRAM-SHA-256", "PLAIN", "LOGIN"));
  EXPECT_THAT(mechanisms({.plain = true, .scram_sha_256 = true}, true), ElementsAre("SCRAM-SHA-256"));
  EXPECT_THAT(mechanisms({.plain = true, .scram_sha_256 = false}, false), ElementsAre("PLAIN", "LOGIN"));
  EXPECT_TRUE(mechanisms({.plain = true, .scram_sha_256 = false}, true).empty());
}

}  // namespace
}  // namespace roost::auth
