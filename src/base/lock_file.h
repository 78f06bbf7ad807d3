// A file that one process at a time has.
#pragma once

#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace roost {

// Let go when destroyed, or when the process ends, however it ends: the file stays. It belongs to the object and not to
// the process, so that a second one in the same process is refused as well.
class LockFile {
 public:
  // Makes the file (mode 0600, not through a symbolic link) where it is missing and writes this process's id into it.
  // Code::in_use (kind no) with the other process's id as text ("unknown" where it has not said) where somebody has it;
  // else a fault that names the path. Does not wait.
  static Result<LockFile> acquire(const std::string& path);

 private:
  explicit LockFile(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace roost
