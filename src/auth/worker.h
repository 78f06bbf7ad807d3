// The process that answers: made by run_auth_child (server.h), one at a time.
#pragma once

#include "auth/config.h"

namespace roost::auth {

// Becomes config.user, gives up what it does not need (new privileges, core dumps, being traced), reads the directory,
// says so (or why not) in a reply with id 0, and answers requests until the other end of `fd` is closed: then 0. Call
// _exit() with what it gives back.
int run_auth_worker(int fd, const Config& config);

}  // namespace roost::auth
