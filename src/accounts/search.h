// SEARCH over a mailbox: drives search::Scan with the account's cards and bodies, off the loops.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "accounts/accounts.h"
#include "base/result.h"
#include "search/query.h"
#include "search/scan.h"

namespace roost::accounts {

// What those who work for long and those who wait for it tell each other. Thread-safe.
class Errand {
 public:
  // By whoever no longer wants the answer (a client that went away).
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

  // By whoever works on it: how many messages of how many are done. 0 of 0: not known yet.
  void note_progress(uint32_t done, uint32_t goal) {
    progress_.store(uint64_t{done} << 32 | goal, std::memory_order_relaxed);
  }
  uint32_t done() const { return static_cast<uint32_t>(progress_.load(std::memory_order_relaxed) >> 32); }
  uint32_t goal() const { return static_cast<uint32_t>(progress_.load(std::memory_order_relaxed)); }

 private:
  std::atomic<bool> cancelled_{false};
  std::atomic<uint64_t> progress_{0};
};

// The matching uids among the live messages of `mailbox` in `snapshot` (all of whose rows must be in memory:
// Account::load). `errand` may be null. Error::closed once cancelled, no(Code::limit) for a query that costs too much,
// no(Code::nonexistent) where the mailbox is not in the snapshot. Slices of at most 2 ms run on the pool, with at most
// `AccountsConfig::searches_per_account_max` searches of one account at work at a time; the others wait their turn.
task<Result<search::Matches>> search(AccountPtr account, mail::SnapshotPtr snapshot, MailboxId mailbox,
                                     search::Query query, std::shared_ptr<Errand> errand);

}  // namespace roost::accounts
