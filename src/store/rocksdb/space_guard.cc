#include "store/rocksdb/space_guard.h"

#include "base/log.h"

namespace roost::store {

constexpr Millis kAnswerAge{500};

bool SpaceGuard::has_room() {
  std::lock_guard lock(mutex_);
  TimePoint now = system_clock().now();
  if (asked_ && now - asked_at_ < kAnswerAge) return room_;
  asked_ = true;
  asked_at_ = now;
  auto space = files_.space(directory_);
  bool room = !space || space->free_bytes >= free_bytes_min_;
  if (room != room_) {
    log::warn(room ? "store_has_room_again" : "store_disk_full", {{"free_bytes", space ? space->free_bytes : 0}});
  }
  room_ = room;
  return room_;
}

}  // namespace roost::store
