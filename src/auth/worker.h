// The process that answers: made by run_auth_child (server.h), one at a time.
#pragma once

#include "auth/config.h"
#include "base/result.h"

namespace roost::auth {

// Gives up what its watcher still needed (processes), reads the directory, says so (or why not) in a reply with id 0,
// and answers requests until the other end of `fd` is closed: then 0. Call _exit() with what it gives back.
int run_auth_worker(int fd, const Config& config);

// Tells the server, which logs it: the child writes no log of its own. Gives back the exit code.
int say_why_not(int fd, const Error& error);

}  // namespace roost::auth
