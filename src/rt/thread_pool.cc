#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "rt/real.h"
#include "rt/thread_heap.h"

namespace roost::rt {
namespace {

class ThreadPool final : public Pool {
 public:
  ThreadPool(const std::string& name, size_t threads) {
    for (size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this, own = name.substr(0, 11) + "-" + std::to_string(i)] {
        // Here, as a sandboxed process may not write the names of other threads.
        pthread_setname_np(pthread_self(), own.c_str());
        grow_thread_heap();
        serve();
      });
    }
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() override {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
  }

  void submit(Work work) override {
    {
      std::lock_guard lock(mutex_);
      queue_.push_back(std::move(work));
    }
    changed_.notify_one();
  }

 private:
  void serve() noexcept {
    for (;;) {
      Work work;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
        if (queue_.empty()) return;
        work = std::move(queue_.front());
        queue_.pop_front();
      }
      work();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  bool ending_ = false;
  std::vector<std::jthread> threads_;  // last: joined before the rest goes
};

}  // namespace

std::unique_ptr<Pool> make_pool(std::string name, size_t threads) {
  return std::make_unique<ThreadPool>(name, threads);
}

}  // namespace roost::rt
