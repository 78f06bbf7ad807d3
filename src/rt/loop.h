// An event loop: one thread (or, simulated, one turn at a time), a queue of work, timers. Connections and accounts are
// each pinned to one loop for life, so what belongs to a loop needs no lock.
#pragma once

#include <coroutine>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "rt/link.h"
#include "rt/task.h"

namespace roost::rt {

using Work = std::move_only_function<void()>;

class Timer;

class Loop {
 public:
  Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  virtual ~Loop();

  // Thread-safe: runs `work` on this loop, after what was posted before it.
  virtual void post(Work work) = 0;

  // On this loop's thread only: runs `work` on this loop once `delay` has passed (at least; a timing wheel with ticks
  // of 16 ms), unless the Timer is destroyed first. Costs no system call.
  virtual Timer after(Millis delay, Work work) = 0;

  virtual const Clock& clock() const = 0;

  // This loop's number: 0 .. Loops::size()-1.
  virtual size_t index() const = 0;

  // The loop that runs the calling code; null outside of any.
  static Loop* current();

  // co_await loop.hop(): goes on in this loop; does nothing where it is already the current one.
  auto hop() {
    struct Awaiter {
      Loop* loop;
      bool await_ready() const { return Loop::current() == loop; }
      void await_suspend(std::coroutine_handle<> h) const {
        loop->post([h] { h.resume(); });
      }
      void await_resume() const {}
    };
    return Awaiter{this};
  }

  // co_await loop.yield(): lets everything else that is queued run first.
  auto yield() {
    struct Awaiter {
      Loop* loop;
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> h) const {
        loop->post([h] { h.resume(); });
      }
      void await_resume() const {}
    };
    return Awaiter{this};
  }

  // On this loop's thread: waits `delay`.
  task<> sleep(Millis delay);

 protected:
  friend class CurrentLoop;
  static void set_current(Loop* loop);

 private:
  friend struct Spawned;
  Link spawned_;  // what spawn() started here and has not ended; this loop's thread only
};

// A pending timer; destroying or cancelling it means that its work never runs. Belongs to its loop's thread.
class Timer {
 public:
  struct Entry {
    virtual ~Entry() = default;  // unlinks itself
  };

  Timer() = default;
  explicit Timer(std::unique_ptr<Entry> entry) : entry_(std::move(entry)) {}
  void cancel() { entry_.reset(); }

 private:
  std::unique_ptr<Entry> entry_;
};

// The loops of a process. Loop i is where account a lives when a % size() == i.
class Loops {
 public:
  virtual ~Loops() = default;
  virtual size_t size() const = 0;
  virtual Loop& at(size_t index) = 0;
};

// Starts `work` on `loop` and owns it until it ends. An exception that leaves it is a defect: logged, and the process
// aborts. Thread-safe. What has not ended when its loop is destroyed is never resumed and never destroyed: its
// destructors might touch what is already gone. What has not even begun is destroyed.
void spawn(Loop& loop, task<> work);

}  // namespace roost::rt
