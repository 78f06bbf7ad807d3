// A verb where no server is up: the store and the user directory are opened for it alone.
#pragma once

#include <functional>

#include "admin/request.h"
#include "admin/verbs.h"
#include "main/config.h"
#include "store/open.h"

namespace roost::main {

// The exit status. Started by root, it works as the owner of the data directory, so that the server can read what it
// leaves.
int run_offline(const Config& config, const admin::Request& request);

// The same in another store than the data directory's, and there with a function in the place of a verb.
int run_offline(const Config& config, store::StoreConfig store, const admin::Request& request);
int run_offline(const Config& config, const store::StoreConfig& store,
                std::function<task<Result<>>(admin::Services&)> work);

}  // namespace roost::main
