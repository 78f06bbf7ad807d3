// DIR/format: which layout the directory has.
#pragma once

#include <string>

#include "base/result.h"
#include "store/files.h"

namespace roost::store {

inline constexpr uint64_t kStoreFormat = 1;

// Writes the file where the directory is new; refuses a format that this program does not know (Code::cannot, kind no)
// and a directory that is none of ours (Code::corruption).
Result<> check_format(Files& files, const std::string& directory);

}  // namespace roost::store
