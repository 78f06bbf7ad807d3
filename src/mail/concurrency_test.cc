// Readers hold older snapshots while the writer goes on behind them, in the same memory. For the thread sanitizer.
#include <mutex>
#include <thread>

#include "mail/engine_test.h"

namespace roost::mail {
namespace {

class Shared {
 public:
  void set(SnapshotPtr snapshot) {
    std::lock_guard lock(mutex_);
    snapshot_ = std::move(snapshot);
  }
  SnapshotPtr get() {
    std::lock_guard lock(mutex_);
    return snapshot_;
  }

 private:
  std::mutex mutex_;
  SnapshotPtr snapshot_;
};

// Everything that a snapshot says of its INBOX agrees with itself.
bool is_whole(const Snapshot& snapshot) {
  Mailbox inbox = snapshot.find("INBOX").value();
  uint32_t rows = 0;
  uint32_t unseen = 0;
  inbox.for_each(Uid(1), Uid(UINT32_MAX), [&](const Cold& cold, const Hot& hot) {
    ++rows;
    unseen += hot.flags.has(SystemFlag::seen) ? 0 : 1;
    return cold.size == 4 && hot.modseq <= inbox.highest_modseq() && inbox.keywords_of(hot.keywords).size() < 4;
  });
  return rows == inbox.messages() && unseen == inbox.unseen() && snapshot.messages() == rows;
}

TEST(Snapshots, AreReadWhileTheWriterGoesOn) {
  TestAccount account;
  Shared shared;
  shared.set(account.snapshot);
  std::atomic<bool> done = false;
  std::atomic<int> broken = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) broken += is_whole(*shared.get()) ? 0 : 1;
    });
  }
  for (uint32_t i = 0; i < 400; ++i) {
    account.append("INBOX", 1 + i % 3, {}, {"k" + std::to_string(i % 7)});
    shared.set(account.snapshot);
    account.store("INBOX", UidSet::single(Uid(i / 2 + 1)), StoreHow::add, SystemFlag::seen);
    shared.set(account.snapshot);
    if (i % 10 == 9) account.expunge("INBOX", UidSet::single(Uid(i)));
    if (i % 50 == 49) account.checkpoint();
    shared.set(account.snapshot);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(broken, 0);
  EXPECT_TRUE(is_whole(*account.snapshot));
}

TEST(Snapshots, OfTwoHistoriesFromOneBaseDoNotMix) {
  TestAccount account;
  account.append("INBOX", 3);
  PlanContext context{&account.limits, account.now};
  auto planned = [&](SystemFlags flags) {
    Operation append = Append{std::string("INBOX"), {test_message(flags), test_message(flags)}};
    return make_record({std::get<Planned>(plan(*account.snapshot, append, context)).effects});
  };
  Bytes one = planned(SystemFlag::seen);
  Bytes two = planned(SystemFlag::flagged);
  SnapshotPtr first = std::get<Folded>(fold(account.snapshot, one, Position(2))).snapshot;
  SnapshotPtr second = std::get<Folded>(fold(account.snapshot, two, Position(2))).snapshot;
  EXPECT_EQ(first->find("INBOX")->find_hot(Uid(4))->flags, SystemFlags(SystemFlag::seen));
  EXPECT_EQ(second->find("INBOX")->find_hot(Uid(4))->flags, SystemFlags(SystemFlag::flagged));
  EXPECT_EQ(account.mailbox().messages(), 3U);
}

}  // namespace
}  // namespace roost::mail
