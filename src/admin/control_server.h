// The server's end of the control socket: one request a connection.
#pragma once

#include <memory>

#include "admin/verbs.h"
#include "net/stream.h"

namespace roost::admin {

// Answers one request of the same user or of root (by SO_PEERCRED; everybody else is refused), then closes.
task<> serve_control(std::unique_ptr<net::Stream> stream, Services& services);

}  // namespace roost::admin
