#include "store/rocksdb/workload_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "store/contract_test.h"
#include "store/rocksdb/engine.h"
#include "store/rocksdb/power_cut_layers_test.h"
#include "store/rocksdb/rounds_test.h"

namespace roost::store {
namespace {

constexpr uint64_t kWriters = 10;
constexpr uint64_t kRacedAccount = 11;
constexpr uint64_t kNamesOfEach = 2;
constexpr uint64_t kAloneEvery = 4;
constexpr size_t kBlobsMax = 12;  // of an account; more are deleted
constexpr uint64_t kNewAccountsFrom = 1'000'000;

using Step = Event::Step;

Position end_of(const Opened& opened) {
  return opened.tail.empty() ? opened.root_position : opened.tail.back().position;
}

task<Result<>> put_body(AccountStore& store, BlobId id, Bytes body) {
  ROOST_CO_TRY(auto writer, co_await store.create_blob(id, body.size()));
  ROOST_CO_TRY_VOID(co_await writer->write(std::move(body)));
  co_return co_await writer->finish();
}

// One account's. Its calls follow one another.
class AccountWriter {
 public:
  AccountWriter(AccountStore& store, AccountId account, uint64_t seed, const Tell& tell)
      : store_(store), account_(account), random_(seed), tell_(tell) {}

  // What the account has now.
  task<Result<>> load();
  // One call or a few, chosen by chance.
  task<Result<>> act();
  task<Result<>> commit(bool with_large_body);
  task<Result<>> delete_account();

 private:
  task<Result<>> put_large(uint64_t serial);
  task<Result<>> link_blob();
  task<Result<>> delete_blob();
  task<Result<>> checkpoint();
  task<Result<>> trim();
  task<Result<>> change_name();

  // An event's beginning; `told` is how it ended.
  Event begin(Slot slot, uint64_t seed, Slot with = {}, uint64_t with_seed = 0) {
    Event event{Step::begins, slot, seed, with, with_seed};
    tell_(event);
    return event;
  }
  void told(Event event, Step step) {
    event.step = step;
    tell_(event);
  }
  uint64_t fresh() { return random_() | 1; }
  uint64_t fresh_of_size(bool large);

