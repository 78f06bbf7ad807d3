#include "main/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/log.h"

namespace roost::main {
namespace {

constexpr int kEndOfThread = SIGUSR1;

sigset_t waited_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT, SIGHUP, kEndOfThread}) sigaddset(&set, signal);
  return set;
}

}  // namespace

void block_signals() {
  sigset_t set = waited_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

SignalThread::SignalThread(std::function<void()> stop, std::function<void()> reload)
    : thread_([stop = std::move(stop), reload = std::move(reload)] {
        sigset_t set = waited_signals();
        bool stopping = false;
        for (;;) {
          int signal = 0;
          if (sigwait(&set, &signal) != 0) continue;
          if (signal == kEndOfThread) return;
          if (signal == SIGHUP) {
            reload();
          } else if (stopping) {
            log::warn("stopped_at_once", {{"signal", signal}});
            ::_exit(1);
          } else {
            stopping = true;
            stop();
          }
        }
      }) {}

SignalThread::~SignalThread() {
  pthread_kill(thread_.native_handle(), kEndOfThread);
  thread_.join();
}

}  // namespace roost::main
