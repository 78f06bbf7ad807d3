// LIST with selection and return options.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct ListExtended : testing::Test {
  ListExtended() : client(server) { client.log_in(); }
  TestServer server;
  TestClient client;
};

TEST_F(ListExtended, SubscribedNamesNeedNotExist) {
  client.run("SUBSCRIBE gone");
  EXPECT_EQ(client.run("LIST (SUBSCRIBED) \"\" *"),
            "* LIST (\\NonExistent \\Subscribed) \"/\" gone\r\nOK LIST completed.\r\n");
  EXPECT_THAT(client.run("LIST \"\" * RETURN (SUBSCRIBED)"), Not(HasSubstr("gone")));
  EXPECT_EQ(client.run("LIST (SUBSCRIBED) \"\" * RETURN (CHILDREN STATUS (MESSAGES))"),
            "* LIST (\\NonExistent \\Subscribed \\HasNoChildren) \"/\" gone\r\nOK LIST completed.\r\n");
}

TEST_F(ListExtended, ChildInfoTellsOfWhatThePatternHides) {
  client.run("CREATE a/b/c");
  client.run("SUBSCRIBE a/b/c");
  EXPECT_EQ(client.run("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (% %/%)"),
            "* LIST (\\HasChildren) \"/\" a (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n"
            "* LIST (\\HasChildren) \"/\" a/b (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\nOK LIST completed.\r\n");
  // All that is below is listed itself.
  EXPECT_EQ(client.run("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" *"),
            "* LIST (\\Subscribed \\HasNoChildren) \"/\" a/b/c\r\nOK LIST completed.\r\n");
  EXPECT_EQ(client.run("LIST (SUBSCRIBED RECURSIVEMATCH SPECIAL-USE) \"\" %"), "OK LIST completed.\r\n");
}

TEST_F(ListExtended, SelectionOptionsMustAllBeMet) {
  client.run("CREATE Sent (USE (\\Sent))");
  client.run("CREATE Trash (USE (\\Trash))");
  client.run("CREATE other");
  client.run("SUBSCRIBE Trash");
  client.run("SUBSCRIBE other");
  EXPECT_EQ(client.run("LIST (SPECIAL-USE SUBSCRIBED) \"\" *"),
            "* LIST (\\Subscribed \\HasNoChildren \\Trash) \"/\" Trash\r\nOK LIST completed.\r\n");
}

TEST_F(ListExtended, StatusFollowsEachSelectableMailbox) {
  client.run("CREATE foo/bar");
  client.run("DELETE foo");
  client.append("INBOX", "Subject: x\r\n\r\n");
  EXPECT_EQ(client.run("LIST \"\" * RETURN (STATUS (MESSAGES))"),
            "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* STATUS INBOX (MESSAGES 1)\r\n"
            "* LIST (\\Noselect \\HasChildren) \"/\" foo\r\n"
            "* LIST (\\HasNoChildren) \"/\" foo/bar\r\n* STATUS foo/bar (MESSAGES 0)\r\nOK LIST completed.\r\n");
}

TEST_F(ListExtended, ListsManyNames) {
  for (int i = 0; i < 300; ++i) client.run(fmt::format("SUBSCRIBE parent{:03}/child", i));
  std::string answer = client.run("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %");
  EXPECT_THAT(answer, StartsWith("* LIST (\\NonExistent) \"/\" parent000 (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n"));
  EXPECT_THAT(answer, EndsWith("parent299 (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\nOK LIST completed.\r\n"));
}

}  // namespace
}  // namespace roost::imapd
