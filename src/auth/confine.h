// What the auth child gives up before it touches a verifier.
#pragma once

#include "auth/config.h"
#include "base/result.h"

namespace roost::auth {

// The watcher, and with it every worker that it forks, becomes config.user, opens no file outside config.directory any
// more (config.sandbox, where the kernel has Landlock), starts no program, and can be traced by nobody. Started by
// root, it makes the directory that user's, and works in it from within, for the directories above may be closed to
// him: config.directory is "." then. While there are no other threads.
Result<> confine_watcher(Config& config);

// A worker: no processes, no connections (config.sandbox).
Result<> confine_worker(const Config& config);

}  // namespace roost::auth
