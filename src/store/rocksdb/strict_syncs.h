// A file system under RocksDB that is stricter than RocksDB itself. A failed sync ends the process, also where RocksDB
// would go on: after it, nothing that was written may be trusted (fatal.h). And CURRENT never names a manifest whose
// own name a power cut can take.
#pragma once

#include <memory>

#include "store/rocksdb/tables.h"

namespace roost::store {

// A full disk is passed on: nothing was dropped that had been taken. `base` null: the system's.
std::shared_ptr<rocksdb::FileSystem> with_strict_syncs(std::shared_ptr<rocksdb::FileSystem> base);

}  // namespace roost::store
