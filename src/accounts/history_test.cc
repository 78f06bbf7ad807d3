#include "accounts/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_world_test.h"

namespace roost::accounts {
namespace {

using mail::Appended;
using testing::IsEmpty;

struct History : testing::Test {
  TestWorld world{12};
  TestNode& node = world.add_node();
  AccountPtr account = world.open(node);

  int64_t now() { return world.sim->clock().wall().seconds; }
  int64_t later() {
    world.sim->jump_wall(Seconds(1000));
    int64_t then = now();
    world.sim->jump_wall(Seconds(1000));
    return then;
  }
  AccountPtr look(int64_t time, std::optional<std::string> mailbox = "INBOX") {
    auto found = world.wait(open_history(account, "alice", time, std::move(mailbox)));
    if (!found) ADD_FAILURE() << found.error().text;
    return found ? *found : nullptr;
  }
  void expunge(const Appended& of) {
    world.must<mail::Stored>(
        account, mail::Store{of.mailbox, UidSet::single(of.first), mail::StoreHow::add, SystemFlag::deleted, {}, {}});
    world.must<mail::Expunged>(account, mail::Expunge{of.mailbox, {}});
  }
  void purge() { ASSERT_TRUE(world.wait(node.accounts->purge(AccountId(1)))); }
};

TEST_F(History, CanBeReadAndNotChanged) {
  auto one = world.must<Appended>(account, test_append());
  int64_t then = later();
  expunge(one);
  AccountPtr past = look(then);
  auto row = world.inbox(past->snapshot()).find(one.first);
  ASSERT_TRUE(row);
  EXPECT_EQ(*world.wait(past->body(row->cold.blob, {0, UINT64_MAX})), test_text("s"));
  EXPECT_EQ(world.wait(past->cards({row->cold}))->size(), 1U);
  EXPECT_EQ(past->rights(world.inbox(past->snapshot())), Right::lookup | Right::read);
  EXPECT_EQ(world.wait(past->execute(test_append())).error().code, Code::no_perm);
  EXPECT_EQ(world.wait(past->upload(10)).error().code, Code::no_perm);
  EXPECT_NE(past->id(), account->id());
  EXPECT_NE(past->id(), look(then - 24 * 3600)->id());
  EXPECT_FALSE(past->retired());
}

TEST_F(History, OfADayHasCountersOfAllMailboxes) {
  world.must<mail::Created>(account, mail::CreateMailbox{"Box", {}});
  auto boxed = world.must<Appended>(account, test_append("Box", 3));
  world.must<Appended>(account, test_append());
  int64_t then = later();
  world.must<mail::Done>(account, mail::DeleteMailbox{"Box"});
  AccountPtr past = look(then, std::nullopt);
  EXPECT_EQ(past->snapshot()->mailbox_count(), 2U);
  auto box = past->snapshot()->find("Box");
  ASSERT_TRUE(box);
  EXPECT_EQ(box->messages(), 3U);
  EXPECT_EQ(box->uidvalidity(), boxed.uidvalidity);
  EXPECT_EQ(past->snapshot()->usage().messages, 0U) << "counts for nothing";
}

TEST_F(History, GoesWithAPurge) {
  auto one = world.must<Appended>(account, test_append());
  world.must<Appended>(account, test_append());
  int64_t then = later();
  AccountPtr before = look(then);
  expunge(one);
  AccountPtr past = look(then);
  EXPECT_EQ(world.inbox(past->snapshot()).messages(), 2U);
  purge();
  EXPECT_TRUE(past->retired());
  EXPECT_TRUE(before->retired()) << "expunged after it was looked at";
  EXPECT_EQ(world.inbox(look(then)->snapshot()).messages(), 1U);
}

TEST_F(History, LeavesOutWhatWasMovedAndIsNotKeptThere) {
  world.must<mail::Created>(account, mail::CreateMailbox{"Bin", {"Trash"}});
  auto one = world.must<Appended>(account, test_append());
  world.must<Appended>(account, test_append());
  int64_t then = later();
  auto moved = world.must<mail::Copied>(account, mail::Copy{one.mailbox, UidSet::single(one.first), "Bin", true});
  EXPECT_EQ(world.inbox(look(then)->snapshot()).messages(), 2U);
  expunge({.mailbox = moved.to, .uidvalidity = {}, .first = moved.target.begin()->first, .modseq = {}});
  EXPECT_EQ(world.inbox(look(then)->snapshot()).messages(), 2U);
  world.sim->jump_wall(Seconds(4 * 24 * 3600));
  ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  EXPECT_EQ(world.inbox(look(then)->snapshot()).messages(), 1U) << "Trash is kept for three days";
}

TEST_F(History, GivesCopiesThatStay) {
  auto one = world.must<Appended>(account, test_append());
  int64_t then = later();
  expunge(one);
  AccountPtr past = look(then);
  auto row = world.inbox(past->snapshot()).find(one.first);
  std::vector<mail::NewMessage> messages(1, test_message());
  messages[0].body = nullptr;
  messages[0].blob = row->cold.blob;
  ASSERT_TRUE(world.wait([](AccountPtr from, AccountPtr to, std::vector<mail::NewMessage>& m) -> task<bool> {
    co_return (co_await give_own_bodies(*from, *to, m)).has_value();
  }(past, account, messages)));
  EXPECT_NE(messages[0].blob, row->cold.blob);
  auto copy = world.must<Appended>(account, mail::Append{"INBOX", std::move(messages)});
  purge();
  ASSERT_TRUE(world.wait(account->load(copy.mailbox)));
  auto copied = world.inbox(account->snapshot()).find(copy.first);
  EXPECT_EQ(*world.wait(account->body(copied->cold.blob, {0, UINT64_MAX})), test_text("s"));
  EXPECT_EQ(world.wait(past->body(row->cold.blob, {0, UINT64_MAX})).error().code, Code::expunge_issued);
  EXPECT_THAT(check(account, world), IsEmpty());
}

TEST_F(History, BeginsWithTheAccountAndEndsWithTheRetention) {
  int64_t begun = now();
  EXPECT_EQ(history_times(*account).first, begun);
  world.sim->jump_wall(Seconds(20 * 24 * 3600));
  EXPECT_EQ(history_times(*account).first, now() - 14 * 24 * 3600);
  EXPECT_EQ(history_times(*account).last, now());
}

}  // namespace
}  // namespace roost::accounts
