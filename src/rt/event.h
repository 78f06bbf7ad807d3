// Waiting for each other inside one loop. None of these is thread-safe: all users live on the same loop.
#pragma once

#include <coroutine>
#include <deque>
#include <utility>

#include "rt/loop.h"

namespace roost::rt {

// A flag that at most one coroutine waits for. set() before wait() is not lost; wait() takes the flag down again.
class Event {
 public:
  void set() {
    set_ = true;
    if (auto h = std::exchange(waiter_, nullptr)) Loop::current()->post([h] { h.resume(); });
  }
  auto wait() {
    struct Awaiter {
      Event* event;
      bool await_ready() const { return event->set_; }
      void await_suspend(std::coroutine_handle<> h) const { event->waiter_ = h; }
      void await_resume() const { event->set_ = false; }
    };
    return Awaiter{this};
  }

 private:
  bool set_ = false;
  std::coroutine_handle<> waiter_ = nullptr;
};

// First come, first served.
class Mutex {
 public:
  class [[nodiscard]] Lock {
   public:
    explicit Lock(Mutex* mutex) : mutex_(mutex) {}
    Lock(Lock&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Lock& operator=(Lock&&) = delete;
    ~Lock() {
      if (mutex_ != nullptr) mutex_->unlock();
    }

   private:
    Mutex* mutex_;
  };

  auto lock() {
    struct Awaiter {
      Mutex* mutex;
      bool await_ready() const { return !std::exchange(mutex->locked_, true); }
      void await_suspend(std::coroutine_handle<> h) const { mutex->waiters_.push_back(h); }
      Lock await_resume() const { return Lock(mutex); }
    };
    return Awaiter{this};
  }

 private:
  void unlock() {
    if (waiters_.empty()) {
      locked_ = false;
      return;
    }
    auto h = waiters_.front();
    waiters_.pop_front();
    Loop::current()->post([h] { h.resume(); });
  }

  bool locked_ = false;
  std::deque<std::coroutine_handle<>> waiters_;
};

}  // namespace roost::rt
