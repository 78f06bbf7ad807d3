#include "admin/verbs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <set>

#include "admin/command_line.h"
#include "admin/harness_test.h"

namespace roost::admin {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Verbs : testing::Test {
  void add(const std::string& name) { ASSERT_EQ(server.run("user add", {name}, "secret").status, kOk); }
  TestServer server;
};

TEST_F(Verbs, AddAUserWithTheMailboxesThatProgramsLookFor) {
  Said said = server.run("user add", {"Alice"}, "secret");
  EXPECT_EQ(said.status, kOk);
  EXPECT_EQ(said.out, "Added alice.\n");
  std::set<std::string> names;
  for (const Json& row : server.json("mailbox list", {"alice"})) {
    names.insert(row["name"]);
    EXPECT_EQ(row["subscribed"], true) << row;
    if (row["name"] != "INBOX") EXPECT_EQ(row["use"], row["name"]);
  }
  EXPECT_EQ(names, (std::set<std::string>{"Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"}));
}

TEST_F(Verbs, AddAUserWithInboxAloneWhereAsked) {
  EXPECT_EQ(server.run(Request{"user add", {"bob"}, {{"no-mailboxes", ""}}, false, "secret"}).status, kOk);
  EXPECT_EQ(server.json("mailbox list", {"bob"}).size(), 1U);
}

TEST_F(Verbs, RefuseAUserTwiceAndNamesThatCannotBe) {
  add("alice");
  EXPECT_EQ(server.run("user add", {"ALICE"}, "x").error, "The user 'ALICE' exists already.\n");
  EXPECT_EQ(server.run("user add", {"a/b"}, "x").status, kFailed);
  EXPECT_EQ(server.json("user list").size(), 1U);
  EXPECT_EQ(server.json("status")["accounts"], 1);  // nothing is left of the second attempts
}

TEST_F(Verbs, ChangePasswordsAndSwitchUsersOffAndOn) {
  add("alice");
  auto logs_in = [&](std::string_view password) {
    return server.simulation->wait(server.authenticator->check_password("alice", auth::Secret(password), {"unix"}))
        .has_value();
  };
  EXPECT_EQ(server.run("user passwd", {"alice"}, "other").status, kOk);
  EXPECT_FALSE(logs_in("secret"));
  EXPECT_TRUE(logs_in("other"));
  EXPECT_EQ(server.run("user disable", {"alice"}).out, "alice may no longer log in.\n");
  EXPECT_FALSE(logs_in("other"));
  EXPECT_EQ(server.json("user list")[0]["state"], "disabled");
  EXPECT_EQ(server.run("user enable", {"alice"}).status, kOk);
  EXPECT_TRUE(logs_in("other"));
}

TEST_F(Verbs, MakeListAndRemoveAppPasswords) {
  add("alice");
  std::string phone = server.json("user app-password add", {"alice", "Phone"})["password"];
  auto logs_in = [&] {
    return server.simulation->wait(server.authenticator->check_password("alice", auth::Secret(phone), {"unix"}))
        .has_value();
  };
  EXPECT_EQ(server.run("user app-password add", {"alice", "Phone"}).error,
            "The user has an app password for that device already.\n");
  Json list = server.json("user app-password list", {"alice"});
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["device"], "Phone");
  EXPECT_EQ(list[0]["last_used"], "never");
  EXPECT_TRUE(logs_in());
  EXPECT_NE(server.json("user app-password list", {"alice"})[0]["last_used"], "never");
  std::vector<uint64_t> ended;
  server.services->end_sessions_by = [&ended](uint64_t id) { ended.push_back(id); };
  EXPECT_EQ(server.run("user app-password remove", {"alice", "Phone"}).out,
            "Removed the app password of alice for Phone.\n");
  EXPECT_EQ(ended.size(), 1U);
  EXPECT_FALSE(logs_in());
  EXPECT_THAT(server.json("user app-password list", {"alice"}), IsEmpty());
  EXPECT_EQ(server.run("user app-password remove", {"alice", "Phone"}).status, kFailed);
  EXPECT_EQ(ended.size(), 1U);
}

