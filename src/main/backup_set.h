// A directory of backups: each a directory named after its time, with the files of a data directory as they were, and a
// manifest that says what they must be. Files that did not change are links to those of the backup before.
// docs/formats/backup.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/lock_file.h"
#include "base/result.h"
#include "main/manifest.h"

namespace roost::main {

struct Backup {
  std::string path;
  Manifest manifest;
};

// Code::corruption where its manifest is damaged.
Result<Backup> read_backup(const std::string& path);

// Paths of the finished ones below `directory`, oldest first; none where it is not there.
Result<std::vector<std::string>> list_backups(const std::string& directory);

// `directory` if it is a backup, else the newest one below it. One that is damaged is named, and not passed over.
Result<Backup> find_backup(const std::string& directory);

// Deletes all but the newest `keep`.
Result<> delete_old_backups(const std::string& directory, size_t keep);

// How often it was brought back, as far as it could be noted in it; and once more.
uint32_t restores_of(const Backup& backup);
Result<> note_restore(const Backup& backup, int64_t time);

// What was copied, for the one who waits.
struct CopyCount {
  uint64_t files = 0;
  uint64_t copied_files = 0;
  uint64_t copied_bytes = 0;
  std::vector<std::string> damaged;  // what was found to be damaged in the backup before, and copied anew
};
using CopyProgress = std::function<void(const CopyCount&)>;

struct BackupOptions {
  int64_t time = 0;     // seconds since 1970 UTC
  bool verify = false;  // read what is shared with the backup before, too, and copy what is damaged there anew
  CopyProgress progress;
};

// One backup in the making. What is left of one that was interrupted goes with the next.
class BackupWriter {
 public:
  // Holds the directory's lock: Code::in_use where another backup is under way.
  static Result<BackupWriter> begin(const std::string& directory, BackupOptions options);

  // A file, or all files below a directory. Code::nonexistent where one is not there, or not any more.
  Result<> add(const std::string& from, const std::string& as);
  // A file of these octets.
  Result<> add_octets(std::string_view octets, const std::string& as);
  // Durable on return.
  Result<Backup> finish();
  // Deletes what there is of it.
  Result<> discard();
  const CopyCount& count() const { return count_; }

 private:
  explicit BackupWriter(LockFile lock) : lock_(std::move(lock)) {}
  Result<> find_before();
  Result<> add_file(const std::string& from, const std::string& as);
  Result<bool> link_unchanged(const std::string& as, const BackedUpFile& now);
  void copied(uint64_t size);

  LockFile lock_;
  BackupOptions options_;
  std::string directory_;
  std::string path_;  // until it is finished
  std::string final_path_;
  std::optional<Backup> before_;
  Manifest manifest_;
  CopyCount count_;
};

// Files of a backup on their way back.
class BackupReader {
 public:
  // What it writes will belong to whoever `owned_as` does, where this process may give files away.
  BackupReader(const Backup& backup, const std::string& owned_as, CopyProgress progress);

  // Code::corruption names a file that is not what it was; what there is of it is copied all the same. `may_link`: the
  // copy is not to be changed, and a link will do, whose octets are not read.
  Result<> copy(const std::string& path, const std::string& to, bool may_link);

 private:
  Result<> give(const std::string& path) const;

  const Backup& backup_;
  int64_t uid_ = -1;
  int64_t gid_ = -1;
  CopyProgress progress_;
  CopyCount count_;
};

// A small file of the backup. Code::corruption where it is not what it was.
Result<std::string> read_backed_up(const Backup& backup, const std::string& path);

}  // namespace roost::main
