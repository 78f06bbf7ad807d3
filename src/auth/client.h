// The server's side of the auth child: starts it, talks to it, starts it again when it dies.
#pragma once

#include <memory>

#include "auth/authenticator.h"
#include "auth/config.h"

namespace roost::auth {

// Starts `roost auth` (this program again, by /proc/self/exe) with a socket as its descriptor 3 and waits until it has
// read the directory. Restarted, with a growing pause, whenever it dies; requests in flight then end as unavailable.
// Call before privileges are dropped; it leaves no thread behind before the first call. The destructor closes the
// socket, at which the child ends, and reaps it; no call may be pending then. main() has to lead `auth` to
// run_auth_child(kChildSocketFd) of server.h, before it starts a thread.
Result<std::unique_ptr<Authenticator>> spawn_auth_child(Config config);

}  // namespace roost::auth
