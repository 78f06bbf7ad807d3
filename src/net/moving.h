// Connections that go from one loop to another.
#pragma once

#include "net/stream.h"
#include "rt/loop.h"
#include "rt/task.h"

namespace roost::net {

// Goes on in `loop`, and `stream` with it. On the stream's loop, with no read, wait or write pending, and with nobody
// else who knows the stream. Where the system has no place for one more event, the stream is aborted. Both stay where
// they are if that loop has many more connections already, or if the stream is none of a listener's.
task<> move_to(Stream& stream, rt::Loop& loop);

}  // namespace roost::net
