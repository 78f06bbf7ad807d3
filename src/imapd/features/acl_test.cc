// ACL (RFC 4314), and mailboxes of other accounts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kMessage = "Subject: x\r\n\r\nbody\r\n";

ImapdConfig with_shared_mailboxes() {
  ImapdConfig config;
  config.shared_user = "public";
  return config;
}

task<bool> retired(accounts::Accounts& accounts, AccountId id) {
  co_await accounts.retire(id);
  co_return true;
}

// Alice shares, Fred visits; "public" has the shared mailboxes.
struct Acls : testing::Test {
  Acls() : server(with_shared_mailboxes()), alice(server), fred(server) {
    server.add_user("fred", "secret");
    server.add_user("public", "secret");
    alice.log_in();
    fred.log_in("fred");
  }
  TestServer server;
  TestClient alice;
  TestClient fred;
};

TEST_F(Acls, TheNamespacesOfOthersAndOfAllAreAnnounced) {
  EXPECT_THAT(alice.run("NAMESPACE"),
              StartsWith("* NAMESPACE ((\"\" \"/\")) ((\"Other Users/\" \"/\")) ((\"Shared/\" \"/\"))\r\n"));
  TestServer without;
  TestClient client(without);
  client.log_in();
  EXPECT_THAT(client.run("NAMESPACE"), StartsWith("* NAMESPACE ((\"\" \"/\")) ((\"Other Users/\" \"/\")) NIL\r\n"));
  EXPECT_THAT(client.run("CREATE Shared/mine"), StartsWith("OK "));
}

TEST_F(Acls, SharedMailboxesAreThoseOfOneAccount) {
  TestClient owner(server);
  owner.log_in("public");
  owner.run("CREATE news");
  owner.run("CREATE staff");
  owner.run("SETACL news anyone lr");
  EXPECT_EQ(fred.run("LIST \"\" Shared/*"), "* LIST (\\HasNoChildren) \"/\" Shared/news\r\nOK LIST completed.\r\n");
  EXPECT_THAT(fred.run("LIST \"\" %"), HasSubstr("* LIST (\\Noselect \\HasChildren) \"/\" Shared\r\n"));
  EXPECT_THAT(fred.run("LIST \"\" *"), Not(HasSubstr("Other Users")));
  EXPECT_THAT(fred.select("Shared/news"), EndsWith("OK [READ-ONLY] Opened to be read only.\r\n"));
  EXPECT_THAT(fred.select("Shared/staff"), EndsWith("NO [NONEXISTENT] No such mailbox.\r\n"));
  EXPECT_THAT(fred.select("\"Other Users/public/news\""), EndsWith("NO [NONEXISTENT] No such mailbox.\r\n"));
  EXPECT_THAT(fred.run("CREATE Shared/mine"), StartsWith("NO [NOPERM]"));
  owner.run("SETACL news fred +ka");
  EXPECT_THAT(fred.run("CREATE Shared/news/today"), StartsWith("OK "));
  EXPECT_THAT(fred.run("GETACL Shared/news"),
              StartsWith("* ACL Shared/news public lrswipkxtecda anyone lr fred kca\r\n"));
  EXPECT_THAT(owner.run("LIST \"\" *"), Not(HasSubstr("Shared")));
}

TEST_F(Acls, AnyoneAndAuthuserAreEverybodyWhoIsLoggedIn) {
  alice.run("SETACL INBOX anyone l");
  EXPECT_THAT(fred.run("LIST \"\" *"), HasSubstr("\"Other Users/alice/INBOX\""));
  alice.run("DELETEACL INBOX anyone");
  EXPECT_THAT(fred.run("LIST \"\" *"), Not(HasSubstr("Other Users")));
  alice.run("SETACL INBOX authuser l");
  EXPECT_THAT(fred.run("LIST \"\" *"), HasSubstr("\"Other Users/alice/INBOX\""));
  alice.run("SETACL INBOX -fred l");
  EXPECT_THAT(fred.run("LIST \"\" *"), Not(HasSubstr("Other Users")));
}

