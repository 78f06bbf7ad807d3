// Says for a while which loop is running, for the runtimes.
#pragma once

#include "rt/loop.h"

namespace roost::rt {

class CurrentLoop {
 public:
  explicit CurrentLoop(Loop* loop) : before_(Loop::current()) { Loop::set_current(loop); }
  CurrentLoop(const CurrentLoop&) = delete;
  CurrentLoop& operator=(const CurrentLoop&) = delete;
  ~CurrentLoop() { Loop::set_current(before_); }

 private:
  Loop* before_;
};

}  // namespace roost::rt
