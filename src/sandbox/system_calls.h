// System calls that a process can still make once it has given up the rest, with seccomp.
#pragma once

#include "base/result.h"

namespace roost::sandbox {

// Every thread, now and later: starting a program is refused, and the process is killed if it tries what no part of a
// mail server ever does: tracing, mounting, loading kernel code, setting clocks, giving system calls to io_uring.
Result<> forbid_dangerous_calls();

// Every thread, now and later: refuses (EPERM) all that a process does not need which computes, keeps files in one
// directory, and answers on a socket that it was given. No connections, no processes, only threads.
Result<> allow_files_and_threads_only();

// The same, and connections to others.
Result<> allow_connections_too();

}  // namespace roost::sandbox