TEST_F(Acls, UsersWhoseNamesBeginAlikeAreKeptApart) {
  server.add_user("fred-x", "secret");
  TestClient other(server);
  other.log_in("fred-x");
  fred.run("CREATE own");
  fred.run("SETACL own alice lr");
  other.run("CREATE other");
  other.run("SETACL other alice lr");
  EXPECT_EQ(alice.run("LIST \"\" \"Other*\" RETURN (STATUS (MESSAGES))"),
            "* LIST (\\HasNoChildren) \"/\" \"Other Users/fred-x/other\"\r\n"
            "* STATUS \"Other Users/fred-x/other\" (MESSAGES 0)\r\n"
            "* LIST (\\HasNoChildren) \"/\" \"Other Users/fred/own\"\r\n"
            "* STATUS \"Other Users/fred/own\" (MESSAGES 0)\r\nOK LIST completed.\r\n");
  EXPECT_EQ(alice.run("LIST \"\" \"Other Users/%\""),
            "* LIST (\\Noselect \\HasChildren) \"/\" \"Other Users/fred-x\"\r\n"
            "* LIST (\\Noselect \\HasChildren) \"/\" \"Other Users/fred\"\r\nOK LIST completed.\r\n");
}

TEST_F(Acls, AUserWhoIsGoneIsNotListed) {
  alice.run("SETACL INBOX fred lr");
  EXPECT_THAT(fred.run("LIST \"\" *"), HasSubstr("alice"));
  server.simulation->wait(server.authenticator->remove_user("alice")).value();
  EXPECT_THAT(fred.run("LIST \"\" *"), Not(HasSubstr("alice")));
  EXPECT_TRUE(server.simulation->wait(server.accounts->grants_to("fred")).value().empty());
  EXPECT_THAT(fred.select("\"Other Users/alice/INBOX\""), EndsWith("NO [NONEXISTENT] No such mailbox.\r\n"));
}

TEST_F(Acls, ASpecialUseIsItsOwnersOnly) {
  alice.run("CREATE Sent (USE (\\Sent))");
  alice.run("SETACL Sent fred lrk");
  EXPECT_THAT(fred.run("LIST (SPECIAL-USE) \"\" *"), StartsWith("OK "));
  EXPECT_THAT(fred.run("LIST \"\" * RETURN (SPECIAL-USE)"),
              HasSubstr("* LIST (\\HasNoChildren) \"/\" \"Other Users/alice/Sent\"\r\n"));
  EXPECT_THAT(fred.run("CREATE \"Other Users/alice/Sent/old\" (USE (\\Archive))"), StartsWith("NO [USEATTR]"));
}

TEST_F(Acls, NamesOfOtherUsersCannotBeTaken) {
  for (std::string_view name :
       {"\"Other Users\"", "\"Other Users/fred\"", "\"Other Users/alice/x\"", "Shared", "Shared/x"}) {
    EXPECT_THAT(alice.run(fmt::format("CREATE {}", name)), StartsWith("NO [NOPERM]")) << name;
    EXPECT_THAT(alice.run(fmt::format("RENAME INBOX {}", name)), StartsWith("NO [NOPERM]")) << name;
  }
  EXPECT_THAT(alice.run("CREATE \"Other Users are fine\""), StartsWith("OK "));
}

TEST_F(Acls, InboxOfAnotherUserIsFoundInAnyCase) {
  alice.append("INBOX", kMessage);
  alice.run("SETACL INBOX fred lr");
  EXPECT_THAT(fred.select("\"Other Users/alice/inbox\""), HasSubstr("* 1 EXISTS\r\n"));
  EXPECT_THAT(fred.run("STATUS \"Other Users/ALICE/InBox\" (MESSAGES)"), HasSubstr("(MESSAGES 1)"));
}

TEST_F(Acls, ReadingAnothersMailLeavesItUnseenWithoutTheRightToMarkIt) {
  alice.append("INBOX", kMessage);
  alice.run("SETACL INBOX fred lrw");
  fred.select("\"Other Users/alice/INBOX\"");
  EXPECT_THAT(fred.run("FETCH 1 BODY[]"), Not(HasSubstr("\\Seen")));
  EXPECT_THAT(fred.run("FETCH 1 FLAGS"), Not(HasSubstr("\\Seen")));
  alice.run("SETACL INBOX fred +s");
  EXPECT_THAT(fred.run("FETCH 1 BODY[]"), HasSubstr("\\Seen"));
}

