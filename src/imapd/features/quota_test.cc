// QUOTA (RFC 9208) where accounts and sessions meet: mailboxes of others, moves between accounts.
// tests/conformance/rfc9208 has the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"
#include "mail/quota.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kMessage = "Subject: x\r\n\r\nbody\r\n";

ImapdConfig with_administrator() {
  ImapdConfig config;
  config.administrators = {"admin"};
  return config;
}

// Alice shares INBOX, Fred visits.
struct Quotas : testing::Test {
  Quotas() : server(with_administrator()), alice(server), fred(server), admin(server) {
    server.add_user("fred", "secret");
    server.add_user("admin", "secret");
    alice.log_in();
    fred.log_in("fred");
    admin.log_in("admin");
    alice.run("SETACL INBOX fred lrsite");
  }
  std::string set(std::string_view user, std::string_view limits) {
    return admin.run(fmt::format("SETQUOTA \"#user/{}\" ({})", user, limits));
  }
  TestServer server;
  TestClient alice;
  TestClient fred;
  TestClient admin;
};

TEST_F(Quotas, AreTheOwnersWhoeverPutsMailThere) {
  EXPECT_THAT(set("alice", "MESSAGE 1"), StartsWith("* QUOTA \"#user/alice\" (MESSAGE 0 1)\r\nOK"));
  EXPECT_THAT(set("fred", "MESSAGE 0"), HasSubstr("OK"));
  EXPECT_THAT(fred.append("INBOX", kMessage), HasSubstr("NO [OVERQUOTA]"));
  EXPECT_THAT(fred.append("\"Other Users/alice/INBOX\"", kMessage), HasSubstr("OK [APPENDUID"));
  EXPECT_THAT(fred.append("\"Other Users/alice/INBOX\"", kMessage), HasSubstr("NO [OVERQUOTA]"));
  EXPECT_EQ(alice.run("GETQUOTA \"#user/alice\""),
            "* QUOTA \"#user/alice\" (MESSAGE 1 1)\r\nOK GETQUOTA completed.\r\n");
}

TEST_F(Quotas, ThatAreExceededLeaveAMoveBetweenAccountsUndone) {
  fred.append("INBOX", kMessage);
  set("alice", "MESSAGE 0");
  fred.select("INBOX");
  EXPECT_THAT(fred.run("MOVE 1 \"Other Users/alice/INBOX\""), HasSubstr("NO [OVERQUOTA]"));
  EXPECT_THAT(fred.run("COPY 1 \"Other Users/alice/INBOX\""), HasSubstr("NO [OVERQUOTA]"));
  EXPECT_THAT(fred.run("STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 1"));
  set("alice", "MESSAGE 1");
  EXPECT_THAT(fred.run("MOVE 1 \"Other Users/alice/INBOX\""), HasSubstr("OK MOVE"));
}

TEST_F(Quotas, OfOthersAreToldToWhoMayReadThere) {
  set("alice", "MESSAGE 10");
  EXPECT_EQ(fred.run("GETQUOTAROOT \"Other Users/alice/INBOX\""),
            "* QUOTAROOT \"Other Users/alice/INBOX\" \"#user/alice\"\r\n* QUOTA \"#user/alice\" (MESSAGE 0 10)\r\n"
            "OK GETQUOTAROOT completed.\r\n");
  alice.run("SETACL INBOX fred l");
  EXPECT_THAT(fred.run("GETQUOTAROOT \"Other Users/alice/INBOX\""), StartsWith("NO [NOPERM]"));
  alice.run("DELETEACL INBOX fred");
  EXPECT_THAT(fred.run("GETQUOTAROOT \"Other Users/alice/INBOX\""), StartsWith("NO [NONEXISTENT]"));
  EXPECT_THAT(fred.run("GETQUOTAROOT \"Other Users/nobody/INBOX\""), StartsWith("NO [NONEXISTENT]"));
  EXPECT_THAT(fred.run("GETQUOTA \"#user/alice\""), StartsWith("NO [NOPERM]"));
}

TEST_F(Quotas, AreNotWarnedOfInOtherAccounts) {
  set("alice", "MESSAGE 1");
  set("fred", "MESSAGE 100");
  EXPECT_THAT(fred.append("\"Other Users/alice/INBOX\"", kMessage), Not(HasSubstr("OVERQUOTA")));
}

TEST_F(Quotas, AreSetByAdministratorsOnly) {
  EXPECT_THAT(alice.run("SETQUOTA \"#user/alice\" (MESSAGE 1)"), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(alice.run("CAPABILITY"), HasSubstr("QUOTASET"));
  EXPECT_THAT(set("nobody", "MESSAGE 1"), StartsWith("NO [NONEXISTENT]"));
}

// A literal that cannot fit is not asked for (RFC 9051 7.5).
TEST_F(Quotas, RefuseALiteralBeforeItsOctets) {
  set("alice", "STORAGE 1");
  EXPECT_THAT(alice.send("a APPEND INBOX {1025}\r\n"), StartsWith("a NO [OVERQUOTA]"));
  EXPECT_THAT(alice.send("b APPEND INBOX {1024}\r\n"), StartsWith("+ "));
  EXPECT_THAT(alice.send("Subject: x\r\n\r\n" + std::string(1010, 'x') + " {1}\r\n"), HasSubstr("b NO [OVERQUOTA]"));
}

TEST(Quota, ThatIsNearlyUsedUpIsToldOnceWithSelect) {
  TestServer server;
  auto account = server.simulation->wait(
      server.accounts->open(server.simulation->wait(server.authenticator->find_user("alice")).value()->account));
  server.simulation->wait((*account)->execute(mail::SetQuota{mail::QuotaLimits{.mailboxes = 1}})).value();
  TestClient alice(server);
  alice.log_in();
  EXPECT_THAT(alice.select("INBOX"), HasSubstr("* NO [OVERQUOTA]"));
  EXPECT_THAT(alice.select("INBOX"), Not(HasSubstr("OVERQUOTA"))) << "once";
}

}  // namespace
}  // namespace roost::imapd
