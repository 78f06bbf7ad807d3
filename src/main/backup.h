// roost backup and roost restore: what the command does itself, outside of the server, which cannot reach other files
// than its store.
#pragma once

#include <string>

#include "admin/request.h"
#include "main/backup_set.h"
#include "main/config.h"

namespace roost::main {

// The exit status. The server may be up.
int run_backup(const Config& config, const std::string& socket, const admin::Request& request);

// The same; to restore everything it must be down.
int run_restore(const Config& config, const std::string& socket, const admin::Request& request);

// Into a data directory that has no store.
Result<> restore_everything(const Config& config, const std::string& socket, const Backup& backup,
                            const admin::Request& request);

// Before anybody is served what was brought back: the next time, numbers jump further.
void note_restore_or_say(const Backup& backup);

}  // namespace roost::main
