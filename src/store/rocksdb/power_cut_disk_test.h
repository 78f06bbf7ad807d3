// A disk whose power can be cut: it knows what was synced, and makes a copy of its directory as a cut might leave it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <shared_mutex>
#include <string>

#include "store/files.h"
#include "store/rocksdb/tables.h"

namespace roost::store {

// Thread-safe. What is there at the start counts as synced. Only what goes through files() and file_system() is known.
class PowerCutDisk {
 public:
  PowerCutDisk(std::string root, uint64_t seed);
  ~PowerCutDisk();

  Files& files() { return *files_; }
  std::shared_ptr<rocksdb::FileSystem> file_system() { return file_system_; }

  // Copies the directory to `target` as it could look after the power went now: names whose directory was not synced
  // may be missing, or stand for what they stood for before; deleted ones may be back; what was written since the last
  // sync of its file is there, missing, cut off, zeros, or garbage in some of its pages. The disk works on meanwhile.
  void cut(const std::string& target);

  // For the layers above the real file system. Paths in any spelling.
  void created(const std::string& path);
  void synced(const std::string& path, uint64_t size);
  void renamed(const std::string& from, const std::string& to);
  void linked(const std::string& to);
  void about_to_lose(const std::string& path);  // it will be removed or replaced: keeps a copy
  uint64_t changes();                           // before a directory's sync: it covers no later ones
  void directory_synced(const std::string& path, uint64_t changes);
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
  bool coin() { return random_() % 2 == 0; }

  const std::string root_;
  const std::string graveyard_;
  std::shared_mutex changing_;
  std::mutex mutex_;  // guards all below
  std::map<std::string, State> files_known_;
  std::map<std::string, Grave> lost_;  // path → a copy of what it stood for
  uint64_t changes_ = 0;
  std::mt19937_64 random_;

  std::unique_ptr<Files> files_;
  std::shared_ptr<rocksdb::FileSystem> file_system_;
};

}  // namespace roost::store
