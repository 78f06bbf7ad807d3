#include <dlfcn.h>
#include <gtest/gtest.h>

#include "base/bytes.h"

namespace roost::store {
namespace {

const void* object_of(const void* function) {
  Dl_info info{};
  return ::dladdr(function, &info) != 0 ? info.dli_fbase : nullptr;
}

// tables.cc gives RocksDB a function that is ten times as fast.
TEST(Checksum, OfRocksdbIsOurs) {
  const void* called = ::dlsym(RTLD_DEFAULT, "_ZN7rocksdb6crc32c6ExtendEjPKcm");
  if (called == nullptr) GTEST_SKIP() << "RocksDB is linked in, with its own";
  EXPECT_EQ(object_of(called), object_of(reinterpret_cast<const void*>(&crc32c)));
}

}  // namespace
}  // namespace roost::store
