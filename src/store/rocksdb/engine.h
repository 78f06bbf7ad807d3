// One opened directory: what all nodes on it share.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "rt/pool.h"
#include "store/files.h"
#include "store/open.h"
#include "store/watchers.h"

namespace rocksdb {
class FileSystem;
}

namespace roost::store {

class BlobFiles;
class Committer;
class Heads;
class ManifestSeal;
class SpaceGuard;
class Tables;

// What tests put in the place of the system.
struct EngineSeams {
  Files* files = nullptr;                            // null: the system's
  std::shared_ptr<rocksdb::FileSystem> file_system;  // null: RocksDB's own
};

class Engine {
 public:
  // As open_store().
  static Result<std::shared_ptr<Engine>> open(const StoreConfig& config, rt::Pool& reads, const EngineSeams& seams);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Ends all work: from then on it only holds the directory's lock.
  void close_tables();

  const StoreConfig& config() const { return config_; }
  rt::Pool& reads() { return reads_; }
  Tables& tables() { return *tables_; }
  Heads& heads() { return *heads_; }
  Watchers& watchers() { return watchers_; }
  BlobFiles& blob_files() { return *blob_files_; }
  SpaceGuard& space() { return *space_; }
  Committer& committer() { return *committer_; }
  Files& files() { return files_; }
  // One frozen copy is made or deleted at a time.
  std::mutex& freezing() { return freezing_; }
  // For AccountIdRequest.
  uint64_t& last_account() { return last_account_; }

 private:
  Engine(const StoreConfig& config, rt::Pool& reads, Files& files);
  Result<> prepare_directory();
  Result<> judge_log(const EngineSeams& seams) const;
  Result<uint64_t> read_last_account() const;
  Result<> load_counters();
  Result<> refuse_half_repaired() const;

  const StoreConfig config_;
  rt::Pool& reads_;
  Files& files_;
  uint64_t last_account_ = 0;  // the committer thread's once it runs
  std::mutex freezing_;

  // In the order of need: the committer ends first, the lock is given back last.
  std::unique_ptr<FileLock> lock_;
  Watchers watchers_;
  std::unique_ptr<BlobFiles> blob_files_;
  std::unique_ptr<ManifestSeal> seal_;
  std::unique_ptr<Tables> tables_;
  std::unique_ptr<Heads> heads_;
  std::unique_ptr<SpaceGuard> space_;
  std::unique_ptr<Committer> committer_;
};

// A node on an engine.
std::unique_ptr<AccountStore> make_node(std::shared_ptr<Engine> engine);

}  // namespace roost::store