TEST_F(Verbs, RemoveAUserWithAllMailForGoodWithAPurge) {
  add("alice");
  AccountId before = server.open("alice")->id();
  EXPECT_EQ(server.run("user remove", {"alice"}).status, kOk);
  EXPECT_THAT(server.json("user list"), IsEmpty());
  EXPECT_EQ(server.json("deleted")[0]["name"], "alice");
  EXPECT_EQ(server.json("status")["accounts"], 1);
  EXPECT_EQ(server.run("purge", {"alice"}).status, kOk);
  EXPECT_THAT(server.json("deleted"), IsEmpty());
  EXPECT_EQ(server.json("status")["accounts"], 0);
  add("alice");
  EXPECT_NE(server.open("alice")->id(), before);
}

TEST_F(Verbs, SayThatThereIsNoSuchUserInOneSentence) {
  for (const VerbSyntax& syntax : verb_syntaxes()) {
    if (!syntax.arguments.starts_with("ACCOUNT")) continue;
    std::map<std::string, std::string> options;
    if (syntax.verb == "undelete") options = {{"since", "1h"}, {"as", "nobody"}};
    Said said = server.run({std::string(syntax.verb), {"nobody", "a", "b", "c"}, options, false, "Subject: x\n\ny"});
    EXPECT_EQ(said.status, kFailed) << syntax.verb;
    EXPECT_THAT(said.error, StartsWith("There is no user 'nobody'")) << syntax.verb;
    EXPECT_EQ(std::ranges::count(said.error, '\n'), 1) << syntax.verb;
    EXPECT_THAT(said.out, IsEmpty()) << syntax.verb;
  }
}

TEST_F(Verbs, NeedAllTheirArguments) {
  for (const VerbSyntax& syntax : verb_syntaxes()) {
    if (syntax.arguments.empty() || syntax.arguments.starts_with('[')) continue;
    Said said = server.run(std::string(syntax.verb));
    EXPECT_EQ(said.status, kUsage) << syntax.verb;
    EXPECT_THAT(said.error, StartsWith("Usage: roost ")) << syntax.verb;
  }
  EXPECT_EQ(server.run("mailbox rename", {"alice", "a"}).status, kUsage);
  EXPECT_EQ(server.run("no verb").status, kUsage);
}

TEST_F(Verbs, TakeArgumentsInUtf8Only) {
  add("alice");
  EXPECT_EQ(server.run("mailbox create", {"alice", "x\xff"}).status, kUsage);
  EXPECT_EQ(server
                .run("mailbox create", {"alice",
                                        "Gr\xc3\xbc\xc3\x9f"
                                        "e/\xe2\x82\xac"})
                .status,
            kOk);
}

TEST_F(Verbs, MakeRenameAndDeleteMailboxes) {
  add("alice");
  EXPECT_EQ(server.run(Request{"mailbox create", {"alice", "Stars"}, {{"special-use", "Important"}}, false, ""}).status,
            kOk);
  EXPECT_EQ(server.run("mailbox create", {"alice", "Work/2026"}).status, kOk);
  EXPECT_EQ(server.run("mailbox rename", {"alice", "Work", "Done"}).status, kOk);
  EXPECT_EQ(server.json("mailbox status", {"alice", "Done/2026"})["messages"], 0);
  EXPECT_EQ(server.run("mailbox status", {"alice", "Work"}).error, "There is no mailbox 'Work'.\n");
  EXPECT_EQ(server.run("mailbox delete", {"alice", "Done/2026"}).status, kOk);
  EXPECT_EQ(server.run("mailbox delete", {"alice", "INBOX"}).status, kFailed);
  EXPECT_EQ(server.run("mailbox unsubscribe", {"alice", "Sent"}).status, kOk);
  EXPECT_EQ(server.json("mailbox status", {"alice", "Sent"})["subscribed"], false);
}

TEST_F(Verbs, ShowAndChangeAQuota) {
  add("alice");
  auto quota = [this](std::map<std::string, std::string> options) {
    return server.run(Request{"user quota", {"alice"}, std::move(options), true, ""});
  };
  EXPECT_EQ(Json::parse(quota({}).out)[1],
            (Json{{"resource", "messages"}, {"used", 0}, {"limit", nullptr}, {"set_by", "configuration"}}));
  Json changed = Json::parse(quota({{"storage-kib", "2048"}, {"messages", "7"}}).out);
  EXPECT_EQ(changed[0], (Json{{"resource", "storage-kib"}, {"used", 0}, {"limit", 2048}, {"set_by", "user"}}));
  EXPECT_EQ(Json::parse(quota({{"storage-kib", "none"}}).out)[1]["limit"], 7) << "what is not given stays";
  EXPECT_TRUE(server.open("alice")->snapshot()->has_own_quota());
  EXPECT_EQ(quota({{"messages", "9223372036854775808"}}).status, kFailed);
  EXPECT_EQ(quota({{"messages", "7"}, {"default", ""}}).status, kFailed);
  EXPECT_EQ(Json::parse(quota({{"default", ""}}).out)[1]["set_by"], "configuration");
  EXPECT_FALSE(server.open("alice")->snapshot()->has_own_quota());
}

