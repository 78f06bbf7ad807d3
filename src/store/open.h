// Opening the store on this machine's disk (RocksDB), and handing out nodes on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "rt/pool.h"
#include "store/store.h"

namespace roost::store {

// Every knob of the embedded engine. The defaults suit a machine with 1 GB of memory.
struct StoreConfig {
  std::string directory;  // made with mode 0700 if missing; holds everything

  size_t block_cache_bytes_max = size_t{64} << 20;   // shared by all tables; bodies are left to the system's
  size_t write_buffer_bytes_max = size_t{64} << 20;  // what is not yet in table files, all families together
  uint64_t wal_bytes_max = uint64_t{64} << 20;       // what a restart may have to replay
  int open_files_max = 512;                          // of RocksDB; blob files come on top, one per read in progress
  int background_jobs_max = 2;                       // flushes and compactions at once
  size_t group_bytes_max = size_t{2} << 20;          // one synced write holds no more (a single larger one excepted)
  size_t small_blob_bytes_max = size_t{128} << 10;   // larger blobs are files of their own
  uint64_t blob_pack_bytes = uint64_t{64} << 20;     // small blobs are packed into files of about this size
  size_t heads_max = 200'000;                        // accounts whose log's end is kept in memory (about 64 bytes each)
  uint64_t free_bytes_min = uint64_t{256} << 20;     // with less free space, what grows is refused
  uint64_t reserve_bytes = uint64_t{64} << 20;       // held in a file, and given back when the disk is truly full

  // The operator's answer to "the write-ahead log is damaged before its last sync": open anyway, without what was
  // written after the damage.
  bool accept_log_damage = false;
  // Open a store whose repair was begun and not finished: for the repair alone (store/salvage.h).
  bool repairing = false;
};

// An opened store. Nodes share it: each is an AccountStore of its own, and two of them behave to each other as two
// machines on one store would. Nodes may outlive the Database; the directory is released with the last of them.
class Database {
 public:
  virtual ~Database() = default;
  virtual std::unique_ptr<AccountStore> node() = 0;
};

// Blocks while the write-ahead log is replayed: call before the loops run. Every blocking read runs on `reads`, which
// must outlive the database and its nodes, as must the loops that use them. Errors: in_use (text names the process that
// has it), corruption, unavailable; text is one sentence for the operator.
Result<std::unique_ptr<Database>> open_store(const StoreConfig& config, rt::Pool& reads);

}  // namespace roost::store
