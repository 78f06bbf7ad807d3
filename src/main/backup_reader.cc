// Files of a backup on their way back.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "main/backup_set.h"
#include "main/file_copy.h"

namespace roost::main {
namespace {

Fail failed(const std::string& path) { return no(Code::unavailable, path + ": " + std::strerror(errno)); }

}  // namespace

BackupReader::BackupReader(const Backup& backup, const std::string& owned_as, CopyProgress progress)
    : backup_(backup), progress_(std::move(progress)) {
  struct stat about{};
  if (::stat(owned_as.c_str(), &about) != 0) return;
  uid_ = about.st_uid;
  gid_ = about.st_gid;
}

Result<> BackupReader::give(const std::string& path) const {
  if (::geteuid() != 0) return {};
  if (::lchown(path.c_str(), static_cast<uid_t>(uid_), static_cast<gid_t>(gid_)) != 0) return failed(path);
  return {};
}

Result<> BackupReader::copy(const std::string& path, const std::string& to, bool may_link) {
  auto file = backup_.manifest.files.find(path);
  if (file == backup_.manifest.files.end()) return no(Code::nonexistent, "The backup has no " + path);
  std::string from = backup_.path + "/" + path;
  struct stat about{};
  if (::lstat(from.c_str(), &about) != 0) {
    return fault(from + " is damaged: " + std::strerror(errno), Code::corruption);
  }
  ++count_.files;
  bool same_owner = about.st_uid == static_cast<uid_t>(uid_);
  bool whole = static_cast<uint64_t>(about.st_size) == file->second.size;
  if (!whole || !may_link || !same_owner || ::link(from.c_str(), to.c_str()) != 0) {
    ROOST_TRY(std::string sha256, copy_file(from, to));
    ROOST_TRY_VOID(give(to));
    whole = whole && sha256 == file->second.sha256;
    ++count_.copied_files;
    count_.copied_bytes += file->second.size;
  }
  if (progress_) progress_(count_);
  if (whole) return {};
  return fault(from + " is damaged: it is not what was backed up", Code::corruption);
}

}  // namespace roost::main
