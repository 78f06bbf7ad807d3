// The real runtime: one thread and one Asio io_context per loop, and pools of threads.
#pragma once

#include <memory>
#include <string>

#include "rt/loop.h"
#include "rt/pool.h"

namespace roost::rt {

class RealLoops : public Loops {
 public:
  // Lets the threads run until stop(); returns once they all have ended. Call from the main thread.
  virtual void run() = 0;
  // Thread-safe and async-signal-unsafe. Work still queued is dropped.
  virtual void stop() = 0;
};

// Ignores SIGPIPE from now on: a peer that has gone away is an error of write().
std::unique_ptr<RealLoops> make_loops(size_t count);

// The destructor finishes the work that is queued, then joins. `name` is the threads' name, at most 11 characters.
std::unique_ptr<Pool> make_pool(std::string name, size_t threads);

}  // namespace roost::rt
