// A verb where no server is up: the store and the user directory are opened for it alone.
#pragma once

#include "admin/request.h"
#include "main/config.h"

namespace roost::main {

// The exit status. Started by root, it works as the owner of the data directory, so that the server can read what it
// leaves.
int run_offline(const Config& config, const admin::Request& request);

}  // namespace roost::main
