#include "store/rocksdb/workload_test.h"

#include <gtest/gtest.h>

#include "store/contract_test.h"

namespace roost::store {
namespace {

constexpr uint64_t kLargeEvery = 7;
constexpr uint64_t kCheckpointEvery = 10;
constexpr PageId kPage{1};

uint64_t seed_of(AccountId account, Position position) { return account.value * 1'000'003 + position.value; }
Bytes record_of(AccountId account, Position p) { return noise(50 + seed_of(account, p) % 1000, seed_of(account, p)); }
bool is_large(Position p) { return p.value % kLargeEvery == 0; }
Bytes body_of(AccountId account, Position p) {
  size_t size = is_large(p) ? 140'000 + seed_of(account, p) % 100'000 : 10 + seed_of(account, p) % 8000;
  return noise(size, seed_of(account, p) + 1);
}
Bytes root_of(AccountId account, Position p) { return "root " + record_of(account, p); }

task<Result<>> put_body(AccountStore& store, BlobId id, Bytes body) {
  ROOST_CO_TRY(auto writer, co_await store.create_blob(id, body.size()));
  ROOST_CO_TRY_VOID(co_await writer->write(std::move(body)));
  co_return co_await writer->finish();
}

task<bool> append(AccountStore& store, AccountId account, Position last) {
  Position next = last.next();
  Commit commit{last, {}, record_of(account, next), {}};
  BlobId id{account, next.value};
  if (is_large(next)) {
    auto put = co_await put_body(store, id, body_of(account, next));
    EXPECT_TRUE(put.has_value());
  } else {
    commit.blobs.push_back({id, body_of(account, next)});
  }
  Committed done = co_await store.commit(account, std::move(commit));
  EXPECT_EQ(done.outcome, Outcome::ok);
  co_return done.outcome == Outcome::ok;
}

task<bool> make_checkpoint(AccountStore& store, AccountId account, Generation generation, Position last) {
  std::vector<NewPage> pages;
  pages.push_back({kPage, root_of(account, last)});
  auto done = co_await store.checkpoint(account, generation, {last, root_of(account, last)}, pages);
  EXPECT_TRUE(done.has_value() && *done);
  co_return done.has_value() && *done;
}

}  // namespace

task<> write_account(AccountStore& store, AccountId account, const std::atomic<bool>& stop,
                     std::function<void(AccountId, Position)> committed,
                     std::function<void(AccountId, Generation)> checkpointed) {
  auto opened = co_await store.open(account);
  EXPECT_TRUE(opened.has_value());
  if (!opened) co_return;
  Position last = opened->tail.empty() ? opened->root_position : opened->tail.back().position;
  Generation generation = opened->generation;
  while (!stop) {
    if (!co_await append(store, account, last)) co_return;
    last = last.next();
    committed(account, last);
    if (last.value % kCheckpointEvery != 0) continue;
    if (!co_await make_checkpoint(store, account, generation, last)) co_return;
    generation = generation.next();
    checkpointed(account, generation);
    auto trimmed = co_await store.trim_history(account, Position(last.value - kCheckpointEvery / 2));
    EXPECT_TRUE(trimmed.has_value());
  }
}

task<> verify_account(AccountStore& store, AccountId account, Acked acked) {
  auto opened = co_await store.open(account);
  EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().text);
  if (!opened) co_return;
  Position last = opened->tail.empty() ? opened->root_position : opened->tail.back().position;
  EXPECT_GE(last, acked.last) << "account " << account.value;
  EXPECT_GE(opened->generation, acked.generation) << "account " << account.value;
  for (const LogRecord& record : opened->tail) EXPECT_TRUE(record.record == record_of(account, record.position));
  if (opened->generation != Generation()) {
    EXPECT_TRUE(opened->root == root_of(account, opened->root_position));
    std::vector<PageId> ids = {kPage};
    auto pages = co_await store.get_pages(account, ids);
    EXPECT_TRUE(pages && pages->front() == opened->root);
  }
  auto history = co_await store.history(account, Position(), SIZE_MAX);
  EXPECT_TRUE(history.has_value());
  for (uint64_t serial = 1; serial <= last.value; ++serial) {
    auto body = co_await store.get_blob({account, serial}, {0, UINT64_MAX});
    EXPECT_TRUE(body && *body == body_of(account, Position(serial))) << account.value << " " << serial;
  }
}

}  // namespace roost::store
