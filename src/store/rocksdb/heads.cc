#include "store/rocksdb/heads.h"

#include <algorithm>

#include "store/rocksdb/keys.h"
#include "store/rocksdb/values.h"

namespace roost::store {

uint64_t Heads::epoch() const {
  std::lock_guard lock(mutex_);
  return epoch_;
}

void Heads::offer(AccountId account, const Head& head, uint64_t epoch) {
  std::lock_guard lock(mutex_);
  if (epoch == epoch_ && heads_.size() < count_max_) heads_.try_emplace(account, head);
}

std::optional<Head> Heads::find(AccountId account) const {
  std::lock_guard lock(mutex_);
  auto it = heads_.find(account);
  if (it == heads_.end()) return std::nullopt;
  return it->second;
}

void Heads::set(AccountId account, const Head& head) {
  std::lock_guard lock(mutex_);
  heads_[account] = head;
}

void Heads::forget(AccountId account) {
  std::lock_guard lock(mutex_);
  heads_.erase(account);
  ++epoch_;
}

void Heads::bound() {
  std::lock_guard lock(mutex_);
  if (heads_.size() < count_max_) return;
  heads_.clear();
  ++epoch_;
}

Result<Head> load_head(Tables& tables, AccountId account) {
  Head head;
  ROOST_TRY(auto root, tables.get(Family::roots, keys::account(account)));
  if (root) {
    ROOST_TRY(auto stored, values::decode_root(account, *root));
    head = {stored.position, stored.generation, stored.position};
  }
  ROOST_TRY(auto key, tables.last_key(Family::log, keys::account(account), keys::account_end(account)));
  if (key) {
    auto parsed = keys::parse_pair(*key);
    if (!parsed) return fault("a log key is damaged", Code::corruption);
    head.last = std::max(head.last, Position(parsed->number));
  }
  return head;
}

}  // namespace roost::store
