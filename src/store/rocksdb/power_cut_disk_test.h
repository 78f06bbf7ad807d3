// A disk whose power can be cut: it knows what was synced, and makes a copy of its directory as a cut might leave it.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <string>

#include "store/files.h"
#include "store/rocksdb/tables.h"

namespace roost::store {

// Thread-safe. What is there at the start counts as synced. Only what goes through files() and file_system() is known.
// Nothing is really synced, which is what makes hundreds of cuts quick.
class PowerCutDisk {
 public:
  PowerCutDisk(std::string root, uint64_t seed);
  ~PowerCutDisk();
  PowerCutDisk(const PowerCutDisk&) = delete;
  PowerCutDisk& operator=(const PowerCutDisk&) = delete;

  // Calls `then` once, before the `step`th change or sync from the beginning is made (1 is the first), on the thread
  // that makes it. Set before anything uses the disk.
  void at_step(uint64_t step, std::function<void()> then);
  // Whether at_step()'s moment has come.
  bool stepped() const { return stepped_; }

  // The next sync fails with an I/O error, or all do.
  enum class SyncFaults : uint8_t { none, one, all };

  Files& files() { return *files_; }
  std::shared_ptr<rocksdb::FileSystem> file_system() { return file_system_; }

  // Copies the directory to `target` as it could look after the power went now: names whose directory was not synced
  // may be missing, or stand for what they stood for before; deleted ones may be back; what was written since the last
  // sync of its file is there, missing, cut off, zeros, or garbage in some of its pages. The disk works on after it,
  // with `faults`.
  void cut(const std::string& target, SyncFaults faults = SyncFaults::none);

  // For the layers above the real file system. Paths in any spelling.
  void step();
  void created(const std::string& path);
  bool sync(const std::string& path, uint64_t size);  // false where it failed
  void renamed(const std::string& from, const std::string& to);
  void linked(const std::string& to);
  void about_to_lose(const std::string& path);  // it will be removed or replaced: keeps a copy
  void directory_removed(const std::string& path);
  uint64_t changes();  // before a directory's sync: it covers no later ones
  bool sync_directory(const std::string& path, uint64_t changes);
  std::shared_mutex& changing() { return changing_; }  // held while a change is made: never half of one is copied

 private:
  struct State {
    uint64_t synced = 0;
    bool named = false;   // its name is on the disk
    uint64_t change = 0;  // which gave it its name
  };
  struct Grave {
    std::string path;
    uint64_t change = 0;
  };
  void copy_file(const std::string& from, const std::string& to, uint64_t synced);
  void copy_tree(const std::string& from, const std::string& to);
  void copy_lost(const std::string& from, const std::string& to);
  bool take_sync_fault();
  bool coin() { return random_() % 2 == 0; }

  const std::string root_;
  const std::string graveyard_;
  std::shared_mutex changing_;
  std::mutex mutex_;  // guards all below
  std::map<std::string, State> files_known_;
  std::map<std::string, Grave> lost_;                 // path → a copy of what it stood for
  std::map<std::string, uint64_t> lost_directories_;  // path → the change
  uint64_t changes_ = 0;
  SyncFaults sync_faults_ = SyncFaults::none;
  std::mt19937_64 random_;

  std::atomic<uint64_t> steps_ = 0;
  uint64_t moment_ = 0;
  std::function<void()> then_;
  std::atomic<bool> stepped_ = false;

  std::unique_ptr<Files> files_;
  std::shared_ptr<rocksdb::FileSystem> file_system_;
};

}  // namespace roost::store
