// NOTIFY and METADATA on other users' mailboxes.
#include "imapd/features/visited_account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kMessage = "Subject: x\r\n\r\nbody\r\n";
constexpr std::string_view kMessageEvents = "MessageNew MessageExpunge FlagChange";

// Alice shares, Fred is told.
struct Visits : testing::Test {
  Visits() : alice(server), fred(server) {
    server.add_user("fred", "secret");
    alice.log_in();
    fred.log_in("fred");
    alice.run("CREATE work");
    alice.run("CREATE hidden");
    alice.run("SETACL work fred lrskx");
  }
  std::string after(std::string_view command) {
    EXPECT_THAT(alice.run(command), HasSubstr("OK ")) << command;
    return fred.take();
  }
  std::string notify(std::string_view mailboxes, std::string_view events) {
    return fred.run(fmt::format("NOTIFY SET STATUS ({} ({}))", mailboxes, events));
  }
  TestServer server;
  TestClient alice;
  TestClient fred;
};

task<bool> retired(accounts::Accounts& accounts, AccountId id) {
  co_await accounts.retire(id);
  co_return true;
}

TEST_F(Visits, TellOfMessagesInAnothersMailbox) {
  EXPECT_THAT(notify("mailboxes \"Other Users/alice/work\"", kMessageEvents),
              StartsWith("* STATUS \"Other Users/alice/work\" (MESSAGES 0 UIDNEXT 1 "));
  alice.append("work", kMessage);
  EXPECT_THAT(fred.take(), StartsWith("* STATUS \"Other Users/alice/work\" (MESSAGES 1 UIDNEXT 2 "));
  alice.append("hidden", kMessage);
  alice.append("INBOX", kMessage);
  EXPECT_EQ(fred.take(), "");
  fred.run("NOTIFY NONE");
  alice.append("work", kMessage);
  EXPECT_EQ(fred.take(), "");
}

TEST_F(Visits, TellOfThoseWhoGrantSomethingForTheFirstTime) {
  server.add_user("carol", "secret");
  TestClient carol(server);
  carol.log_in("carol");
  carol.run("CREATE plans");
  fred.run("NOTIFY SET (subtree \"Other Users\" (MailboxName MessageNew MessageExpunge))");
  EXPECT_THAT(carol.run("SETACL plans fred lr"), HasSubstr("OK "));
  EXPECT_EQ(fred.take(), "* LIST (\\HasNoChildren) \"/\" \"Other Users/carol/plans\"\r\n");
  carol.append("plans", kMessage);
  EXPECT_THAT(fred.take(), StartsWith("* STATUS \"Other Users/carol/plans\" (MESSAGES 1 UIDNEXT 2 "));
  EXPECT_THAT(carol.run("SETACL INBOX anyone l"), HasSubstr("OK "));
  EXPECT_EQ(fred.take(), "");  // without "r" nothing is told of it
  fred.run("NOTIFY SET (subtree \"Other Users/alice\" (MailboxName))");
  EXPECT_THAT(carol.run("SETACL INBOX anyone lr"), HasSubstr("OK "));
  EXPECT_EQ(fred.take(), "");
}

TEST_F(Visits, ArePersonalOnlyToTheOwner) {
  EXPECT_THAT(notify("personal", kMessageEvents), Not(HasSubstr("alice")));
  alice.append("work", kMessage);
  EXPECT_EQ(fred.take(), "");
}

TEST_F(Visits, TellOfNamesThatMayBeSeenAndNoOthers) {
  EXPECT_EQ(notify("subtree \"Other Users/alice\"", "MailboxName"), "OK NOTIFY completed.\r\n");
  EXPECT_EQ(after("CREATE work/deep"),
            "* LIST (\\HasChildren) \"/\" \"Other Users/alice/work\"\r\n"
            "* LIST (\\HasNoChildren) \"/\" \"Other Users/alice/work/deep\"\r\n");
  EXPECT_EQ(after("RENAME work works"),
            "* LIST (\\HasChildren) \"/\" \"Other Users/alice/works\" (\"OLDNAME\" (\"Other Users/alice/work\"))\r\n");
  EXPECT_EQ(after("DELETE works/deep"),
            "* LIST (\\NonExistent) \"/\" \"Other Users/alice/works/deep\"\r\n"
            "* LIST (\\HasNoChildren) \"/\" \"Other Users/alice/works\"\r\n");
  EXPECT_EQ(after("CREATE hidden/deep"), "");
  EXPECT_EQ(after("RENAME hidden secret"), "");
  EXPECT_EQ(after("DELETE secret/deep"), "");
}

