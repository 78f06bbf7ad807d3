// A disk for tests: what was not synced may be lost or torn when the power is cut, which can happen at any step.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "auth/files.h"

namespace roost::auth::testing {

class CrashDisk : public Files {
 public:
  // The `step`-th operation from now that changes something, and all after it, fail: the power is gone.
  void cut_power_at(int step) { steps_left_ = step; }
  bool power_was_cut() const { return steps_left_ == 0; }

  // The machine starts again. A rename that was not synced may have reached the disk or not; a file's octets that were
  // not synced are garbage.
  void restart(bool renames_survive) {
    names_ = renames_survive ? names_ : synced_names_;
    synced_names_ = names_;
    for (auto& [number, file] : inodes_) file.data = file.synced.value_or("\0\0garbage");
    steps_left_ = -1;
  }

  Result<> make_directory(const std::string&) override { return {}; }

  Result<std::optional<Bytes>> read(const std::string& path) override {
    auto it = names_.find(path);
    if (it == names_.end()) return std::nullopt;
    return inodes_.at(it->second).data;
  }

  Result<> write(const std::string& path, BytesView data) override {
    if (!step()) return gone();
    names_[path] = next_inode_;
    inodes_[next_inode_++].data = data;
    return {};
  }

  Result<> sync(const std::string& path) override {
    if (!step()) return gone();
    if (auto it = names_.find(path); it != names_.end()) {
      File& file = inodes_.at(it->second);
      file.synced = file.data;
    } else {
      synced_names_ = names_;  // a directory
    }
    return {};
  }

  Result<> rename(const std::string& from, const std::string& to) override {
    if (!step()) return gone();
    names_[to] = names_.at(from);
    names_.erase(from);
    return {};
  }

 private:
  struct File {
    Bytes data;
    std::optional<Bytes> synced;
  };

  bool step() {
    if (steps_left_ > 0) --steps_left_;
    return steps_left_ != 0;
  }
  static Fail gone() { return fault("no power", Code::unavailable); }

  std::map<std::string, int> names_;
  std::map<std::string, int> synced_names_;
  std::map<int, File> inodes_;
  int next_inode_ = 0;
  int steps_left_ = -1;
};

}  // namespace roost::auth::testing
