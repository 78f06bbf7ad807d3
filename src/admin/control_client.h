// The command's end of the control socket. Blocking: the command line has nothing else to do.
#pragma once

#include <optional>
#include <string>

#include "admin/request.h"

namespace roost::admin {

// Sends the request to the server that listens on `socket_path` and copies its answer to standard output and standard
// error. The exit status; nothing where no server listens there; an error where one does but the talk broke.
Result<std::optional<int>> send_request(const std::string& socket_path, const Request& request);

}  // namespace roost::admin
