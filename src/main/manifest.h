// What a backup holds: docs/formats/backup.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace roost::main {

struct BackedUpFile {
  std::string sha256;  // in hexadecimal digits
  uint64_t size = 0;
  int64_t modified_ns = 0;  // of the original, since 1970
};

struct Manifest {
  int64_t time = 0;                           // seconds since 1970 UTC
  std::map<std::string, BackedUpFile> files;  // by their path in the backup

  std::string encode() const;
  // Code::corruption for what is damaged or cut off.
  static Result<Manifest> decode(std::string_view text);
};

}  // namespace roost::main
