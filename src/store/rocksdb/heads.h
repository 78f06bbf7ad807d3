// Where each account's log ends and which checkpoint it has: what commits and checkpoints are compared with.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/ids.h"
#include "base/result.h"
#include "store/rocksdb/tables.h"

namespace roost::store {

struct Head {
  Position last;  // of the log; the root's position where the log is empty
  Generation generation;
  Position root_position;
};

// Thread-safe; only the committer calls anything but epoch() and offer().
class Heads {
 public:
  explicit Heads(size_t count_max) : count_max_(count_max) {}

  // For a reader that wants to save the committer the reading: take the epoch, read, offer. The offer is taken only if
  // no head was forgotten in between; then an account that is not in the table was not written to meanwhile either.
  uint64_t epoch() const;
  void offer(AccountId account, const Head& head, uint64_t epoch);

  std::optional<Head> find(AccountId account) const;
  void set(AccountId account, const Head& head);
  void forget(AccountId account);
  // Between groups: empties a table that has grown too large.
  void bound();

 private:
  const size_t count_max_;
  mutable std::mutex mutex_;  // guards all below
  std::unordered_map<AccountId, Head> heads_;
  uint64_t epoch_ = 0;
};

// As it is stored now.
Result<Head> load_head(Tables& tables, AccountId account);

}  // namespace roost::store
