// Several coroutines of one loop that wait for the same thing. Not thread-safe: all users live on one loop.
#pragma once

#include <coroutine>
#include <utility>
#include <vector>

#include "rt/loop.h"

namespace roost::accounts {

class Gate {
 public:
  // Lets everybody go on who waits now; whoever comes later waits for the next time.
  void open() {
    for (auto h : std::exchange(waiters_, {})) rt::Loop::current()->post([h] { h.resume(); });
  }
  auto wait() {
    struct Awaiter {
      Gate* gate;
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> h) const { gate->waiters_.push_back(h); }
      void await_resume() const {}
    };
    return Awaiter{this};
  }

 private:
  std::vector<std::coroutine_handle<>> waiters_;
};

}  // namespace roost::accounts
