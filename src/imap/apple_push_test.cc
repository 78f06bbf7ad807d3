#include "imap/apple_push.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

constexpr const char* kRegistration =
    "XAPPLEPUSHSERVICE aps-version 2 aps-account-id 0715A26B-CA09-4730-A419-793000CA982E aps-device-token 2918AB "
    "aps-subtopic com.apple.mobilemail";

TEST(ApplePush, TakesWhatTheMailAppSends) {
  auto push = parsed<ApplePush>(std::string(kRegistration) + " mailboxes (INBOX Notes)");
  EXPECT_EQ(push.version, "2");
  EXPECT_EQ(push.account_id, "0715A26B-CA09-4730-A419-793000CA982E");
  EXPECT_EQ(push.device_token, "2918AB");
  EXPECT_EQ(push.subtopic, "com.apple.mobilemail");
  ASSERT_EQ(push.mailboxes.size(), 2U);
  EXPECT_EQ(push.mailboxes[1].name, "Notes");
}

TEST(ApplePush, KeepsTheSpellingOfAMailbox) {
  auto push = parsed<ApplePush>(std::string(kRegistration) + " MAILBOXES (inbox \"Entw&APw-rfe\")");
  ASSERT_EQ(push.mailboxes.size(), 2U);
  EXPECT_EQ(push.mailboxes[0].name, "INBOX");
  EXPECT_EQ(push.mailboxes[0].spelled, "inbox");
  EXPECT_EQ(push.mailboxes[1].name, "Entw\xc3\xbcrfe");
  EXPECT_EQ(push.mailboxes[1].spelled, "Entw&APw-rfe");
}

TEST(ApplePush, WithoutMailboxesMeansTheInbox) {
  auto push = parsed<ApplePush>(kRegistration);
  ASSERT_EQ(push.mailboxes.size(), 1U);
  EXPECT_EQ(push.mailboxes[0].name, "INBOX");
  EXPECT_TRUE(parsed<ApplePush>(std::string(kRegistration) + " mailboxes ()").mailboxes.empty());
}

TEST(ApplePush, TakesAttributesInAnyOrderAndForm) {
  auto push = parsed<ApplePush>(
      "XAPPLEPUSHSERVICE mailboxes ({5}\r\nNotes) \"aps-subtopic\" \"com.apple.mobilemail\" APS-VERSION \"2\" "
      "aps-device-token {2}\r\nab aps-account-id x");
  EXPECT_EQ(push.device_token, "ab");
  EXPECT_EQ(push.account_id, "x");
  EXPECT_EQ(push.mailboxes[0].name, "Notes");
}

TEST(ApplePush, RefusesWhatIsNoRegistration) {
  std::string whole = kRegistration;
  expect_bad({"XAPPLEPUSHSERVICE", "XAPPLEPUSHSERVICE aps-version 2",
              "XAPPLEPUSHSERVICE aps-account-id x aps-device-token ab aps-subtopic y mailboxes (INBOX)"});
  for (const char* more : {" ", " aps-version 2", " mailboxes", " mailboxes INBOX", " mailboxes (INBOX",
                           " mailboxes (INBOX) mailboxes (INBOX)", " aps-colour red"}) {
    expect_bad({(whole + more).c_str()});
  }
}

TEST(ApplePush, RefusesMoreMailboxesThanAClientWatches) {
  std::string command = std::string(kRegistration) + " mailboxes (INBOX";
  for (size_t i = 0; i < ApplePush::kMailboxesMax; ++i) command += " m" + std::to_string(i);
  auto refused = parse_command(frame_of("t " + command + ")"), full_dialect());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, Code::limit);
}

TEST(ApplePush, AnswersWithTheTopic) {
  Bytes out;
  write_apple_push(out, "com.apple.mail.XServer.1");
  EXPECT_EQ(out, "* XAPPLEPUSHSERVICE aps-version \"2\" aps-topic \"com.apple.mail.XServer.1\"\r\n");
}

}  // namespace
}  // namespace roost::imap
