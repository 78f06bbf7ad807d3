// Where one coroutine waits for the first of several things: bytes, a timer, wake(), abort(). For streams only.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "net/stream.h"
#include "rt/loop.h"

namespace roost::net {

// Belongs to one loop. Only the first reason to go on counts; it must come after the coroutine was parked, so look at
// every pending reason before parking.
class Parking {
 public:
  bool occupied() const { return handle_ != nullptr; }

  // co_await parking.park(loop, timeout): the reason.
  auto park(rt::Loop& loop, std::optional<Millis> timeout) {
    struct Awaiter {
      Parking* parking;
      rt::Loop* loop;
      std::optional<Millis> timeout;
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> h) {
        parking->handle_ = h;
        if (timeout) parking->timer_ = loop->after(*timeout, [p = parking] { p->resume_now(Ready::timed_out); });
      }
      Ready await_resume() const { return parking->why_; }
    };
    return Awaiter{this, &loop, timeout};
  }

  // From the loop itself (a timer, a socket's event) with nothing else on the stack.
  void resume_now(Ready why) {
    if (auto h = take(why)) h.resume();
  }
  // From anywhere on the loop's thread.
  void resume_soon(rt::Loop& loop, Ready why) {
    if (auto h = take(why)) loop.post([h] { h.resume(); });
  }

 private:
  std::coroutine_handle<> take(Ready why) {
    if (!occupied()) return nullptr;
    why_ = why;
    timer_.cancel();
    return std::exchange(handle_, nullptr);
  }

  std::coroutine_handle<> handle_;
  rt::Timer timer_;
  Ready why_ = Ready::closed;
};

}  // namespace roost::net
