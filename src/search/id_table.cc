#include "search/id_table.h"

#include <bit>
#include <utility>

namespace roost::search {

IdTable::Slot& IdTable::find(uint64_t id) {
  uint64_t mixed = (id ^ seed_) * 0x9e37'79b9'7f4a'7c15ULL;
  const size_t mask = slots_.size() - 1;
  size_t at = mixed >> (64 - std::countr_zero(slots_.size()));
  while (slots_[at].number != kNone && slots_[at].id != id) at = (at + 1) & mask;
  return slots_[at];
}

void IdTable::grow() {
  std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  for (const Slot& slot : before) {
    if (slot.number != kNone) find(slot.id) = slot;
  }
}

uint32_t& IdTable::at(uint64_t id) {
  Slot* slot = &find(id);
  if (slot->number != kNone) return slot->number;
  if (++used_ > slots_.size() / 2) {
    grow();
    slot = &find(id);
  }
  slot->id = id;
  return slot->number;
}

}  // namespace roost::search
