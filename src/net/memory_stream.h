// Two streams joined in memory, for tests and the simulator: on any loops, simulated ones included. No TLS, no DEFLATE.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "net/stream.h"
#include "rt/loop.h"

namespace roost::net {

struct MemoryStreamOptions {
  size_t buffer_bytes_max = 64 * 1024;  // unread bytes in each direction; a writer waits while there are more
  bool byte_at_a_time = false;          // each read() gives one octet
  Millis write_ms_max{60'000};
  Peer peer{.address = "127.0.0.1", .port = 1, .address_block = "127.0.0.0/24", .loopback = true};  // of both ends
};

// The two ends, on their loops (which may be the same). Each is used and destroyed on its own loop only, or, before
// anything runs, anywhere.
std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> make_memory_streams(rt::Loop& first, rt::Loop& second,
                                                                                MemoryStreamOptions options = {});

}  // namespace roost::net
