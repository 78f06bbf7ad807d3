#include "accounts/card_cache.h"

#include <utility>

namespace roost::accounts {

size_t CardCache::Hash::operator()(const Key& key) const noexcept {
  uint64_t v = key.account.value * 0x9E3779B97F4A7C15ULL + key.page.value;
  v = (v ^ (v >> 30)) * 0xBF58476D1CE4E5B9ULL;
  return v ^ (v >> 31);
}

SegmentPtr CardCache::find(AccountId account, PageId page) {
  Key key{account, page};
  Shard& shard = shard_of(key);
  std::lock_guard lock(shard.mutex);
  auto found = shard.by_key.find(key);
  if (found == shard.by_key.end()) return nullptr;
  shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
  return found->second->segment;
}

void CardCache::insert(AccountId account, PageId page, SegmentPtr segment) {
  Key key{account, page};
  Shard& shard = shard_of(key);
  std::list<Entry> gone;  // destroyed after the lock
  std::lock_guard lock(shard.mutex);
  if (segment->bytes > shard_bytes_max_ || shard.by_key.contains(key)) return;
  shard.bytes += segment->bytes;
  shard.entries.push_front({key, std::move(segment)});
  shard.by_key.emplace(key, shard.entries.begin());
  while (shard.bytes > shard_bytes_max_) {
    auto last = std::prev(shard.entries.end());
    shard.bytes -= last->segment->bytes;
    shard.by_key.erase(last->key);
    gone.splice(gone.begin(), shard.entries, last);
  }
}

size_t CardCache::bytes() const {
  size_t sum = 0;
  for (const Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    sum += shard.bytes;
  }
  return sum;
}

}  // namespace roost::accounts
