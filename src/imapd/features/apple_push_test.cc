#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"
#include "push/registration.h"

namespace roost::imapd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kRegistration =
    "XAPPLEPUSHSERVICE aps-version 2 aps-account-id A-1 aps-device-token ABCD aps-subtopic com.apple.mobilemail";

ImapdConfig offered() {
  ImapdConfig config;
  config.apple_push_topic = "com.apple.mail.XServer.1";
  return config;
}

std::vector<push::Registration> registered(TestServer& server) {
  AccountId id = server.simulation->wait(server.authenticator->find_user("alice")).value()->account;
  auto account = server.simulation->wait(server.accounts->open(id)).value();
  return push::registrations(*account->snapshot(), id, {}, server.loop().clock().wall().seconds);
}

TEST(ApplePush, IsNotOfferedUnlessConfigured) {
  TestServer server;
  TestClient alice(server);
  EXPECT_THAT(alice.log_in(), Not(HasSubstr("XAPPLEPUSHSERVICE")));
  EXPECT_THAT(alice.run(kRegistration), StartsWith("BAD"));
}

TEST(ApplePush, AnswersWithTheTopicOnceTheRegistrationIsDurable) {
  TestServer server(offered());
  TestClient alice(server);
  EXPECT_THAT(alice.log_in(), HasSubstr(" XAPPLEPUSHSERVICE"));
  EXPECT_EQ(alice.run(std::string(kRegistration) + " mailboxes (INBOX Notes)"),
            "* XAPPLEPUSHSERVICE aps-version \"2\" aps-topic \"com.apple.mail.XServer.1\"\r\n"
            "OK XAPPLEPUSHSERVICE completed.\r\n");
  auto devices = registered(server);
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].account_id, "A-1");
  EXPECT_EQ(devices[0].device_token, "abcd");
  ASSERT_EQ(devices[0].mailboxes.size(), 2U);
  EXPECT_EQ(devices[0].mailboxes[1].name, "Notes");
}

TEST(ApplePush, ARegistrationIsItsUsersAnnotation) {
  TestServer server(offered());
  TestClient alice(server);
  alice.log_in();
  alice.run(kRegistration);
  EXPECT_THAT(alice.run("GETMETADATA \"\" (DEPTH infinity) /private/vendor/roost"),
              HasSubstr("/private/vendor/roost/apple-push/abcd.a-1"));
  EXPECT_THAT(alice.run("SETMETADATA \"\" (/private/vendor/roost/apple-push/abcd.a-1 NIL)"), HasSubstr("OK"));
  EXPECT_TRUE(registered(server).empty());
}

TEST(ApplePush, TheSameAgainWritesNothing) {
  TestServer server(offered());
  TestClient alice(server);
  alice.log_in();
  alice.run(kRegistration);
  uint64_t commits = server.accounts->stats().commits;
  EXPECT_THAT(alice.run(kRegistration), HasSubstr("OK"));
  EXPECT_EQ(server.accounts->stats().commits, commits);
}

TEST(ApplePush, RefusesWhatIsNoDeviceOrAnotherService) {
  TestServer server(offered());
  TestClient alice(server);
  alice.log_in();
  for (const char* wrong :
       {"XAPPLEPUSHSERVICE aps-version 1 aps-account-id A-1 aps-device-token ABCD aps-subtopic com.apple.mobilemail",
        "XAPPLEPUSHSERVICE aps-version 2 aps-account-id A-1 aps-device-token XYZW aps-subtopic com.apple.mobilemail",
        "XAPPLEPUSHSERVICE aps-version 2 aps-account-id A-1 aps-device-token abc aps-subtopic com.apple.mobilemail",
        "XAPPLEPUSHSERVICE aps-version 2 aps-account-id \"A \\\"\" aps-device-token ab aps-subtopic "
        "com.apple.mobilemail",
        "XAPPLEPUSHSERVICE aps-version 2 aps-account-id A-1 aps-device-token ABCD aps-subtopic com.example.mail"}) {
    EXPECT_THAT(alice.run(wrong), StartsWith("NO [CANNOT]")) << wrong;
  }
  EXPECT_TRUE(registered(server).empty());
}

}  // namespace
}  // namespace roost::imapd
