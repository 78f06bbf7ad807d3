// The end of the process, where going on would acknowledge what may not be on the disk.
#pragma once

#include <string_view>

#include "base/planted.h"
#include "base/result.h"

namespace roost::store {

// Logs and aborts. After a failed write or sync the kernel may have dropped the pages that it could not write, and the
// next sync would succeed without them: only what a fresh start reads back may be trusted.
[[noreturn]] void die(std::string_view doing, std::string_view why);

// Passes on what the caller can live with (a full disk, a file that is not there) and dies of everything else.
template <class T>
Result<T> or_die(std::string_view doing, Result<T> result) {
  if (!result && result.error().kind == Error::Kind::fault && result.error().code == Code::server_bug) {
    if (planted(Bug::failed_sync_forgotten)) return Result<T>();
    die(doing, result.error().text);
  }
  return result;
}

}  // namespace roost::store
