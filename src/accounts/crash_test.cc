// One node does a fixed piece of work and crashes at its k-th step, for every k. The next node finds all that was
// acknowledged, and an account in order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "accounts/test_world_test.h"

namespace roost::accounts {
namespace {

// What the work knows to be there, and what it was about to change when the crash came.
struct Known {
  std::set<ObjectId> there;
  std::set<ObjectId> doubtful;
  std::optional<std::pair<ObjectId, ObjectId>> replacing;  // one of both is there, whatever happens
  bool finished = false;
};

task<Result<>> append_one(AccountPtr account, size_t size, Known& known) {
  ROOST_CO_TRY(auto upload, co_await account->upload(1 << 20));
  ROOST_CO_TRY_VOID(co_await upload->write(test_text("s", size)));
  ROOST_CO_TRY(auto message, co_await upload->finish());
  ObjectId id = message.email_id;
  known.doubtful.insert(id);
  mail::Append append{std::string("INBOX"), {}};
  append.messages.push_back(std::move(message));
  ROOST_CO_TRY_VOID(co_await account->execute(std::move(append)));
  known.doubtful.erase(id);
  known.there.insert(id);
  co_return Result<>();
}

task<Result<>> expunge_first(AccountPtr account, Known& known) {
  MailboxId inbox = account->snapshot()->find("INBOX")->id();
  ROOST_CO_TRY(auto snapshot, co_await account->load(inbox));
  auto mailbox = *snapshot->find(inbox);
  Uid uid = *mailbox.uid_at(0);
  ObjectId id = mailbox.find(uid)->cold.email_id;
  mail::Store mark{inbox, UidSet::single(uid), mail::StoreHow::add, SystemFlag::deleted};
  ROOST_CO_TRY_VOID(co_await account->execute(std::move(mark)));
  known.doubtful.insert(id);
  known.there.erase(id);
  mail::Expunge expunge{inbox, {}};
  ROOST_CO_TRY_VOID(co_await account->execute(std::move(expunge)));
  known.doubtful.erase(id);
  co_return Result<>();
}

// REPLACE (RFC 8508) of the first message by one that was uploaded before.
task<Result<>> replace_first(AccountPtr account, Known& known) {
  MailboxId inbox = account->snapshot()->find("INBOX")->id();
  ROOST_CO_TRY(auto snapshot, co_await account->load(inbox));
  auto mailbox = *snapshot->find(inbox);
  Uid uid = *mailbox.uid_at(0);
  ObjectId old_id = mailbox.find(uid)->cold.email_id;
  ROOST_CO_TRY(auto upload, co_await account->upload(1 << 20));
  ROOST_CO_TRY_VOID(co_await upload->write(test_text("r", 200'000)));
  ROOST_CO_TRY(auto message, co_await upload->finish());
  ObjectId new_id = message.email_id;
  known.there.erase(old_id);
  known.doubtful.insert({old_id, new_id});
  known.replacing.emplace(old_id, new_id);
  mail::Replace replace{inbox, uid, std::string("INBOX"), std::move(message)};
  ROOST_CO_TRY_VOID(co_await account->execute(std::move(replace)));
  known.replacing.reset();
  known.doubtful.erase(old_id);
  known.doubtful.erase(new_id);
  known.there.insert(new_id);
  co_return Result<>();
}

task<Result<>> work(Accounts& accounts, Known& known) {
  ROOST_CO_TRY(auto account, co_await accounts.open(AccountId(1)));
  for (int i = 0; i < 3; ++i) ROOST_CO_TRY_VOID(co_await append_one(account, 10, known));
  ROOST_CO_TRY_VOID(co_await append_one(account, 200'000, known));
  ROOST_CO_TRY_VOID(co_await accounts.maintain(AccountId(1)));
  ROOST_CO_TRY_VOID(co_await replace_first(account, known));
  ROOST_CO_TRY_VOID(co_await expunge_first(account, known));
  ROOST_CO_TRY_VOID(co_await append_one(account, 10, known));
  co_await rt::Loop::current()->sleep(Millis(5'000));
  ROOST_CO_TRY_VOID(co_await accounts.maintain(AccountId(1)));
  ROOST_CO_TRY_VOID(co_await append_one(account, 10, known));
  ROOST_CO_TRY_VOID(co_await accounts.maintain(AccountId(1)));
  known.finished = true;
  co_return Result<>();
}

// Blobs in the store that neither a message nor the account's own lists name.
size_t leaked_blobs(TestWorld& world, const AccountPtr& account, store::AccountStore& store) {
  std::set<BlobId> known;
  mail::SnapshotPtr snapshot = account->snapshot();
  mail::for_each_blob(*snapshot, [&](BlobId blob, uint64_t) { known.insert(blob); });
  mail::for_each_unneeded_blob(*snapshot, [&](BlobId blob) { known.insert(blob); });
  auto stored = world.wait(store.list_blobs(account->id(), 0, 1'000));
  EXPECT_TRUE(stored);
  return std::ranges::count_if(*stored, [&](const store::BlobInfo& blob) { return !known.contains(blob.id); });
}

// False once the work got through without a crash.
bool crash_at(uint64_t step) {
  SCOPED_TRACE("crash at step " + std::to_string(step));
  TestWorld world(step);
  AccountsConfig config;
  config.retention_seconds = 2;
  config.dropped_page_grace_seconds = 2;
  Known known;
  world.add_node(config, {.crash_at_step = step});
  (void)world.wait(work(*world.nodes[0].accounts, known));
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node);
  EXPECT_THAT(check(account, world), testing::IsEmpty());
  std::set<ObjectId> found;
  auto snapshot = account->snapshot();
  auto inbox = world.inbox(snapshot);
  inbox.for_each(Uid(1), Uid(UINT32_MAX), [&](const mail::Cold& cold, const mail::Hot&) {
    EXPECT_TRUE(found.insert(cold.email_id).second);
    EXPECT_TRUE(world.wait(account->body(cold.blob, {0, UINT64_MAX})));
    EXPECT_TRUE(world.wait(account->cards({cold})));
    return true;
  });
  for (const ObjectId& id : known.there) EXPECT_TRUE(found.contains(id));
  if (known.replacing) EXPECT_NE(found.contains(known.replacing->first), found.contains(known.replacing->second));
  for (const ObjectId& id : found) EXPECT_TRUE(known.there.contains(id) || known.doubtful.contains(id));
  EXPECT_TRUE(world.wait(account->execute(test_append())));
  EXPECT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  EXPECT_THAT(check(account, world), testing::IsEmpty());
  EXPECT_EQ(leaked_blobs(world, account, *node.store), 0U);
  return !known.finished;
}

TEST(Accounts, SurviveACrashAtAnyStep) {
  uint64_t step = 1;
  while (crash_at(step) && !testing::Test::HasFailure()) ++step;
  EXPECT_GT(step, 40U);
}

}  // namespace
}  // namespace roost::accounts
