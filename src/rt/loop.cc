#include "rt/loop.h"

#include <cstdlib>
#include <mutex>
#include <utility>

#include "base/log.h"

namespace roost::rt {
namespace {

thread_local Loop* current_loop = nullptr;

// Where tasks end up whose loop went first: nobody resumes them, and leak checkers still see whose they are.
struct Abandoned {
  std::mutex mutex;
  Link tasks;
};

Abandoned& abandoned() {
  static auto* all = new Abandoned;
  return *all;
}

[[noreturn]] void die_of_exception() {
  try {
    throw;
  } catch (const std::exception& e) {
    log::error("defect", {{"what", "exception left a spawned task"}, {"exception", e.what()}});
  } catch (...) {
    log::error("defect", {{"what", "exception left a spawned task"}});
  }
  std::abort();
}

}  // namespace

// The coroutine at the bottom of a spawned task. It destroys itself at its end.
struct Spawned {
  struct promise_type {
    Link link;  // in its loop's list, from its first step to its last

    Spawned get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const { die_of_exception(); }
  };

  // Not yet begun; destroyed with the work that would have begun it.
  struct Unstarted {
    std::coroutine_handle<promise_type> handle;

    explicit Unstarted(std::coroutine_handle<promise_type> h) : handle(h) {}
    Unstarted(Unstarted&& other) noexcept : handle(std::exchange(other.handle, nullptr)) {}
    Unstarted& operator=(Unstarted&&) = delete;
    ~Unstarted() {
      if (handle) handle.destroy();
    }
    void start() {
      auto h = std::exchange(handle, nullptr);
      h.promise().link.insert_before(Loop::current()->spawned_);
      h.resume();
    }
  };

  std::coroutine_handle<promise_type> handle;

  static Spawned run(task<> work) { co_await std::move(work); }
};

Loop::~Loop() {
  auto& all = abandoned();
  std::lock_guard lock(all.mutex);
  all.tasks.take_all(spawned_);
}

// Never inlined: a coroutine may go on in another thread, where a remembered address of the variable would be wrong.
[[gnu::noinline]] Loop* Loop::current() { return current_loop; }
[[gnu::noinline]] void Loop::set_current(Loop* loop) { current_loop = loop; }

task<> Loop::sleep(Millis delay) {
  struct Awaiter {
    Loop* loop;
    Millis delay;
    Timer timer;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> h) {
      timer = loop->after(delay, [h] { h.resume(); });
    }
    void await_resume() const {}
  };
  Awaiter waiting{this, delay, Timer()};
  co_await waiting;
}

void spawn(Loop& loop, task<> work) {
  loop.post([unstarted = Spawned::Unstarted(Spawned::run(std::move(work)).handle)]() mutable { unstarted.start(); });
}

}  // namespace roost::rt
