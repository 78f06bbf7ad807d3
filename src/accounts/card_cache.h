// Decoded card segments, shared by all accounts and bounded by bytes: what was used longest ago goes first.
#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"

namespace roost::accounts {

// The cards of one segment, by index.
struct DecodedSegment {
  std::vector<Bytes> cards;
  size_t bytes = 0;
  bool current = false;  // all were made by the newest parser
};
using SegmentPtr = std::shared_ptr<const DecodedSegment>;

// Thread-safe.
class CardCache {
 public:
  explicit CardCache(size_t bytes_max) : shard_bytes_max_(bytes_max / kShards) {}

  SegmentPtr find(AccountId account, PageId page);
  void insert(AccountId account, PageId page, SegmentPtr segment);
  size_t bytes() const;

 private:
  static constexpr size_t kShards = 16;

  struct Key {
    AccountId account;
    PageId page;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    size_t operator()(const Key& key) const noexcept;
  };
  struct Entry {
    Key key;
    SegmentPtr segment;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> entries;  // latest use first
    std::unordered_map<Key, std::list<Entry>::iterator, Hash> by_key;
    size_t bytes = 0;
  };

  Shard& shard_of(const Key& key) { return shards_[Hash{}(key) % kShards]; }

  const size_t shard_bytes_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace roost::accounts
