// The Authenticator in this process: what the child runs inside, and what tests, the simulator and the command line
// with the server down use directly.
#pragma once

#include <memory>

#include "auth/authenticator.h"
#include "auth/config.h"
#include "rt/loop.h"
#include "rt/pool.h"

namespace roost::auth {

// Reads the directory and locks it (no(in_use) if another process has it). All state lives on `home`; hashes and file
// writes run on `pool`. Both must outlive the Authenticator, and no call may be pending when it is destroyed.
Result<std::unique_ptr<Authenticator>> make_local_authenticator(Config config, rt::Loop& home, rt::Pool& pool);

// Empty, stores nothing, hashes cheaply and does not throttle: for tests.
std::unique_ptr<Authenticator> make_memory_authenticator(rt::Loop& home, rt::Pool& pool);

}  // namespace roost::auth
