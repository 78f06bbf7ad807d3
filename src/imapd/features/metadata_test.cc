#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Annotations : testing::Test {
  explicit Annotations(ImapdConfig config = {}, accounts::AccountsConfig accounts = {})
      : server(std::move(config), 1, std::move(accounts)), client(server) {
    client.log_in();
    client.run("CREATE box");
  }
  TestServer server;
  TestClient client;
};

TEST_F(Annotations, AreSetRepeatedAndRemoved) {
  EXPECT_EQ(client.run("SETMETADATA box (/private/comment \"mine\" /shared/comment \"ours\")"),
            "OK SETMETADATA completed.\r\n");
  EXPECT_EQ(client.run("GETMETADATA box (/SHARED/Comment /private/comment)"),
            "* METADATA box (/SHARED/Comment \"ours\" /private/comment \"mine\")\r\nOK GETMETADATA completed.\r\n");
  client.run("SETMETADATA box (/private/comment NIL)");
  EXPECT_THAT(client.run("GETMETADATA box /private/comment"), StartsWith("* METADATA box (/private/comment NIL)\r\n"));
  EXPECT_THAT(client.run("GETMETADATA none /private/comment"), StartsWith("NO [NONEXISTENT]"));
  EXPECT_THAT(client.run("SETMETADATA none (/private/comment \"x\")"), StartsWith("NO [NONEXISTENT]"));
}

TEST_F(Annotations, OfOneUserAreNotAnothers) {
  server.add_user("bob", "secret");
  client.run("SETMETADATA \"\" (/private/vendor/push/token \"alice's\")");
  TestClient bob(server);
  bob.log_in("bob");
  EXPECT_THAT(bob.run("GETMETADATA \"\" /private/vendor/push/token"), HasSubstr("/private/vendor/push/token NIL"));
  EXPECT_THAT(client.run("GETMETADATA \"\" /private/vendor/push/token"), HasSubstr("\"alice's\""));
}

