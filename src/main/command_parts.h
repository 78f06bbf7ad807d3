// What roost backup and roost restore share.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "admin/request.h"
#include "base/lock_file.h"
#include "base/result.h"
#include "main/backup_set.h"
#include "main/config.h"

namespace roost::main {

// Where the data directory's mail and its users lie, in it and in a backup.
inline constexpr const char* kStore = "store";
inline constexpr const char* kUsers = "auth/users";
inline constexpr const char* kSecret = "auth/secret";
// What else is backed up, where it is there, and brought back where it is not.
inline constexpr std::array kOtherFiles = {"tls", "roost.toml"};

int say(const Error& error);

// Absolute and plain, without a "/" at its end.
std::string plain_path(const std::string& typed);

// One backup or restore of a data directory at a time: a second one would take away what the first one works with.
// Code::in_use.
Result<LockFile> hold_data_directory(const Config& config);

// Prints how far it is now and then, to a terminal, and ends that line with the last copy of it.
CopyProgress progress_on_terminal(std::string what);

// In the server, or where none is up in a process of its own, which may become another user. The exit status.
Result<int> run_anywhere(const Config& config, const std::string& socket, const admin::Request& request);
Result<int> run_apart(const std::function<int()>& work);

}  // namespace roost::main
