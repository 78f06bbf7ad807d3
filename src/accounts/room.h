// Making room on a disk that is nearly full: what was expunged goes before mail is refused.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "accounts/environment.h"
#include "accounts/table.h"
#include "rt/event.h"
#include "rt/loop.h"

namespace roost::accounts {

class RoomMaker : public std::enable_shared_from_this<RoomMaker> {
 public:
  // Works on the first loop.
  RoomMaker(std::shared_ptr<Environment> env, std::vector<std::shared_ptr<Table>> tables);

  // Looks at the disk now and then. From any thread.
  void start();
  // On the first loop, or after the loops.
  void stop();
  // Accounts::make_room(), from any loop.
  task<bool> make_room();

 private:
  void arm();
  static task<> look(std::shared_ptr<RoomMaker> self);
  task<bool> has_room();
  task<> shrink_to(uint32_t permille);

  const std::shared_ptr<Environment> env_;
  const std::vector<std::shared_ptr<Table>> tables_;
  rt::Loop& home_;
  rt::Timer timer_;
  rt::Mutex making_;
  std::optional<TimePoint> failed_;  // when nothing was left to let go of
  bool stopped_ = false;
};

}  // namespace roost::accounts
