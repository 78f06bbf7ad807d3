// Giving up rights, once ports are open and before the first byte of a stranger is read.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace roost::main {

// Becomes `user` for good, group and supplementary groups included. Does nothing where it is empty.
Result<> drop_privileges(const std::string& user);

// An error if there are others: what restrict_files() takes away, a thread that runs already would keep.
Result<> require_single_thread();

// While no other threads run: files below `writable` can be read and written, those below `readable` read, and nothing
// else opened; no program can be started. Threads made later inherit it. False where the kernel has no Landlock.
bool restrict_files(const std::vector<std::string>& writable, const std::vector<std::string>& readable);

// Every thread, now and later: starting a program is refused, and the process is killed if it tries what a mail server
// never does: tracing, mounting, loading kernel code, setting clocks, giving system calls to io_uring.
Result<> restrict_system_calls();

}  // namespace roost::main
