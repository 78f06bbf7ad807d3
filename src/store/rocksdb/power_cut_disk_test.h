// A disk whose power can be cut: it knows what was synced, and makes a copy of its directory as a cut might leave it.
// What is above it tells it of every change: the store's own files and RocksDB's in one process
// (power_cut_layers_test.h), or a mount that any program can use (tests/crash/power_cut_mount.cc).
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <shared_mutex>
#include <string>

#include "base/bytes.h"

namespace roost::store {

// Thread-safe. What is there at the start counts as synced. Only what it is told of is known. Nothing is really synced,
// which is what makes hundreds of cuts quick.
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

  // Copies the directory to `target` as it could look after the power went now: names whose directory was not synced
  // may be missing, or stand for what they stood for before; deleted ones may be back; what was written since the last
  // sync of its file is there, missing, cut off, zeros, or garbage in some of its pages; what was written over has old
  // pages and new ones. The disk works on after it, with `faults`.
  void cut(const std::string& target, SyncFaults faults = SyncFaults::none);

  // For the layers above, before and after a change of the real file system. Paths in any spelling; a file by itself,
  // whatever its names, is known by its inode.
  void step();
  std::shared_mutex& changing() { return changing_; }  // held while a change is made: never half of one is copied
  void created(const std::string& path);
  void about_to_write(const std::string& path, uint64_t offset);  // also to be cut off there
  void renamed(const std::string& from, const std::string& to);
  void linked(const std::string& to);
  void about_to_lose(const std::string& path);  // it will be removed or replaced: keeps a copy
  void directory_removed(const std::string& path);

  // Syncs, which change nothing but what is known; false where they failed. `size` is the file's from before it.
  bool sync(const std::string& path, uint64_t size);
  uint64_t changes();  // before a directory's sync: it covers no later ones
  bool sync_directory(const std::string& path, uint64_t changes);

 private:
  struct Name {
    bool on_disk = false;
    uint64_t change = 0;  // which gave it
  };
  struct Content {
    uint64_t synced = 0;  // so many octets from its beginning are on the disk
    Bytes before;         // what was there when it was last synced, where that was written over
  };
  struct Grave {
    std::string path;
    uint64_t change = 0;
  };
  bool take_name(const std::string& path);  // whether it was on the disk
  void copy_file(const std::string& from, const std::string& to);
  void copy_tree(const std::string& from, const std::string& to);
  void copy_lost(const std::string& from, const std::string& to);
  bool take_sync_fault();
  bool coin() { return random_() % 2 == 0; }

  const std::string root_;
  const std::string graveyard_;
  std::shared_mutex changing_;
  std::mutex mutex_;                                  // guards all below
  std::map<std::string, Name> names_;                 // that changed since the start
  std::map<uint64_t, Content> contents_;              // by inode
  std::map<std::string, Grave> lost_;                 // path → a second name for what it stood for
  std::map<std::string, uint64_t> lost_directories_;  // path → the change
  uint64_t changes_ = 0;
  SyncFaults sync_faults_ = SyncFaults::none;
  std::mt19937_64 random_;

  std::atomic<uint64_t> steps_ = 0;
  uint64_t moment_ = 0;
  std::function<void()> then_;
  std::atomic<bool> stepped_ = false;
};

}  // namespace roost::store
