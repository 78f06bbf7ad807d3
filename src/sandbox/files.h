// Files that a process can still open once it has given up the rest, where the kernel has Landlock.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace roost::sandbox {

// An error if there are others: what restrict_files() takes away, a thread that runs already would keep.
Result<> require_single_thread();

// While no other threads run: files below `writable` can be read and written, those below `readable` read, and nothing
// else opened; no program can be started. Threads and processes made later inherit it. False where the kernel has no
// Landlock.
bool restrict_files(const std::vector<std::string>& writable, const std::vector<std::string>& readable);

}  // namespace roost::sandbox
