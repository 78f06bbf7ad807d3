// Threads for what would block a loop (reads from the store, hashing, long scans).
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "rt/loop.h"

namespace roost::rt {

class Pool {
 public:
  virtual ~Pool() = default;

  // Thread-safe. Runs `work` on one of the pool's threads, first come first served. The queue is unbounded: whoever
  // submits on behalf of a client is bounded by that client's limits.
  virtual void submit(Work work) = 0;

  // co_await pool.run(fn): fn's value, computed on the pool; goes on in the loop that asked. An exception travels back.
  template <class Fn>
  auto run(Fn fn) {
    using T = std::invoke_result_t<Fn>;
    static_assert(!std::is_void_v<T>, "give back something, if only a Result<>");
    struct Awaiter {
      Pool* pool;
      Fn fn;
      std::optional<T> value;
      std::exception_ptr error;

      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> h) {
        Loop* home = Loop::current();
        pool->submit([this, h, home] {
          try {
            value.emplace(fn());
          } catch (...) {
            error = std::current_exception();
          }
          home->post([h] { h.resume(); });
        });
      }
      T await_resume() {
        if (error) std::rethrow_exception(error);
        return std::move(*value);
      }
    };
    return Awaiter{this, std::move(fn), std::nullopt, nullptr};
  }
};

}  // namespace roost::rt
