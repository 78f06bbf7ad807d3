// What all open accounts of a process share.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "accounts/accounts.h"
#include "accounts/card_cache.h"
#include "accounts/observer.h"
#include "accounts/parse_guard.h"
#include "base/clock.h"
#include "rt/loop.h"
#include "rt/pool.h"
#include "store/index_store.h"
#include "store/store.h"

namespace roost::accounts {

// Thread-safe.
struct Counters {
  std::atomic<uint64_t> commits{0};
  std::atomic<uint64_t> conflicts{0};
  std::atomic<uint64_t> checkpoints{0};
  std::atomic<uint64_t> collected_blobs{0};
  std::atomic<uint64_t> unindexed{0};
};

struct Environment {
  Environment(AccountsConfig c, store::AccountStore& s, rt::Loops& l, rt::Pool& p, const Clock& k,
              std::unique_ptr<ParseGuard> g)
      : config(std::move(c)),
        store(s),
        loops(l),
        pool(p),
        clock(k),
        guard(std::move(g)),
        indexes(dynamic_cast<store::IndexStore*>(&s)),
        cards(config.card_cache_bytes_max) {}

  const AccountsConfig config;
  store::AccountStore& store;
  rt::Loops& loops;
  rt::Pool& pool;
  const Clock& clock;
  const std::unique_ptr<ParseGuard> guard;
  store::IndexStore* const indexes;  // the store once more; null where it cannot keep any
  CardCache cards;
  Counters counters;
  Observer* observer = nullptr;                    // set before the first account is opened
  std::atomic<uint32_t> retention_permille{1000};  // of the configured retention; less while room is being made
  std::function<task<bool>()> make_room;           // Accounts::make_room()
  bool indexing = false;                           // search indexes are kept, and used

  rt::Loop& home_of(AccountId id) const { return loops.at(id.value % loops.size()); }
  int64_t wall_seconds() const { return clock.wall().seconds; }
};

// More octets than this are not decoded, folded or parsed in one step of a loop: the pool does it.
inline constexpr size_t kLoopStepBytesMax = 256 * 1024;
// Nor more rows of messages planned or folded: that takes about a millisecond.
inline constexpr uint64_t kLoopStepRowsMax = 5'000;

}  // namespace roost::accounts
