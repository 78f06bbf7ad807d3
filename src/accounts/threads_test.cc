// Accounts on real loops and pools: what ThreadSanitizer is to look at.
#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>

#include "accounts/search.h"
#include "accounts/test_world_test.h"
#include "rt/real.h"

namespace roost::accounts {
namespace {

constexpr size_t kLoops = 3;
constexpr uint64_t kAccounts = 4;
constexpr int kSessions = 12;
constexpr int kRounds = 15;

class RealWorld {
 public:
  explicit RealWorld(AccountsConfig config) {
    store_ = disk_.attach();
    accounts = make_accounts(std::move(config), *store_, *loops, *pool_, system_clock());
    thread_ = std::thread([this] { loops->run(); });
  }
  RealWorld(const RealWorld&) = delete;
  RealWorld& operator=(const RealWorld&) = delete;
  ~RealWorld() {
    wait([](RealWorld* self) -> task<> { co_await self->accounts->stop(); }(this));
    loops->stop();
    thread_.join();
  }

  void wait(task<> work) {
    std::binary_semaphore done(0);
    rt::spawn(loops->at(0), [](task<> w, std::binary_semaphore* d) -> task<> {
      co_await std::move(w);
      d->release();
    }(std::move(work), &done));
    done.acquire();
  }

  std::unique_ptr<rt::RealLoops> loops = rt::make_loops(kLoops);
  std::unique_ptr<Accounts> accounts;

 private:
  store::MemoryDisk disk_;
  std::unique_ptr<rt::Pool> pool_ = rt::make_pool("work", 3);
  std::unique_ptr<store::MemoryStore> store_;
  std::thread thread_;
};

class Counter : public Listener {
 public:
  void changed(const mail::Change&) override { ++heard; }
  int heard = 0;
};

task<Result<mail::NewMessage>> receive(AccountPtr account, size_t size) {
  ROOST_CO_TRY(auto upload, co_await account->upload(1 << 20));
  ROOST_CO_TRY_VOID(co_await upload->write(test_text("subject", size)));
  co_return co_await upload->finish();
}

// What a busy device does, on a loop of its own.
task<> session(RealWorld* world, int number, std::atomic<int>* appended) {
  rt::Loop& loop = *rt::Loop::current();
  for (int round = 0; round < kRounds; ++round) {
    auto account = co_await world->accounts->open(AccountId(static_cast<uint64_t>(number) % kAccounts + 1));
    if (!account) std::abort();
    Counter counter;
    MailboxId inbox = (*account)->snapshot()->find("INBOX")->id();
    Subscription subscription = (*account)->subscribe(loop, round % 2 == 0 ? inbox : MailboxId(0), &counter);
    auto message = co_await receive(*account, (number + round) % 5 == 0 ? 200'000 : 100);
    mail::Append append{inbox, {}};
    append.messages.push_back(*std::move(message));
    if (co_await (*account)->execute(std::move(append))) appended->fetch_add(1);
    auto snapshot = co_await (*account)->load(inbox);
    auto found = co_await search(*account, *snapshot, inbox, search::InField{search::Field::subject, "SUB"}, nullptr);
    EXPECT_EQ(found->uids.count(), (*snapshot)->find(inbox)->messages());
    auto row = (*snapshot)->find(inbox)->find(Uid(1));
    std::vector<mail::Cold> rows(1, row->cold);
    EXPECT_TRUE(co_await (*account)->cards(std::move(rows)));
    mail::Store store{inbox, UidSet{{Uid(1), Uid(10)}}, round % 2 == 0 ? mail::StoreHow::add : mail::StoreHow::remove,
                      SystemFlag::seen};
    EXPECT_TRUE(co_await (*account)->execute(std::move(store)));
    co_await loop.yield();
  }
}

TEST(AccountsOnThreads, SessionsOnSeveralLoopsShareAccounts) {
  AccountsConfig config;
  config.tail_records_max = 20;
  config.open_bytes_max = 1;
  RealWorld world(config);
  std::counting_semaphore<kSessions> ended(0);
  std::atomic<int> appended{0};
  for (int i = 0; i < kSessions; ++i) {
    rt::spawn(world.loops->at(static_cast<size_t>(i) % kLoops),
              [](task<> w, std::counting_semaphore<kSessions>* e) -> task<> {
                co_await std::move(w);
                e->release();
              }(session(&world, i, &appended), &ended));
  }
  for (int i = 0; i < kSessions; ++i) ended.acquire();
  EXPECT_EQ(appended, kSessions * kRounds);
  EXPECT_GT(world.accounts->stats().checkpoints, 0U);
}

}  // namespace
}  // namespace roost::accounts
