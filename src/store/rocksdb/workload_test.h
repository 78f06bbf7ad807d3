// Writers whose every octet can be checked afterwards, for the tests that end a store in the middle of its work.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>

#include "rt/loop.h"
#include "store/store.h"

namespace roost::store {

// What one account was told is durable.
struct Acked {
  Position last;
  Generation generation;
};

// Thread-safe.
class AckedTable {
 public:
  void commit(AccountId account, Position position) {
    std::lock_guard lock(mutex_);
    acked_[account].last = position;
  }
  void checkpoint(AccountId account, Generation generation) {
    std::lock_guard lock(mutex_);
    acked_[account].generation = generation;
  }
  std::map<AccountId, Acked> get() const {
    std::lock_guard lock(mutex_);
    return acked_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<AccountId, Acked> acked_;
};

// Goes on with `account` where its log ends until `stop`: records with small and large bodies, checkpoints, trimming.
// `told` hears of each commit and checkpoint once it is durable.
task<> write_account(AccountStore& store, AccountId account, const std::atomic<bool>& stop,
                     std::function<void(AccountId, Position)> committed,
                     std::function<void(AccountId, Generation)> checkpointed);

// Checks that everything acknowledged is there, and that whatever is there is whole and right.
task<> verify_account(AccountStore& store, AccountId account, Acked acked);

}  // namespace roost::store