TEST_F(Visits, EndWithTheRightToSeeAndGoOnWithIt) {
  notify("mailboxes \"Other Users/alice/work\"", fmt::format("{} MailboxName", kMessageEvents));
  EXPECT_EQ(after("SETACL work fred -l"), "* LIST (\\NonExistent \\NoAccess) \"/\" \"Other Users/alice/work\"\r\n");
  alice.append("work", kMessage);
  EXPECT_EQ(fred.take(), "");
  EXPECT_EQ(after("SETACL work fred +l"), "* LIST (\\HasNoChildren) \"/\" \"Other Users/alice/work\"\r\n");
  EXPECT_EQ(after("SETACL work fred -r"), "* LIST (\\NoAccess) \"/\" \"Other Users/alice/work\"\r\n");
  EXPECT_THAT(notify("mailboxes \"Other Users/alice/work\"", kMessageEvents),
              StartsWith("* LIST (\\NoAccess) \"/\" \"Other Users/alice/work\"\r\nOK "));
  EXPECT_EQ(after("SETACL work fred +r"), "") << "names were not asked for";
  alice.append("work", kMessage);
  EXPECT_THAT(fred.take(), StartsWith("* STATUS \"Other Users/alice/work\" (MESSAGES 2 "));
}

TEST_F(Visits, TellOfAMailboxThatIsGrantedLater) {
  notify("mailboxes \"Other Users/alice/hidden\"", fmt::format("{} MailboxName", kMessageEvents));
  alice.append("hidden", kMessage);
  EXPECT_EQ(fred.take(), "");
  EXPECT_EQ(after("SETACL hidden fred lr"), "* LIST (\\HasNoChildren) \"/\" \"Other Users/alice/hidden\"\r\n");
  alice.append("hidden", kMessage);
  EXPECT_THAT(fred.take(), StartsWith("* STATUS \"Other Users/alice/hidden\" (MESSAGES 2 "));
}

TEST_F(Visits, SayNothingOfWhatTheVisitorDid) {
  alice.run("SETACL work fred +it");
  notify("subtree \"Other Users/alice\"", fmt::format("{} MailboxName", kMessageEvents));
  EXPECT_THAT(fred.run("CREATE \"Other Users/alice/work/mine\""), StartsWith("OK "));
  EXPECT_THAT(fred.run("RENAME \"Other Users/alice/work/mine\" \"Other Users/alice/work/ours\""), StartsWith("OK "));
  EXPECT_THAT(fred.run("DELETE \"Other Users/alice/work/ours\""), StartsWith("OK "));
  EXPECT_THAT(fred.append("\"Other Users/alice/work\"", kMessage), Not(HasSubstr("STATUS")));
  EXPECT_EQ(fred.take(), "");
}

TEST_F(Visits, TellOfTheSelectedMailboxAtOnce) {
  fred.run("NOTIFY SET (selected (MessageNew MessageExpunge))");
  fred.select("\"Other Users/alice/work\"");
  alice.append("work", kMessage);
  EXPECT_EQ(fred.take(), "* 1 EXISTS\r\n* 1 RECENT\r\n");
  alice.run("SETACL work fred -r");
  EXPECT_EQ(fred.take(), "* OK [CLOSED] Previous mailbox closed.\r\n");
}

TEST_F(Visits, BeginWithASubscription) {
  fred.run("NOTIFY SET (subscribed (MessageNew MessageExpunge SubscriptionChange))");
  TestClient other(server);
  other.log_in("fred");
  other.run("SUBSCRIBE \"Other Users/alice/work\"");
  EXPECT_EQ(fred.take(), "* LIST (\\Subscribed \\HasNoChildren) \"/\" \"Other Users/alice/work\"\r\n");
  alice.append("work", kMessage);
  EXPECT_THAT(fred.take(), StartsWith("* STATUS \"Other Users/alice/work\" (MESSAGES 1 "));
  fred.run("UNSUBSCRIBE \"Other Users/alice/work\"");
  alice.append("work", kMessage);
  EXPECT_EQ(fred.take(), "");
}

