// The way from a Loop of the real runtime to its Asio io_context: for rt/ and net/ only.
#pragma once

#include <boost/asio/io_context.hpp>

#include "rt/loop.h"

namespace roost::rt {

// The io_context that `loop` (one of make_loops()) runs; its handlers run on the loop's thread with Loop::current()
// set. A simulated loop has none: that is a defect, and ends the process.
boost::asio::io_context& io_context_of(Loop& loop);

}  // namespace roost::rt
