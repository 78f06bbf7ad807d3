// Opens the sockets that listeners accept on.
#pragma once

#include "base/result.h"
#include "net/address.h"
#include "net/file_descriptor.h"

namespace roost::net {

struct Bound {
  FileDescriptor fd;  // non-blocking, listening
  Endpoint endpoint;  // with the port that the system chose
};

// What a connection inherits (no delay, keepalive) is set here, once. A stale Unix socket file is replaced; one that
// somebody answers on, or another kind of file, is an error.
Result<Bound> listen_on(const Endpoint& endpoint, int backlog, uint32_t unix_mode);

}  // namespace roost::net
