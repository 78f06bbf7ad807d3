#include "rt/asio_loop.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "rt/current_loop.h"
#include "rt/real.h"
#include "rt/thread_heap.h"
#include "rt/timing_wheel.h"

namespace roost::rt {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kTick{16};
// Posted work that runs before sockets and timers get their turn.
constexpr size_t kWorkPerTurnMax = 64;
// A queue that once grew beyond this gives its memory back.
constexpr size_t kQueueKeptMax = 8192;

class AsioLoop final : public Loop {
 public:
  explicit AsioLoop(size_t index) : index_(index) {}
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;
  ~AsioLoop() override = default;

  void post(Work work) override {
    {
      std::lock_guard lock(mutex_);
      queue_.push_back(std::move(work));
      if (std::exchange(awake_, true)) return;
    }
    asio::post(context_, [this] { run_queue(); });
  }

  Timer after(Millis delay, Work work) override {
    const auto due = std::chrono::ceil<Ticks>(clock().now() + delay - start_);
    auto timer = wheel_.add(static_cast<TimingWheel::Tick>(std::max<int64_t>(due.count(), 0)), std::move(work));
    arm();
    return timer;
  }

  const Clock& clock() const override { return system_clock(); }
  size_t index() const override { return index_; }
  asio::io_context& context() { return context_; }

  void run() {
    CurrentLoop here(this);
    context_.run();
  }
  void stop() { context_.stop(); }

  // After run(): destroys what is queued, which may post. False: nothing was.
  bool drop_queue() {
    std::vector<Work> dropped;
    dropped.swap(running_);
    next_ = 0;
    std::vector<Work> queued;
    std::lock_guard lock(mutex_);
    awake_ = true;
    queued.swap(queue_);
    return !dropped.empty() || !queued.empty();
  }

 private:
  using Ticks = std::chrono::duration<int64_t, std::ratio_multiply<std::ratio<kTick.count()>, std::milli>>;

  // awake_ holds from the first post until the queue was seen empty: many posts cost one wake-up.
  void run_queue() noexcept {
    for (size_t done = 0; done < kWorkPerTurnMax; ++done) {
      if (next_ == running_.size() && !refill()) return;
      auto work = std::move(running_[next_++]);
      work();
    }
    asio::post(context_, [this] { run_queue(); });
  }

  bool refill() {
    next_ = 0;
    running_.clear();
    if (running_.capacity() > kQueueKeptMax) running_.shrink_to_fit();
    std::lock_guard lock(mutex_);
    awake_ = !queue_.empty();
    std::swap(queue_, running_);
    return awake_;
  }

  // One Asio timer, set to the wheel's next tick and only ever moved forward: timers that are destroyed leave it alone.
  void arm() {
    const auto next = wheel_.next();
    if (!next || (armed_ && *armed_ <= *next)) return;
    armed_ = next;
    timer_.expires_at(std::chrono::steady_clock::time_point(start_.time_since_epoch() + Ticks(*next)));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      armed_.reset();
      wheel_.advance(static_cast<TimingWheel::Tick>(std::chrono::floor<Ticks>(clock().now() - start_).count()));
      arm();
    });
  }

  const size_t index_;
  const TimePoint start_ = system_clock().now();
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_{context_.get_executor()};
  asio::steady_timer timer_{context_};
  TimingWheel wheel_;
  std::optional<TimingWheel::Tick> armed_;

  std::mutex mutex_;  // for the next two
  std::vector<Work> queue_;
  bool awake_ = false;

  std::vector<Work> running_;  // this and the next: this loop's thread only
  size_t next_ = 0;            // of running_
};

class AsioLoops final : public RealLoops {
 public:
  explicit AsioLoops(size_t count) {
    for (size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<AsioLoop>(i));
  }

  AsioLoops(const AsioLoops&) = delete;
  AsioLoops& operator=(const AsioLoops&) = delete;
  // All queues first, while every loop is still there to be posted to.
  ~AsioLoops() override {
    for (bool again = true; again;) {
      again = false;
      for (auto& loop : loops_) again = loop->drop_queue() || again;
    }
  }

  size_t size() const override { return loops_.size(); }
  Loop& at(size_t index) override { return *loops_.at(index); }

  void run() override {
    std::vector<std::jthread> threads;
    for (auto& loop : loops_) {
      threads.emplace_back([&loop] {
        // Here, as a sandboxed process may not write the names of other threads.
        pthread_setname_np(pthread_self(), ("loop-" + std::to_string(loop->index())).c_str());
        grow_thread_heap();
        loop->run();
      });
    }
  }

  void stop() override {
    for (auto& loop : loops_) loop->stop();
  }

 private:
  std::vector<std::unique_ptr<AsioLoop>> loops_;
};

}  // namespace

asio::io_context& io_context_of(Loop& loop) {
  auto* real = dynamic_cast<AsioLoop*>(&loop);
  if (real == nullptr) {
    log::error("defect", {{"what", "a socket on a simulated loop"}});
    std::abort();
  }
  return real->context();
}

std::unique_ptr<RealLoops> make_loops(size_t count) {
  std::signal(SIGPIPE, SIG_IGN);
  return std::make_unique<AsioLoops>(count);
}

}  // namespace roost::rt
