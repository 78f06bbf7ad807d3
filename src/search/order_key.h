// What messages are ordered by: several criteria in one string of octets, so that comparing two messages is comparing
// octets.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "base/bytes.h"

namespace roost::search {

// Octets of all keys together that one command may gather.
inline constexpr size_t kOrderBytesMax = size_t{256} << 20;

// Keys, one after the other. The order of their octets is that of the values: of numbers, and of folded text (empty
// text first), each rising or falling.
class OrderKeys {
 public:
  // `item` tells keys apart that are equal otherwise, the lower one first.
  struct Entry {
    uint64_t begins_with = 0;  // the first octets, which mostly decide
    uint32_t at = 0;
    uint32_t size = 0;
    uint32_t item = 0;
  };

  void begin();
  void add(int64_t number, bool reverse = false);
  void add(BytesView text, bool reverse = false);
  Entry end(uint32_t item);

  BytesView key(const Entry& entry) const { return BytesView(octets_).substr(entry.at, entry.size); }
  size_t bytes() const { return octets_.size(); }

  // A strict order. The keys must not move meanwhile.
  class Less {
   public:
    explicit Less(const OrderKeys& keys) : keys_(&keys) {}
    bool operator()(const Entry& a, const Entry& b) const {
      if (a.begins_with != b.begins_with) return a.begins_with < b.begins_with;
      int order = keys_->key(a).compare(keys_->key(b));
      return order != 0 ? order < 0 : a.item < b.item;
    }

   private:
    const OrderKeys* keys_;
  };

 private:
  void reverse_from(size_t at);

  Bytes octets_;
  size_t begin_ = 0;
};

}  // namespace roost::search
