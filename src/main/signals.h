// Signals as calls on a thread of their own.
#pragma once

#include <functional>
#include <thread>

namespace roost::main {

// Before any other thread is made: SIGTERM, SIGINT and SIGHUP are blocked in all of them, SIGPIPE is ignored.
void block_signals();

// Waits for the blocked signals. `stop` is called at the first SIGTERM or SIGINT (a second one ends the process at
// once), `reload` at each SIGHUP.
class SignalThread {
 public:
  SignalThread(std::function<void()> stop, std::function<void()> reload);
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;
  ~SignalThread();

 private:
  std::thread thread_;
};

}  // namespace roost::main
