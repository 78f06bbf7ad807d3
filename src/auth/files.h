// The few things that the user directory asks of a file system, behind one interface so that tests can cut the power
// between any two of them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/lock_file.h"
#include "base/result.h"

namespace roost::auth {

// Thread-safe. Errors are faults that name the path and the system's reason.
class Files {
 public:
  virtual ~Files() = default;

  virtual Result<> make_directory(const std::string& path) = 0;  // 0700; fine if it exists
  virtual Result<std::optional<Bytes>> read(const std::string& path) = 0;
  virtual Result<> write(const std::string& path, BytesView data) = 0;  // 0600, replacing what was there; not durable
  virtual Result<> sync(const std::string& path) = 0;                   // the file, or the names in a directory
  virtual Result<> rename(const std::string& from, const std::string& to) = 0;
};

Files& system_files();

// Makes `data` the contents of `directory`/`name`, durably: after a crash the file is the old one or the new one.
Result<> replace_file(Files& files, const std::string& directory, const std::string& name, BytesView data);

// Held by the one process that may change a directory; let go when destroyed, or when the process ends.
class DirectoryLock {
 public:
  // Tries again for `patience`, for a predecessor that is about to end; after that no(in_use), with the directory and
  // the other process's id as text. Blocks.
  static Result<DirectoryLock> acquire(const std::string& directory, Millis patience);

 private:
  explicit DirectoryLock(LockFile file) : file_(std::move(file)) {}

  LockFile file_;
};

}  // namespace roost::auth
