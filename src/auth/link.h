// The server's thread that talks to the auth child: sends what loops ask, and resumes them with the replies.
#pragma once

#include <atomic>
#include <coroutine>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "auth/protocol.h"
#include "auth/socket.h"
#include "rt/loop.h"

namespace roost::auth {

// Starts a child that runs run_auth_child() on the given end of a socket pair.
using Launcher = std::function<Result<pid_t>(Socket end)>;

// This program again, as `roost auth`.
Result<pid_t> launch_self(Socket end);

class Link {
 public:
  static constexpr size_t kCallsMax = 4096;      // under way at once; more are unavailable
  static constexpr Seconds kCallSecondsMax{60};  // a child that is silent for so long counts as gone

  // Launches the child and waits until it has read the directory. Blocks. The thread begins with the first call, so
  // that whoever calls start() can still take rights away from all the threads that there will be.
  static Result<std::unique_ptr<Link>> start(Config config, Launcher launcher);
  ~Link();

  Policy policy() const { return policy_.load(std::memory_order_relaxed); }

  // The answer to one request, on the loop that asked.
  task<Result<protocol::Answer>> call(protocol::Request request);

 private:
  struct Call {
    rt::Loop* home = nullptr;
    std::coroutine_handle<> waiter;
    TimePoint since;
    Result<protocol::Answer> result;
  };
  struct CallAwaiter;

  Link(Config config, Launcher launcher) : config_(std::move(config)), launcher_(std::move(launcher)) {}

  Result<> connect();
  Result<> wait_until_ready();
  void reap();

  void run();
  bool turn();
  bool receive_all();
  bool send_all();
  void take(protocol::Numbered<protocol::Reply> reply);
  void take_state(const protocol::Reply& state);
  void fail_all(const Error& error);
  void fail_overdue();
  void reconnect();
  void remember(const Policy& policy);
  void wake() const;

  Config config_;
  Launcher launcher_;
  Socket socket_;  // the thread's
  pid_t child_ = -1;
  Socket wakeup_;  // an eventfd
  std::atomic<Policy> policy_{Policy{}};

  std::mutex mutex_;                 // guards the rest
  std::map<uint64_t, Call*> calls_;  // by id, which is by age
  std::deque<Secret> outgoing_;
  uint64_t next_id_ = 1;
  bool up_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace roost::auth