TEST_F(Annotations, ThatAreSharedOnTheServerAreConfigured) {
  EXPECT_THAT(client.run("SETMETADATA \"\" (/shared/comment \"x\")"), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(client.run("GETMETADATA \"\" (DEPTH infinity) (/shared)"), StartsWith("OK "));
  ImapdConfig config;
  config.server_comment = "Hello";
  config.server_admin = "mailto:postmaster@example.org";
  TestServer other(config);
  TestClient guest(other);
  guest.log_in();
  EXPECT_EQ(guest.run("GETMETADATA \"\" (DEPTH infinity) (/shared)"),
            "* METADATA \"\" (/shared/admin \"mailto:postmaster@example.org\" /shared/comment \"Hello\")\r\n"
            "OK GETMETADATA completed.\r\n");
}

TEST_F(Annotations, WithADepthAreThoseBelow) {
  client.run("SETMETADATA box (/private/a/b \"1\" /private/a/b/c \"2\" /private/a/b/c/d \"3\" /private/a/bc \"4\")");
  EXPECT_THAT(client.run("GETMETADATA (DEPTH 1) box /private/a/B"),
              StartsWith("* METADATA box (/private/a/B \"1\" /private/a/B/c \"2\")\r\n"));
  EXPECT_THAT(client.run("GETMETADATA (DEPTH infinity) box /private/a/b"),
              StartsWith("* METADATA box (/private/a/b \"1\" /private/a/b/c \"2\" /private/a/b/c/d \"3\")\r\n"));
  EXPECT_EQ(client.run("GETMETADATA (DEPTH 1) box /private/z"), "OK GETMETADATA completed.\r\n");
}

TEST_F(Annotations, ThatAreTooLongAreLeftOutAndMeasured) {
  client.run("SETMETADATA box (/private/a \"12345\" /private/b \"123456789\" /private/c \"1\")");
  EXPECT_EQ(client.run("GETMETADATA (MAXSIZE 4) box (/private/a /private/b /private/c)"),
            "* METADATA box (/private/c \"1\")\r\nOK [METADATA LONGENTRIES 9] GETMETADATA completed.\r\n");
  EXPECT_EQ(client.run("GETMETADATA (MAXSIZE 9 DEPTH 1) box /private/b"),
            "* METADATA box (/private/b \"123456789\")\r\nOK GETMETADATA completed.\r\n");
}

struct FewAnnotations : Annotations {
  static accounts::AccountsConfig few() {
    accounts::AccountsConfig config;
    config.limits.metadata_value_bytes_max = 10;
    config.limits.metadata_entries_max = 1;
    return config;
  }
  FewAnnotations() : Annotations({.metadata_private = false}, few()) {}
};

TEST_F(FewAnnotations, AreRefusedWithTheReason) {
  EXPECT_THAT(client.run("SETMETADATA box (/shared/a \"12345678901\")"), StartsWith("NO [METADATA MAXSIZE 10] "));
  EXPECT_THAT(client.send("x SETMETADATA box (/shared/a {2000000}\r\n"), StartsWith("x NO [METADATA MAXSIZE 10] "));
  EXPECT_THAT(client.run("SETMETADATA box (/private/a \"1\")"), StartsWith("NO [METADATA NOPRIVATE] "));
  EXPECT_THAT(client.run("SETMETADATA box (/shared/a \"1\" /shared/b \"2\")"), StartsWith("NO [METADATA TOOMANY] "));
  EXPECT_THAT(client.run("SETMETADATA box (/shared/a \"1\")"), StartsWith("OK "));
  EXPECT_THAT(client.run("SETMETADATA box (/shared/b \"1\")"), StartsWith("NO [METADATA TOOMANY] "));
  EXPECT_THAT(client.run("GETMETADATA box (/shared/b)"), HasSubstr("/shared/b NIL"));
}

TEST_F(Annotations, ShowAndMoveSpecialUses) {
  client.run("CREATE Sent (USE (\\Sent \\Archive))");
  EXPECT_THAT(client.run("GETMETADATA Sent /private/specialuse"),
              StartsWith("* METADATA Sent (/private/specialuse \"\\\\Sent \\\\Archive\")\r\n"));
  EXPECT_EQ(client.run("SETMETADATA box (/private/specialuse \"\\\\Sent\")"),
            "* METADATA Sent (/private/specialuse \"\\\\Archive\")\r\nOK SETMETADATA completed.\r\n");
  EXPECT_THAT(client.run("LIST \"\" box"), HasSubstr("\\Sent"));
  EXPECT_THAT(client.run("SETMETADATA box (/private/specialuse \"\\\\Unheard\")"), StartsWith("NO [USEATTR]"));
  EXPECT_THAT(client.run("SETMETADATA box (/private/specialuse \"Sent\")"), StartsWith("NO [USEATTR]"));
  client.run("SETMETADATA box (/private/specialuse NIL)");
  EXPECT_THAT(client.run("LIST \"\" box"), Not(HasSubstr("\\Sent")));
}

TEST_F(Annotations, ThatOthersChangeAreToldToWhoEnabledIt) {
  TestClient other(server);
  other.log_in();
  EXPECT_THAT(other.run("ENABLE METADATA"), StartsWith("* ENABLED METADATA\r\n"));
  client.run("SETMETADATA box (/shared/comment \"1\" /private/comment \"2\")");
  client.run("SETMETADATA \"\" (/private/vendor/x/y \"3\")");
  client.run("SETMETADATA box (/shared/comment NIL)");
  EXPECT_EQ(other.take(), "") << "not between commands";
  EXPECT_EQ(other.run("NOOP"),
            "* METADATA \"\" /private/vendor/x/y\r\n* METADATA box /shared/comment /private/comment\r\n"
            "OK NOOP completed.\r\n");
  EXPECT_EQ(other.run("SETMETADATA box (/shared/comment \"4\")"), "OK SETMETADATA completed.\r\n") << "its own";
  EXPECT_EQ(client.run("NOOP"), "OK NOOP completed.\r\n") << "not enabled";
  other.send("a IDLE\r\n");
  client.run("SETMETADATA INBOX (/shared/comment \"5\")");
  EXPECT_EQ(other.take(), "* METADATA INBOX /shared/comment\r\n");
}

TEST_F(Annotations, ComeWithListWhereTheyAreAskedFor) {
  client.run("SETMETADATA box (/shared/color \"red\")");
  EXPECT_EQ(client.run("LIST \"\" * RETURN (METADATA (/shared/color))"),
            "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* METADATA INBOX (/shared/color NIL)\r\n"
            "* LIST (\\HasNoChildren) \"/\" box\r\n* METADATA box (/shared/color \"red\")\r\n"
            "OK LIST completed.\r\n");
}

TEST_F(Annotations, RaiseTheMailboxesModSeq) {
  std::string before = client.run("STATUS box (HIGHESTMODSEQ)");
  client.run("SETMETADATA box (/shared/comment \"1\")");
  EXPECT_NE(client.run("STATUS box (HIGHESTMODSEQ)"), before);
}

}  // namespace
}  // namespace roost::imapd
