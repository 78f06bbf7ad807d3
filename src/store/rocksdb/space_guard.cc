#include "store/rocksdb/space_guard.h"

#include <limits>

#include "base/log.h"

namespace roost::store {

SpaceGuard::SpaceGuard(Files& files, std::string directory, uint64_t free_bytes_min, uint64_t reserve_bytes)
    : files_(files),
      directory_(std::move(directory)),
      free_bytes_min_(free_bytes_min),
      reserve_bytes_(reserve_bytes),
      has_reserve_(files.size(directory_ + "/reserve").has_value()) {}

// Where the system does not say, nothing is refused.
uint64_t SpaceGuard::free_bytes() {
  auto space = files_.space(directory_);
  return space ? space->free_bytes : std::numeric_limits<uint64_t>::max();
}

Room SpaceGuard::room() {
  std::lock_guard lock(mutex_);
  uint64_t free = free_bytes();
  if (has_reserve_ && free < free_bytes_min_ / 8) {
    give_back_reserve();
    free = free_bytes();
  } else if (!has_reserve_ && free >= free_bytes_min_ && free - free_bytes_min_ >= reserve_bytes_) {
    make_reserve();
  }
  Room room = free >= free_bytes_min_ ? Room::plenty : free >= free_bytes_min_ / 32 ? Room::little : Room::none;
  tell(room, free);
  return room;
}

void SpaceGuard::give_back_reserve() {
  auto removed = files_.remove(directory_ + "/reserve");
  log::warn("store_reserve_given_back", {{"bytes", reserve_bytes_}, {"error", removed ? "" : removed.error().text}});
  has_reserve_ = false;
}

void SpaceGuard::make_reserve() {
  if (reserve_bytes_ == 0 || cannot_reserve_) return;
  auto made = files_.allocate(directory_ + "/reserve", reserve_bytes_);
  has_reserve_ = made.has_value();
  if (made) return;
  cannot_reserve_ = true;
  log::warn("store_has_no_reserve", {{"error", made.error().text}});
  (void)files_.remove(directory_ + "/reserve");
}

void SpaceGuard::tell(Room room, uint64_t free_bytes) {
  if (room == told_) return;
  told_ = room;
  if (room == Room::plenty) {
    log::warn("store_has_room_again", {{"free_bytes", free_bytes}});
  } else {
    log::warn("store_disk_full", {{"free_bytes", free_bytes}, {"only_deletions", room == Room::none}});
  }
}

}  // namespace roost::store
