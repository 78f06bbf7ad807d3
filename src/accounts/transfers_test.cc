// Moves between accounts, and a crash at every step of one.
#include "accounts/transfers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "accounts/test_world_test.h"
#include "accounts/transfer_note.h"
#include "rt/gather.h"

namespace roost::accounts {
namespace {

using testing::IsEmpty;

constexpr uint64_t kSource = 1;
constexpr uint64_t kTarget = 2;

// All messages of an account's INBOX, as they go to another account; the last one is large.
task<Result<Transfer>> whole_inbox(Accounts& accounts) {
  Transfer transfer{.target = "INBOX"};
  ROOST_CO_TRY(transfer.from, co_await accounts.open(AccountId(kSource)));
  ROOST_CO_TRY(transfer.to, co_await accounts.open(AccountId(kTarget)));
  transfer.mailbox = transfer.from->snapshot()->find("INBOX")->id();
  ROOST_CO_TRY(mail::SnapshotPtr snapshot, co_await transfer.from->load(transfer.mailbox));
  std::vector<mail::Cold> rows;
  snapshot->find(transfer.mailbox)->for_each(Uid(1), Uid(UINT32_MAX), [&](const mail::Cold& cold, const mail::Hot&) {
    rows.push_back(cold);
    return true;
  });
  ROOST_CO_TRY(auto cards, co_await transfer.from->cards(rows));
  for (size_t i = 0; i < rows.size(); ++i) {
    transfer.uids.append(rows[i].uid);
    transfer.messages.push_back({.internal_date = rows[i].internal_date,
                                 .size = rows[i].size,
                                 .body = nullptr,
                                 .blob = rows[i].blob,
                                 .card = cards[i],
                                 .email_id = rows[i].email_id,
                                 .thread_id = rows[i].thread_id});
  }
  co_return transfer;
}

task<Result<mail::Copied>> move_all(Accounts& accounts) {
  ROOST_CO_TRY(Transfer transfer, co_await whole_inbox(accounts));
  co_return co_await move_messages(accounts, std::move(transfer));
}

task<Result<std::vector<Result<mail::Copied>>>> move_all_twice(Accounts& one, Accounts& other) {
  std::vector<task<Result<mail::Copied>>> moves;
  moves.push_back(move_all(one));
  moves.push_back(move_all(other));
  co_return co_await rt::gather(std::move(moves));
}

void fill_inboxes(TestWorld& world, TestNode& node) {
  AccountPtr source = world.open(node, kSource);
  world.must<mail::Appended>(source, test_append("INBOX", 2));
  auto upload = world.wait(source->upload(1 << 20)).value();
  ASSERT_TRUE(world.wait(upload->write(test_text("large", 200'000))));
  mail::Append large{std::string("INBOX"), {}};
  large.messages.push_back(world.wait(upload->finish()).value());
  world.must<mail::Appended>(source, std::move(large));
  world.must<mail::Appended>(world.open(node, kTarget), test_append());
}

std::vector<ObjectId> ids_in(TestWorld& world, const AccountPtr& account) {
  std::vector<ObjectId> ids;
  auto snapshot = world.wait(account->load(account->snapshot()->find("INBOX")->id())).value();
  world.inbox(snapshot).for_each(Uid(1), Uid(UINT32_MAX), [&](const mail::Cold& cold, const mail::Hot&) {
    EXPECT_TRUE(world.wait(account->body(cold.blob, {0, UINT64_MAX})));
    EXPECT_TRUE(world.wait(account->cards({cold})));
    ids.push_back(cold.email_id);
    return true;
  });
  return ids;
}

TEST(Transfers, MoveMessagesWithTheirBodiesAndIds) {
  TestWorld world;
  TestNode& node = world.add_node();
  fill_inboxes(world, node);
  std::vector<ObjectId> before = ids_in(world, world.open(node, kSource));
  auto moved = world.wait(move_all(*node.accounts));
  ASSERT_TRUE(moved) << moved.error().text;
  EXPECT_EQ(moved->source, (UidSet{{Uid(1), Uid(3)}}));
  EXPECT_EQ(moved->target, (UidSet{{Uid(2), Uid(4)}}));
  EXPECT_THAT(ids_in(world, world.open(node, kSource)), IsEmpty());
  std::vector<ObjectId> after = ids_in(world, world.open(node, kTarget));
  EXPECT_EQ(std::vector<ObjectId>(after.begin() + 1, after.end()), before);
  EXPECT_EQ(world.wait(settle_moves(*node.accounts, *node.store)).value(), 0U);
}

TEST(Transfers, ThatAreRefusedLeaveNothingBehind) {
  TestWorld world;
  TestNode& node = world.add_node();
  fill_inboxes(world, node);
  auto transfer = world.wait(whole_inbox(*node.accounts)).value();
  transfer.to = world.wait(node.accounts->open_for(mail::Actor::visiting("fred"), AccountId(kTarget))).value();
  EXPECT_EQ(world.wait(move_messages(*node.accounts, transfer)).error().code, Code::try_create);
  transfer.from = world.wait(node.accounts->open_for(mail::Actor::visiting("fred"), AccountId(kSource))).value();
  EXPECT_EQ(world.wait(move_messages(*node.accounts, transfer)).error().code, Code::no_perm);
  transfer.to = world.open(node, kTarget);
  transfer.target = "nowhere";
  EXPECT_FALSE(world.wait(move_messages(*node.accounts, transfer)));
  EXPECT_EQ(ids_in(world, world.open(node, kSource)).size(), 3U);
  EXPECT_EQ(ids_in(world, world.open(node, kTarget)).size(), 1U);
  EXPECT_EQ(world.wait(settle_moves(*node.accounts, *node.store)).value(), 0U);
}

// Crashes a move out of the first account in the last step before its messages arrive.
void crash_before_arrival(TestWorld& world) {
  world.add_node();
  fill_inboxes(world, world.nodes[0]);
  world.stop(world.nodes[0]);
  size_t left = 0;
  for (uint64_t step = 1; left == 0 && step < 200; ++step) {
    world.add_node({}, {.crash_at_step = step});
    (void)world.wait(move_all(*world.nodes.back().accounts));
    TestNode& after = world.add_node();
    left = world.wait(noted_transfers(*after.store)).value().size();
  }
  ASSERT_EQ(left, 1U);
}

TEST(Transfers, OfAnAccountThatWasDeletedAreForgotten) {
  TestWorld world;
  crash_before_arrival(world);
  TestNode& node = world.nodes.back();
  ASSERT_TRUE(world.wait(node.store->delete_account(AccountId(kSource))));
  EXPECT_EQ(world.wait(settle_moves(*node.accounts, *node.store)).value(), 1U);
  EXPECT_THAT(world.wait(node.store->accounts()).value(), testing::ElementsAre(AccountId(kTarget)));
}

TEST(Transfers, ACopyIsNotTakenForWhatDidNotArrive) {
  TestWorld world;
  crash_before_arrival(world);
  TestNode& node = world.nodes.back();
  auto transfer = world.wait(whole_inbox(*node.accounts)).value();
  ASSERT_EQ(ids_in(world, transfer.to).size(), 1U);
  mail::Append copy{std::string("INBOX"), transfer.messages};
  world.must<mail::Appended>(transfer.to, std::move(copy));
  EXPECT_EQ(world.wait(settle_moves(*node.accounts, *node.store)).value(), 1U);
  EXPECT_EQ(ids_in(world, transfer.from).size(), 3U);
  EXPECT_EQ(ids_in(world, transfer.to).size(), 4U);
}

TEST(Transfers, GoOnAfterOneThatACrashLeft) {
  TestWorld world;
  crash_before_arrival(world);
  TestNode& node = world.nodes.back();
  ASSERT_TRUE(world.wait(move_all(*node.accounts)));
  EXPECT_EQ(world.wait(settle_moves(*node.accounts, *node.store)).value(), 0U);
  EXPECT_THAT(ids_in(world, world.open(node, kSource)), IsEmpty());
  EXPECT_EQ(ids_in(world, world.open(node, kTarget)).size(), 4U);
}

// Those that are moved, in all mailboxes of the target.
void expect_moved_once(TestWorld& world, TestNode& node) {
  EXPECT_THAT(ids_in(world, world.open(node, kSource)), IsEmpty());
  EXPECT_EQ(ids_in(world, world.open(node, kTarget)).size(), 4U);
  EXPECT_EQ(world.wait(settle_moves(*node.accounts, *node.store)).value(), 0U);
}

TEST(Transfers, OfTheSameMessagesAtTheSameTimeMoveThemOnce) {
  TestWorld world;
  TestNode& node = world.add_node();
  fill_inboxes(world, node);
  auto moves = world.wait(move_all_twice(*node.accounts, *node.accounts)).value();
  ASSERT_TRUE(moves[0] && moves[1]);
  EXPECT_EQ(moves[0]->source.count() + moves[1]->source.count(), 3U);
  expect_moved_once(world, node);
}

TEST(Transfers, OnSeveralNodesAtTheSameTimeMoveThemOnce) {
  for (uint64_t seed = 1; seed <= 20 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    TestWorld world(seed);
    world.add_node();
    world.add_node();
    fill_inboxes(world, world.nodes[0]);
    auto moves = world.wait(move_all_twice(*world.nodes[0].accounts, *world.nodes[1].accounts)).value();
    EXPECT_TRUE(moves[0] || moves[1]);
    TestNode& last = world.add_node();
    EXPECT_TRUE(world.wait(settle_moves(*last.accounts, *last.store)));
    expect_moved_once(world, last);
  }
}

// The note of a move whose copies are on their way is settled by a node that starts: the copies do not come any more.
TEST(Transfers, AreRefusedOnceAnotherNodeHasSettledThem) {
  TestWorld world;
  crash_before_arrival(world);
  TestNode& node = world.nodes.back();
  TransferNote note = world.wait(noted_transfers(*node.store)).value().front();
  auto transfer = world.wait(whole_inbox(*node.accounts)).value();
  EXPECT_EQ(world.wait(settle_moves(*node.accounts, *node.store)).value(), 1U);
  transfer.messages.front().blob = BlobId{note.to, note.blob};
  auto late = world.wait(transfer.to->execute(mail::Append{std::string("INBOX"), transfer.messages}));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, Error::Kind::no);
  EXPECT_EQ(ids_in(world, transfer.to).size(), 1U);
}

// False once the move got through without a crash.
bool crash_at(uint64_t step) {
  SCOPED_TRACE("crash at step " + std::to_string(step));
  TestWorld world(step);
  world.add_node();
  fill_inboxes(world, world.nodes[0]);
  std::vector<ObjectId> moved = ids_in(world, world.open(world.nodes[0], kSource));
  world.stop(world.nodes[0]);
  world.add_node({}, {.crash_at_step = step});
  auto answer = world.wait(move_all(*world.nodes[1].accounts));
  TestNode& node = world.add_node();
  EXPECT_TRUE(world.wait(settle_moves(*node.accounts, *node.store)));
  EXPECT_EQ(world.wait(settle_moves(*node.accounts, *node.store)).value(), 0U);
  AccountPtr source = world.open(node, kSource);
  AccountPtr target = world.open(node, kTarget);
  EXPECT_THAT(check(source, world), IsEmpty());
  EXPECT_THAT(check(target, world), IsEmpty());
  std::vector<ObjectId> left = ids_in(world, source);
  std::vector<ObjectId> there = ids_in(world, target);
  // All of them are in the one account, or all are in the other.
  bool arrived = there.size() == 1 + moved.size();
  EXPECT_EQ(left, arrived ? std::vector<ObjectId>() : moved);
  EXPECT_EQ(std::vector<ObjectId>(there.begin() + 1, there.end()), arrived ? moved : std::vector<ObjectId>());
  if (answer) EXPECT_TRUE(arrived);
  return !answer;
}

TEST(Transfers, SurviveACrashAtAnyStep) {
  uint64_t step = 1;
  while (crash_at(step) && !testing::Test::HasFailure()) ++step;
  EXPECT_GT(step, 10U);
}

}  // namespace
}  // namespace roost::accounts