TEST_F(Verbs, GrantAndRevokeRights) {
  add("alice");
  add("fred");
  EXPECT_EQ(server.run("mailbox grant", {"alice", "INBOX", "Fred", "lrs"}).out, "Fred has lrs on INBOX.\n");
  EXPECT_EQ(server.json("mailbox grant", {"alice", "INBOX", "fred", "+w"})["rights"], "lrsw");
  EXPECT_EQ(server.run("mailbox grant", {"alice", "INBOX", "-anyone", "i"}).status, kOk);
  Json acl = server.json("mailbox acl", {"alice", "INBOX"});
  ASSERT_EQ(acl.size(), 3U);
  EXPECT_EQ(acl[0], (Json{{"identifier", "alice"}, {"rights", "lrswipkxtecda"}}));
  EXPECT_EQ(acl[1], (Json{{"identifier", "-anyone"}, {"rights", "i"}}));
  EXPECT_EQ(acl[2], (Json{{"identifier", "fred"}, {"rights", "lrsw"}}));
  EXPECT_EQ(server.simulation->wait(server.accounts->grants_to("fred"))->size(), 1U);
  EXPECT_EQ(server.run("mailbox revoke", {"alice", "INBOX", "fred"}).out, "fred has no rights on INBOX.\n");
  EXPECT_TRUE(server.simulation->wait(server.accounts->grants_to("fred"))->empty());
  EXPECT_EQ(server.run("mailbox grant", {"alice", "INBOX", "fred", "lQ"}).error,
            "'lQ' are not rights: they are some of lrswipkxtea.\n");
  EXPECT_EQ(server.run("mailbox grant", {"alice", "nowhere", "fred", "l"}).status, kFailed);
  EXPECT_EQ(server.run("mailbox grant", {"alice", "INBOX", "-", "l"}).status, kFailed);
}

TEST_F(Verbs, DeliverAMessageWithTheLineEndsThatMailAsksFor) {
  add("alice");
  EXPECT_EQ(server.run("deliver", {"alice"}, "Subject: x\n\nbody\r\nend\n").out, "Delivered as message 1.\n");
  Json status = server.json("mailbox status", {"alice", "INBOX"});
  EXPECT_EQ(status["messages"], 1);
  EXPECT_EQ(status["bytes"], std::string("Subject: x\r\n\r\nbody\r\nend\r\n").size());
  EXPECT_EQ(server.run(Request{"deliver", {"alice"}, {{"mailbox", "none"}}, false, "x"}).status, kFailed);
}

TEST_F(Verbs, AreAllOnTheCommandLine) {
  for (const VerbSyntax& syntax : verb_syntaxes()) {
    if (syntax.reads != Reads::nothing) continue;  // they would wait for standard input
    CLI::App app;
    CommandLine line(app);
    auto arguments = std::ranges::count(syntax.arguments, ' ') + (syntax.arguments.empty() ? 0 : 1);
    std::string typed(syntax.verb);
    for (int i = 0; i < arguments; ++i) typed += " a" + std::to_string(i);
    app.parse(typed + " --json");
    auto request = line.request();
    ASSERT_TRUE(request && *request) << typed;
    EXPECT_EQ((*request)->verb, syntax.verb);
    EXPECT_EQ((*request)->arguments.size(), static_cast<size_t>(arguments)) << typed;
    EXPECT_TRUE((*request)->json);
  }
}

TEST(Sentences, BeginWithACapitalUnlessTheyBeginWithAName) {
  EXPECT_EQ(as_sentence("the store is in use"), "The store is in use.");
  EXPECT_EQ(as_sentence("roost.toml:7: bad"), "roost.toml:7: bad.");
  EXPECT_EQ(as_sentence("Fine."), "Fine.");
  EXPECT_EQ(as_sentence(""), "It failed.");
}

}  // namespace
}  // namespace roost::admin