TEST_F(Acls, CloseWithoutTheRightToExpungeOnlyCloses) {
  alice.append("INBOX", kMessage);
  alice.run("SETACL INBOX fred lrt");
  fred.select("\"Other Users/alice/INBOX\"");
  fred.run("STORE 1 +FLAGS (\\Deleted)");
  EXPECT_EQ(fred.run("EXPUNGE"), "NO [NOPERM] You do not have the right to do that\r\n");
  EXPECT_EQ(fred.run("CLOSE"), "OK CLOSE completed.\r\n");
  EXPECT_THAT(alice.run("STATUS INBOX (MESSAGES)"), HasSubstr("(MESSAGES 1)"));
}

TEST_F(Acls, TwoUsersOnOneMailboxAreToldOfEachOther) {
  alice.append("INBOX", kMessage);
  alice.append("INBOX", kMessage);
  alice.run("SETACL INBOX fred lrswite");
  alice.select("INBOX");
  fred.select("\"Other Users/alice/INBOX\"");
  EXPECT_THAT(fred.run("SEARCH ALL"), StartsWith("* SEARCH 1 2\r\n"));
  EXPECT_THAT(fred.run("SORT (SUBJECT) UTF-8 ALL"), StartsWith("* SORT 1 2\r\n"));
  fred.run("STORE 1 +FLAGS (\\Deleted)");
  EXPECT_THAT(alice.run("NOOP"), HasSubstr("* 1 FETCH (UID 1 FLAGS ("));
  EXPECT_THAT(alice.run("EXPUNGE"), StartsWith("* 1 EXPUNGE\r\n"));
  alice.append("INBOX", kMessage);
  EXPECT_THAT(fred.run("NOOP"), AllOf(HasSubstr("* 1 EXPUNGE\r\n"), HasSubstr("* 2 EXISTS\r\n")));
}

TEST_F(Acls, LosingTheRightToReadClosesTheMailboxOfAnIdler) {
  alice.run("SETACL INBOX fred lr");
  fred.select("\"Other Users/alice/INBOX\"");
  fred.send("i IDLE\r\n");
  alice.run("SETACL INBOX fred -r");
  EXPECT_EQ(fred.take(), "* OK [CLOSED] Previous mailbox closed.\r\n");
  EXPECT_EQ(fred.send("DONE\r\n"), "i OK IDLE completed.\r\n");
  EXPECT_THAT(fred.run("FETCH 1 FLAGS"), StartsWith("BAD "));
  EXPECT_FALSE(fred.closed());
}

TEST_F(Acls, LosingTheRightToReadEndsAnyCommand) {
  fred.append("INBOX", kMessage);
  for (const char* command :
       {"UIDBATCHES 500", "FETCH 1:* FLAGS", "UID FETCH 1:* (BODY[] PREVIEW)", "SEARCH RETURN (SAVE) ALL", "SEARCH ALL",
        "SORT (DATE) UTF-8 ALL", "THREAD REFERENCES UTF-8 ALL", "STORE 1 +FLAGS (\\Seen)", "COPY 1 INBOX",
        "MOVE 1 INBOX", "EXPUNGE", "UID EXPUNGE 1:*", "CHECK", "NOOP", "SELECT INBOX",
        "NOTIFY SET (selected (MessageNew MessageExpunge))", "STATUS INBOX (MESSAGES)"}) {
    alice.append("INBOX", kMessage);
    alice.run("SETACL INBOX fred lrswite");
    EXPECT_THAT(fred.select("\"Other Users/alice/INBOX\""), HasSubstr("OK [READ-WRITE]"));
    alice.run("SETACL INBOX fred l");
    EXPECT_THAT(fred.run(command), HasSubstr("[CLOSED]")) << command;
    EXPECT_THAT(fred.run("NOOP"), Not(HasSubstr("BYE"))) << command;
  }
}

TEST_F(Acls, ALostMailboxOfARemovedUserIsClosed) {
  alice.run("SETACL INBOX fred lr");
  fred.select("\"Other Users/alice/INBOX\"");
  auto id = server.simulation->wait(server.authenticator->find_user("alice")).value()->account;
  server.simulation->wait(retired(*server.accounts, id));
  EXPECT_EQ(fred.run("NOOP"), "* OK [CLOSED] Previous mailbox closed.\r\nOK NOOP completed.\r\n");
  EXPECT_THAT(fred.select("\"Other Users/alice/INBOX\""), EndsWith("NO [NONEXISTENT] No such mailbox.\r\n"));
}

