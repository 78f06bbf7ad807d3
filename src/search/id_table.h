// Numbers for message IDs: a table of open addresses, as THREAD looks up a few for each message.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace roost::search {

class IdTable {
 public:
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

  // `seed`: so that nobody can choose IDs that lie in the same place.
  explicit IdTable(uint64_t seed) : seed_(seed), slots_(kSlotsMin) {}

  // Room for so many; while it is empty.
  void expect(size_t ids) { slots_.resize(std::max(kSlotsMin, std::bit_ceil(2 * ids))); }
  // The number of this ID, kNone where it has none yet; until the next call.
  uint32_t& at(uint64_t id);

 private:
  static constexpr size_t kSlotsMin = 64;  // a power of two

  struct Slot {
    uint64_t id = 0;
    uint32_t number = kNone;  // none: the slot is free
  };

  // Where the ID is, or is to be.
  Slot& find(uint64_t id);
  void grow();

  const uint64_t seed_;
  std::vector<Slot> slots_;
  size_t used_ = 0;
};

}  // namespace roost::search
