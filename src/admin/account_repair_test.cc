#include "admin/account_repair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/search_index.h"
#include "admin/harness_test.h"
#include "store/index_store.h"

namespace roost::admin {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kMessages = 4;

Request repair() { return Request{"check", {}, {{"repair", ""}}, false, {}}; }

void fill(TestServer& server) {
  ASSERT_EQ(server.run("user add", {"alice"}, "secret").status, kOk);
  for (int i = 1; i <= kMessages; ++i) {
    ASSERT_EQ(server.run("deliver", {"alice"}, "Subject: " + std::to_string(i) + "\r\n\r\ntext\r\n").status, kOk);
    if (i == 2) ASSERT_EQ(server.run("checkpoint", {"alice"}).status, kOk);
  }
}

uint64_t messages(TestServer& server) { return server.open("alice")->snapshot()->messages(); }

TEST(AccountRepair, SaysNothingWhereAllIsWell) {
  TestServer server;
  fill(server);
  server.restart();
  Said said = server.run(repair());
  EXPECT_EQ(said.status, kOk);
  EXPECT_THAT(said.out, Not(HasSubstr("repaired")));
}

// Whichever page it is: no message is lost as long as its body is there, and no UID is given out twice.
TEST(AccountRepair, LosesNoBodyWithAnyOneOfThePages) {
  size_t repaired = 0;
  for (size_t which = 0;; ++which) {
    TestServer server;
    fill(server);
    AccountId account = server.open("alice")->id();
    auto pages = server.simulation->wait(server.store->list_pages(account)).value();
    if (which == pages.size()) break;
    ASSERT_TRUE(server.disk.damage_page(account, pages[which]));
    server.restart();
    Said said = server.run(repair());
    EXPECT_EQ(said.status, kOk) << said.out << said.error;
    repaired += said.out.find("repaired: account") != std::string::npos ? 1 : 0;
    EXPECT_EQ(messages(server), kMessages) << said.out;
    EXPECT_EQ(server.run("check").status, kOk);
    ASSERT_EQ(server.run("deliver", {"alice"}, "Subject: new\r\n\r\n").status, kOk);
    server.restart();
    EXPECT_EQ(server.run("check").status, kOk);
    EXPECT_EQ(messages(server), kMessages + 1);
  }
  EXPECT_GE(repaired, 5U);
}

// Whichever page is damaged: what has left comes back after the repair as before, but for what was on that page.
TEST(AccountRepair, KeepsDeletedMailboxes) {
  size_t brought = 0;
  size_t all = 0;
  for (size_t which = 0;; ++which) {
    TestServer server;
    fill(server);
    ASSERT_EQ(server.run("mailbox create", {"alice", "a"}).status, kOk);
    Request deliver{"deliver", {"alice"}, {{"mailbox", "a"}}, false, "Subject: a\r\n\r\ntext\r\n"};
    ASSERT_EQ(server.run(std::move(deliver)).status, kOk);
    ASSERT_EQ(server.run("mailbox delete", {"alice", "a"}).status, kOk);
    ASSERT_EQ(server.run("checkpoint", {"alice"}).status, kOk);
    AccountId account = server.open("alice")->id();
    auto pages = server.simulation->wait(server.store->list_pages(account)).value();
    if (which == pages.size()) break;
    ASSERT_TRUE(server.disk.damage_page(account, pages[which]));
    server.simulation->jump_wall(Seconds(24 * 3600));
    server.restart();
    Said said = server.run(repair());
    EXPECT_EQ(said.status, kOk) << said.out << said.error;
    EXPECT_EQ(server.run(Request{"undelete", {"alice"}, {{"since", "3d"}}, false, {}}).status, kOk);
    server.restart();
    EXPECT_EQ(server.run(repair()).status, kOk) << "a card of what came back may be lost";
    Said checked = server.run("check");
    EXPECT_EQ(checked.status, kOk) << which << ": " << said.out << checked.out;
    auto mailbox = server.open("alice")->snapshot()->find("a");
    brought += mailbox && mailbox->messages() == 1 ? 1 : 0;
    ++all;
  }
  EXPECT_EQ(all - brought, 2U) << "its entry and its messages' places";
}

TEST(AccountRepair, LeavesADamagedBodyWhereItIsAndNamesIt) {
  TestServer server;
  fill(server);
  auto account = server.open("alice");
  auto snapshot = server.simulation->wait(account->load(account->snapshot()->find("INBOX")->id())).value();
  ASSERT_TRUE(server.disk.damage_blob(snapshot->find("INBOX")->find(Uid(3))->cold.blob, 5));
  account.reset();
  server.restart();
  Said said = server.run(repair());
  EXPECT_EQ(said.status, kFailed);
  EXPECT_THAT(said.out, HasSubstr("body "));
  EXPECT_EQ(messages(server), kMessages);
}

// It does no harm, and whoever opens the account next makes another one.
TEST(AccountRepair, DropsADamagedSearchIndex) {
  TestServer server;
  fill(server);
  auto account = server.open("alice");
  ASSERT_TRUE(server.simulation->wait(accounts::rebuild_index(account, nullptr)));
  auto& indexes = dynamic_cast<store::IndexStore&>(*server.store);
  auto head = server.simulation->wait(indexes.read_index(account->id())).value();
  store::IndexChange change{.expect = head.tag, .tag = head.tag + 1, .root = "garbage"};
  ASSERT_TRUE(*server.simulation->wait(indexes.change_index(account->id(), std::move(change))));
  EXPECT_THAT(server.run("check").out, HasSubstr("roost index rebuild"));
  account.reset();
  server.restart();
  Said said = server.run(repair());
  EXPECT_EQ(said.status, kOk) << said.out << said.error;
  EXPECT_THAT(said.out, HasSubstr("its search index was damaged"));
  EXPECT_EQ(server.simulation->wait(indexes.read_index(AccountId(1)))->tag, 0U);
  EXPECT_EQ(messages(server), kMessages);
}

TEST(AccountRepair, IsNotDoneUnderARunningServer) {
  TestServer server;
  fill(server);
  server.services->status = [] { return ServerStatus(); };
  Said said = server.run(repair());
  EXPECT_EQ(said.status, kFailed);
  EXPECT_THAT(said.error, HasSubstr("stop it first"));
}

}  // namespace
}  // namespace roost::admin
