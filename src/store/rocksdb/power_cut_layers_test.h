// The store's own files and RocksDB's on a disk whose power can be cut, in one process.
#pragma once

#include <memory>

#include "store/files.h"
#include "store/rocksdb/engine.h"
#include "store/rocksdb/power_cut_disk_test.h"

namespace roost::store {

// Thread-safe, as the disk is, which must outlive it and every engine that was opened on it.
class PowerCutLayers {
 public:
  explicit PowerCutLayers(PowerCutDisk& disk);

  EngineSeams seams();

 private:
  std::unique_ptr<Files> files_;
  std::shared_ptr<rocksdb::FileSystem> file_system_;
};

}  // namespace roost::store