TEST_F(Acls, FlagsAreToldAgainWhenRightsChange) {
  alice.run("SETACL INBOX fred lrs");
  EXPECT_THAT(fred.select("\"Other Users/alice/INBOX\""), HasSubstr("[PERMANENTFLAGS (\\Seen)]"));
  alice.run("SETACL INBOX fred +w");
  EXPECT_THAT(fred.run("NOOP"), AllOf(StartsWith("* FLAGS ("), HasSubstr("\\Flagged"), HasSubstr("\\*)]")));
  EXPECT_EQ(fred.run("NOOP"), "OK NOOP completed.\r\n");
}

TEST_F(Acls, MessagesAreMovedBetweenAccounts) {
  fred.append("INBOX", kMessage);
  alice.append("INBOX", kMessage);
  alice.run("SETACL INBOX fred lrit");
  fred.select("INBOX");
  EXPECT_THAT(fred.run("MOVE 1 \"Other Users/alice/INBOX\""),
              AllOf(StartsWith("* OK [COPYUID "), HasSubstr(" 1 2] "), HasSubstr("* 1 EXPUNGE\r\n")));
  EXPECT_THAT(fred.run("STATUS INBOX (MESSAGES)"), HasSubstr("(MESSAGES 0)"));
  fred.select("\"Other Users/alice/INBOX\"");
  EXPECT_THAT(fred.run("MOVE 1 INBOX"), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(fred.run("STATUS INBOX (MESSAGES)"), HasSubstr("(MESSAGES 0)"));
  alice.run("SETACL INBOX fred +e");
  EXPECT_THAT(fred.run("UID MOVE 1:2 INBOX"), HasSubstr("* 2 EXPUNGE\r\n* 1 EXPUNGE\r\n"));
  EXPECT_THAT(fred.run("STATUS INBOX (MESSAGES)"), HasSubstr("(MESSAGES 2)"));
}

TEST_F(Acls, CopiesKeepWhatTheRightsAllow) {
  fred.append("INBOX", kMessage, "(\\Flagged) ");
  alice.run("CREATE drop");
  alice.run("SETACL drop fred li");
  fred.select("INBOX");
  EXPECT_THAT(fred.run("COPY 1 \"Other Users/alice/drop\""), StartsWith("OK [COPYUID "));
  alice.select("drop");
  EXPECT_THAT(alice.run("FETCH 1 (BODY.PEEK[] ENVELOPE)"), AllOf(HasSubstr(kMessage), HasSubstr("\"x\"")));
  EXPECT_THAT(alice.run("FETCH 1 FLAGS"), Not(HasSubstr("\\Flagged")));
}

TEST_F(Acls, CopiesBetweenAccountsHaveALimit) {
  ImapdConfig config;
  config.append_messages_max = 1;
  TestServer small(config);
  small.add_user("fred", "secret");
  TestClient alice2(small);
  TestClient fred2(small);
  alice2.log_in();
  fred2.log_in("fred");
  alice2.run("SETACL INBOX fred li");
  fred2.append("INBOX", kMessage);
  fred2.append("INBOX", kMessage);
  fred2.select("INBOX");
  EXPECT_THAT(fred2.run("COPY 1:2 \"Other Users/alice/INBOX\""), StartsWith("NO [LIMIT]"));
  EXPECT_THAT(fred2.run("COPY 2 \"Other Users/alice/INBOX\""), StartsWith("OK [COPYUID "));
}

TEST_F(Acls, IdentifiersArePreparedAndTheOwnersStaysHis) {
  EXPECT_THAT(alice.run("SETACL INBOX FRED lr"), StartsWith("OK "));
  EXPECT_THAT(alice.run("SETACL INBOX ALICE lrs"), StartsWith("OK "));
  EXPECT_THAT(alice.run("GETACL INBOX"), StartsWith("* ACL INBOX alice lrs fred lr\r\n"));
  EXPECT_THAT(alice.run("MYRIGHTS INBOX"), StartsWith("* MYRIGHTS INBOX lrsa\r\n"));
  for (std::string_view wrong : {"\"\"", "-", "\"a\xff\"", "\"a\x01\""}) {
    EXPECT_THAT(alice.run(fmt::format("SETACL INBOX {} l", wrong)), StartsWith("BAD ")) << wrong;
    EXPECT_THAT(alice.run(fmt::format("LISTRIGHTS INBOX {}", wrong)), StartsWith("BAD ")) << wrong;
  }
}

}  // namespace
}  // namespace roost::imapd
