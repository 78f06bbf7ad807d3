// Copying files, with the hashes of what was copied.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace roost::main {

// All give the SHA-256 in hexadecimal digits; errors name the path. What they make must not be there before, has the
// mode 0600, and is not synced.
Result<std::string> copy_file(const std::string& from, const std::string& to);
Result<std::string> write_file(std::string_view octets, const std::string& to);
Result<std::string> hash_file(const std::string& path);

Result<std::string> read_file(const std::string& path);

// Everything that was written to the file system that `path` lies on is on the disk.
Result<> sync_file_system(const std::string& path);

// With all that lies below it; nothing where there is nothing.
Result<> remove_tree(const std::string& path);

}  // namespace roost::main
