#include "store/rocksdb/fatal.h"

#include <cstdlib>

#include "base/log.h"

namespace roost::store {

void die(std::string_view doing, std::string_view why) {
  log::error("store_failed", {{"doing", doing}, {"error", why}});
  std::abort();
}

}  // namespace roost::store
