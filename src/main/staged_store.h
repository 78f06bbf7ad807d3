// DIR/store/restoring: stores out of backups, which a command has put there for the server to take accounts out of.
#pragma once

#include <memory>
#include <string>

#include "admin/staged_store.h"
#include "main/config.h"
#include "rt/loop.h"
#include "rt/pool.h"

namespace roost::main {

std::string staged_directory(const std::string& data);

// The one called `name`; all others are what interrupted restores left, and go. `config`, `loops` and `pool` must
// outlive it.
task<Result<std::shared_ptr<admin::StagedStore>>> open_staged_store(const Config& config, rt::Loops& loops,
                                                                    rt::Pool& pool, std::string name);

}  // namespace roost::main
