// Refuses new data before the disk is full, so that there always is room for what must go on.
#pragma once

#include <mutex>
#include <string>

#include "store/files.h"

namespace roost::store {

// What there is room for; each needs what those before it need.
enum class Room : uint8_t {
  none,    // deletions only
  little,  // flags and expunges, checkpoints: what takes little and sooner or later makes room
  plenty,  // new mail
};

// Thread-safe. Asks the system each time: that takes a microsecond, and what waits for the answer is a synced write.
//
// Below `free_bytes_min` there is little room. Below an eighth of that the disk counts as truly full, and the reserve,
// a file of `reserve_bytes`, is given back. Below a 32nd there is none left. The reserve is made again once there is
// room for it above `free_bytes_min`.
class SpaceGuard {
 public:
  SpaceGuard(Files& files, std::string directory, uint64_t free_bytes_min, uint64_t reserve_bytes);

  Room room();

 private:
  uint64_t free_bytes();
  void give_back_reserve();
  void make_reserve();
  void tell(Room room, uint64_t free_bytes);

  Files& files_;
  const std::string directory_;
  const uint64_t free_bytes_min_;
  const uint64_t reserve_bytes_;
  std::mutex mutex_;  // guards all below
  bool has_reserve_ = false;
  bool cannot_reserve_ = false;  // the file system promises no room
  Room told_ = Room::plenty;
};

}  // namespace roost::store