TEST_F(Visits, EndWithTheUser) {
  notify("subtree (\"Other Users\")", "MailboxName");
  auto id = server.simulation->wait(server.authenticator->find_user("alice")).value()->account;
  server.simulation->wait(retired(*server.accounts, id));
  EXPECT_THAT(fred.run("NOOP"), StartsWith("* LIST (\\NonExistent) \"/\" \"Other Users/alice/work\"\r\n"));
  EXPECT_EQ(fred.run("NOOP"), "OK NOOP completed.\r\n");
}

TEST(VisitsLimited, AreToSoManyUsersOnly) {
  TestServer server({.notify_accounts_max = 1});
  TestClient client(server);
  client.log_in();
  EXPECT_THAT(client.run("NOTIFY SET (subtree \"Other Users/a\" (MailboxName))"), StartsWith("OK "));
  EXPECT_THAT(client.run("NOTIFY SET (subtree (\"Other Users/a\" \"Other Users/b\") (MailboxName))"),
              StartsWith("NO [NOTIFICATIONOVERFLOW] "));
}

TEST_F(Visits, TellOfAnnotationsButTheOwnersOwn) {
  notify("mailboxes \"Other Users/alice/work\"", "MailboxMetadataChange");
  EXPECT_EQ(after("SETMETADATA work (/shared/comment \"x\" /private/comment \"y\")"),
            "* METADATA \"Other Users/alice/work\" /shared/comment\r\n");
  EXPECT_EQ(after("SETMETADATA hidden (/shared/comment \"x\")"), "");
  EXPECT_EQ(after("SETMETADATA work (/private/specialuse \"\\\\Archive\")"), "");
}

TEST_F(Visits, AnnotateAnothersMailboxAsFarAsTheRightsGo) {
  alice.run("SETMETADATA work (/shared/comment \"s\" /private/comment \"a\" /private/specialuse \"\\\\Archive\")");
  const std::string work = "\"Other Users/alice/work\"";
  EXPECT_EQ(fred.run(fmt::format("GETMETADATA {} (/shared/comment /private/comment /private/specialuse)", work)),
            "* METADATA \"Other Users/alice/work\" (/shared/comment \"s\" /private/comment NIL /private/specialuse "
            "NIL)\r\nOK GETMETADATA completed.\r\n");
  EXPECT_THAT(fred.run(fmt::format("SETMETADATA {} (/shared/comment \"t\" /private/comment \"f\")", work)),
              StartsWith("OK "));
  EXPECT_THAT(alice.run("GETMETADATA work (/shared/comment /private/comment)"),
              HasSubstr("(/shared/comment \"t\" /private/comment \"a\")"));
  EXPECT_THAT(fred.run("LIST \"\" \"Other*work\" RETURN (METADATA (/private/comment))"),
              HasSubstr("* METADATA \"Other Users/alice/work\" (/private/comment \"f\")\r\n"));
  EXPECT_THAT(fred.run(fmt::format("SETMETADATA {} (/private/specialuse \"\\\\Junk\")", work)),
              StartsWith("NO [USEATTR]"));
}

TEST_F(Visits, DoNotShowAnnotationsWithoutRights) {
  alice.run("SETMETADATA work (/shared/comment \"s\")");
  alice.run("SETMETADATA hidden (/shared/comment \"s\")");
  for (const char* command : {"GETMETADATA {} /shared/comment", "SETMETADATA {} (/shared/comment \"z\")"}) {
    auto run = [&](std::string_view name) { return fred.run(fmt::format(fmt::runtime(command), name)); };
    EXPECT_EQ(run("\"Other Users/alice/hidden\""), run("\"Other Users/alice/nowhere\""));
    EXPECT_EQ(run("\"Other Users/alice/hidden\""), run("\"Other Users/nobody/nowhere\""));
    alice.run("SETACL work fred lka");
    EXPECT_THAT(run("\"Other Users/alice/work\""), StartsWith("NO [NOPERM]"));
    EXPECT_THAT(fred.run("LIST \"\" \"Other*work\" RETURN (METADATA (/shared/comment))"),
                Not(HasSubstr("METADATA \"")));
    alice.run("SETACL work fred lp");
    EXPECT_THAT(run("\"Other Users/alice/work\""), HasSubstr("OK "));
  }
}

}  // namespace
}  // namespace roost::imapd
