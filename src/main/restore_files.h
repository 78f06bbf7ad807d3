// The files of a restore: what of a backup goes where.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "main/backup_set.h"

namespace roost::main {

enum class Takes : uint8_t { no, copy, link };

struct RestoreFiles {
  std::string from;  // below the backup: "store/"
  std::string to;    // an absolute path, with its "/"
  std::function<Takes(std::string_view path)> takes;
  std::string owned_as;           // the files and directories that are made become whose this is
  uint64_t leave_bytes_free = 0;  // on the file system that they go to: checked before
};

// What is damaged is named on standard error, copied all the same, and told. Code::unavailable where there is no room.
Result<std::vector<std::string>> copy_files(const Backup& backup, const RestoreFiles& files);

Result<std::vector<std::string>> copy_all(const Backup& backup, const std::string& from, const std::string& to,
                                          const std::string& owned_as);

}  // namespace roost::main
