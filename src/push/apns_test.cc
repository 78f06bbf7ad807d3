#include "push/apns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roost::push {
namespace {

using Verdict = Answer::Verdict;

TEST(Apns, TellsTheDeviceWhichAccountAndWhichMailboxes) {
  Notice notice{AccountId(1), "entry", "0715A26B", "ab", {"7e33429f656f1e6e9d79b29c3f82c57e"}};
  EXPECT_EQ(payload_of(notice), R"({"aps":{"account-id":"0715A26B","m":["7e33429f656f1e6e9d79b29c3f82c57e"]}})");
  notice.digests = {"aa", "bb"};
  EXPECT_EQ(payload_of(notice), R"({"aps":{"account-id":"0715A26B","m":["aa","bb"]}})");
}

TEST(Apns, KnowsAMailboxByItsDigest) { EXPECT_EQ(digest_of("INBOX"), "7e33429f656f1e6e9d79b29c3f82c57e"); }

TEST(Apns, ReadsWhatBecameOfANotice) {
  EXPECT_EQ(read_answer(200, "").verdict, Verdict::accepted);
  EXPECT_EQ(read_answer(500, "").verdict, Verdict::failed);
  EXPECT_EQ(read_answer(503, R"({"reason":"ServiceUnavailable"})").verdict, Verdict::failed);
  EXPECT_EQ(read_answer(429, R"({"reason":"TooManyRequests"})").verdict, Verdict::failed);
  EXPECT_EQ(read_answer(403, R"({"reason":"BadCertificate"})").verdict, Verdict::refused);
  EXPECT_EQ(read_answer(403, R"({"reason":"BadCertificate"})").why, "403 BadCertificate");
  EXPECT_EQ(read_answer(413, "[1]").verdict, Verdict::refused);
  EXPECT_EQ(read_answer(400, R"({"reason":7})").verdict, Verdict::refused);
}

TEST(Apns, KnowsADeviceThatIsGone) {
  Answer gone = read_answer(410, R"({"reason":"Unregistered","timestamp":1700000000123})");
  EXPECT_EQ(gone.verdict, Verdict::gone);
  EXPECT_EQ(gone.gone_ms, 1'700'000'000'123);
  EXPECT_EQ(read_answer(410, "{").verdict, Verdict::gone);
  EXPECT_EQ(read_answer(410, R"({"timestamp":"soon"})").gone_ms, std::nullopt);
  EXPECT_EQ(read_answer(400, R"({"reason":"BadDeviceToken"})").verdict, Verdict::gone);
  EXPECT_EQ(read_answer(400, R"({"reason":"BadTopic"})").verdict, Verdict::refused);
}

TEST(Apns, AFileWithoutACertificateIsRefused) { EXPECT_FALSE(topic_of("nothing")); }

}  // namespace
}  // namespace roost::push