  AccountStore& store_;
  const AccountId account_;
  std::mt19937_64 random_;
  const Tell& tell_;
  Position last_;
  Position root_;
  Generation generation_;
  std::vector<uint64_t> blobs_;
  std::vector<uint64_t> pages_;
};

uint64_t AccountWriter::fresh_of_size(bool large) {
  for (;;) {
    uint64_t seed = fresh();
    if ((seed % 5 == 0) == large) return seed;  // as value_of() has it
  }
}

task<Result<>> AccountWriter::load() {
  ROOST_CO_TRY(auto opened, co_await store_.open(account_));
  last_ = end_of(opened);
  root_ = opened.root_position;
  generation_ = opened.generation;
  ROOST_CO_TRY(auto blobs, co_await store_.list_blobs(account_, 0, SIZE_MAX));
  for (const BlobInfo& blob : blobs) blobs_.push_back(blob.id.serial);
  ROOST_CO_TRY(auto pages, co_await store_.list_pages(account_));
  for (PageId page : pages) pages_.push_back(page.value);
  co_return Result<>();
}

task<Result<>> AccountWriter::act() {
  if (blobs_.size() > kBlobsMax) co_return co_await delete_blob();
  uint64_t dice = random_() % 100;
  if (dice < 45) co_return co_await commit(false);
  if (dice < 60) co_return co_await commit(true);
  if (dice < 70 && !blobs_.empty()) co_return co_await link_blob();
  if (dice < 80 && !blobs_.empty()) co_return co_await delete_blob();
  if (dice < 87) co_return co_await checkpoint();
  if (dice < 90) co_return co_await trim();
  co_return co_await change_name();
}

task<Result<>> AccountWriter::put_large(uint64_t serial) {
  Event put = begin({Kind::blob, account_.value, serial}, fresh_of_size(true));
  ROOST_CO_TRY_VOID(co_await put_body(store_, {account_, serial}, value_of(Kind::blob, put.seed)));
  told(put, Step::done);
  co_return Result<>();
}

task<Result<>> AccountWriter::commit(bool with_large_body) {
  uint64_t serial = fresh();
  Commit commit{last_, {}, {}, {}};
  Slot body;
  uint64_t body_seed = 0;
  if (with_large_body) {
    ROOST_CO_TRY_VOID(co_await put_large(serial));
  } else {
    body = {Kind::blob, account_.value, serial};
    body_seed = fresh_of_size(false);
    commit.blobs.push_back({{account_, serial}, value_of(Kind::blob, body_seed)});
  }
  Event event = begin({Kind::record, account_.value, last_.next().value}, fresh(), body, body_seed);
  commit.record = value_of(Kind::record, event.seed);
  Committed done = co_await store_.commit(account_, std::move(commit));
  if (done.outcome != Outcome::ok) co_return fault("a commit was not taken", Code::unavailable);
  told(event, Step::done);
  last_ = done.position;
  blobs_.push_back(serial);
  co_return Result<>();
}

task<Result<>> AccountWriter::link_blob() {
  BlobId from{account_, blobs_[random_() % blobs_.size()]};
  Range head{0, sizeof(uint64_t)};
  ROOST_CO_TRY(Bytes seed, co_await store_.get_blob(from, head));
  BlobId to{AccountId(account_.value % kWriters + 1), fresh()};
  Event event = begin({Kind::blob, to.owner.value, to.serial}, Decoder(seed).u64());
  ROOST_CO_TRY_VOID(co_await store_.link_blob(from, to));
  told(event, Step::done);
  if (to.owner == account_) blobs_.push_back(to.serial);
  co_return Result<>();
}

task<Result<>> AccountWriter::delete_blob() {
  size_t which = random_() % blobs_.size();
  std::vector<BlobId> doomed(1, BlobId{account_, blobs_[which]});
  Event event = begin({Kind::blob, account_.value, blobs_[which]}, 0);
  ROOST_CO_TRY_VOID(co_await store_.delete_blobs(doomed));
  told(event, Step::done);
  blobs_.erase(blobs_.begin() + static_cast<ptrdiff_t>(which));
  co_return Result<>();
}

// A root and a page, and the end of the pages before.
task<Result<>> AccountWriter::checkpoint() {
  uint64_t page = fresh();
  Event event = begin({Kind::root, account_.value, 0}, fresh(), {Kind::page, account_.value, page}, fresh());
  std::vector<NewPage> pages;
  pages.push_back({PageId(page), value_of(Kind::page, event.with_seed)});
  Root root{last_, value_of(Kind::root, event.seed)};
  ROOST_CO_TRY(bool first, co_await store_.checkpoint(account_, generation_, std::move(root), pages));
  if (!first) co_return fault("somebody else's checkpoint");
  told(event, Step::done);
  generation_ = generation_.next();
  root_ = last_;
  for (uint64_t old : pages_) {
    std::vector<PageId> doomed(1, PageId(old));
    Event removed = begin({Kind::page, account_.value, old}, 0);
    ROOST_CO_TRY_VOID(co_await store_.delete_pages(account_, doomed));
    told(removed, Step::done);
  }
  pages_.assign(1, page);
  co_return Result<>();
}

// Asks for all of the log; what the root does not stand for must stay.
task<Result<>> AccountWriter::trim() {
  Event event = begin({Kind::trim, account_.value, root_.value}, 0);
  ROOST_CO_TRY_VOID(co_await store_.trim_history(account_, last_));
  told(event, Step::done);
  co_return Result<>();
}

task<Result<>> AccountWriter::change_name() {
  uint64_t number = account_.value * kNamesOfEach + random_() % kNamesOfEach;
  std::string name = std::to_string(number);
  ROOST_CO_TRY(auto held, co_await store_.find_name(kNameSpace, name));
  uint64_t seed = held && random_() % 2 == 0 ? 0 : fresh();
  Event event = begin({Kind::name, 0, number}, seed);
  Result<NameOutcome> done = NameOutcome::absent;
  if (!held) {
    done = co_await store_.claim_name(kNameSpace, name, value_of(Kind::name, seed));
  } else if (seed == 0) {
    done = co_await store_.release_name(kNameSpace, name);
  } else {
    done = co_await store_.update_name(kNameSpace, name, *held, value_of(Kind::name, seed));
  }
  if (!done) co_return Fail(done.error());
  if (*done != NameOutcome::ok) co_return fault("a name is somebody else's");
  told(event, Step::done);
  co_return Result<>();
}

task<Result<>> AccountWriter::delete_account() {
  Event event = begin({Kind::account, account_.value, 0}, 0);
  ROOST_CO_TRY_VOID(co_await store_.delete_account(account_));
  told(event, Step::done);
  co_return Result<>();
}

void report(const Result<>& done, const std::atomic<bool>& stop) {
  if (!done && !stop) ADD_FAILURE() << done.error().text;
}

task<Result<>> write_account(AccountStore& store, AccountId account, const std::atomic<bool>& stop, uint64_t seed,
                             const Tell& tell) {
  AccountWriter writer(store, account, seed, tell);
  ROOST_CO_TRY_VOID(co_await writer.load());
  while (!stop) ROOST_CO_TRY_VOID(co_await writer.act());
  co_return Result<>();
}

task<Result<>> make_and_delete_accounts(AccountStore& store, const std::atomic<bool>& stop, uint64_t seed,
                                        const Tell& tell) {
  while (!stop) {
    ROOST_CO_TRY(AccountId id, co_await store.new_account_id());
    tell({Step::done, {Kind::account_id, 0, id.value}, 0, {}, 0});
    AccountWriter writer(store, AccountId(kNewAccountsFrom + id.value), seed + id.value, tell);
    ROOST_CO_TRY_VOID(co_await writer.load());
    for (int i = 0; i < 3; ++i) ROOST_CO_TRY_VOID(co_await writer.commit(i == 1));
    ROOST_CO_TRY_VOID(co_await writer.delete_account());
  }
  co_return Result<>();
}

// One of those that race.
task<Result<>> race(AccountStore& store, const std::atomic<bool>& stop, uint64_t seed, const Tell& tell) {
  AccountId account(kRacedAccount);
  std::mt19937_64 random(seed);
  ROOST_CO_TRY(auto opened, co_await store.open(account));
  Position last = end_of(opened);
  while (!stop) {
    Event event{Step::begins, {Kind::record, account.value, last.next().value}, random() | 1, {}, 0};
    tell(event);
    Commit commit{last, {}, value_of(Kind::record, event.seed), {}};
    Committed done = co_await store.commit(account, std::move(commit));
    if (done.outcome != Outcome::ok && done.outcome != Outcome::conflict) co_return fault("a commit was not taken");
    event.step = done.outcome == Outcome::ok ? Step::done : Step::refused;
    tell(event);
    last = done.outcome == Outcome::ok ? done.position : done.missed.empty() ? last : done.missed.back().position;
  }
  co_return Result<>();
}

task<> reported(task<Result<>> work, const std::atomic<bool>& stop) { report(co_await std::move(work), stop); }

}  // namespace

task<> write_all(AccountStore& store, AccountStore& other_node, const std::atomic<bool>& stop, uint64_t seed,
                 Tell tell) {
  std::mt19937_64 random(seed);
  std::vector<task<>> writers;
  bool alone = seed % kAloneEvery == 0;
  for (uint64_t i = 1; i <= (alone ? 1 : kWriters); ++i) {
    writers.push_back(reported(write_account(store, AccountId(i), stop, random(), tell), stop));
  }
  if (alone) co_return co_await together(std::move(writers));
  writers.push_back(reported(make_and_delete_accounts(store, stop, random(), tell), stop));
  writers.push_back(reported(race(store, stop, random(), tell), stop));
  writers.push_back(reported(race(other_node, stop, random(), tell), stop));
  co_await together(std::move(writers));
}

void verify(RealRuntime& runtime, const std::string& directory, StoreModel& model) {
  PowerCutDisk disk(directory, 0);  // for not syncing
  PowerCutLayers layers(disk);
  auto engine = Engine::open(tiny_config(directory), runtime.pool(), layers.seams());
  EXPECT_TRUE(engine.has_value()) << engine.error().text;
  if (!engine) return;
  auto node = make_node(*engine);
  engine->reset();
  runtime.run(model.verify(*node));
}

}  // namespace roost::store
