#include "main/backup_set.h"

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "main/file_copy.h"
#include "main/sha256.h"

namespace roost::main {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifest = "/manifest";
constexpr std::string_view kRestored = "/restored";
constexpr std::string_view kUnfinished = ".unfinished";

Fail failed(const std::string& path, const std::error_code& error) {
  return no(Code::unavailable, path + ": " + error.message());
}

bool is_backup(const std::string& path) {
  std::error_code error;
  return !path.ends_with(kUnfinished) && fs::exists(path + std::string(kManifest), error);
}

Result<> make_directories(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return failed(path, error);
  return {};
}

Result<> rename_tree(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) return failed(to, error);
  return {};
}

std::string name_of(int64_t time) {
  std::time_t seconds = time;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char name[32];
  std::strftime(name, sizeof name, "%Y-%m-%dT%H-%M-%SZ", &parts);
  return name;
}

Result<std::vector<std::string>> entries_of(const std::string& directory) {
  std::vector<std::string> out;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    out.push_back(at->path().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) return failed(directory, error);
  std::ranges::sort(out);
  return out;
}

Result<BackedUpFile> look_at(const std::string& path) {
  std::error_code error;
  BackedUpFile file{.size = fs::file_size(path, error)};
  if (error) return no(Code::nonexistent, path + ": " + error.message());
  auto modified = fs::last_write_time(path, error);
  if (error) return failed(path, error);
  auto since_1970 = std::chrono::file_clock::to_sys(modified).time_since_epoch();
  file.modified_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970).count();
  return file;
}

}  // namespace

Result<Backup> read_backup(const std::string& path) {
  std::string file = path + std::string(kManifest);
  ROOST_TRY(std::string text, read_file(file));
  auto manifest = Manifest::decode(text);
  if (!manifest) return Fail(Error{manifest.error().kind, manifest.error().code, file + ": " + manifest.error().text});
  return Backup{path, *std::move(manifest)};
}

Result<std::vector<std::string>> list_backups(const std::string& directory) {
  ROOST_TRY(auto entries, entries_of(directory));
  std::erase_if(entries, [](const std::string& path) { return !is_backup(path); });
  return entries;
}

Result<Backup> find_backup(const std::string& directory) {
  if (is_backup(directory)) return read_backup(directory);
  ROOST_TRY(auto paths, list_backups(directory));
  if (paths.empty()) return no(Code::nonexistent, "There is no backup in " + directory);
  auto newest = read_backup(paths.back());
  if (newest || paths.size() == 1) return newest;
  return no(newest.error().code, newest.error().text + "; the one before it is " + paths[paths.size() - 2]);
}

Result<> delete_old_backups(const std::string& directory, size_t keep) {
  ROOST_TRY(auto paths, list_backups(directory));
  for (size_t i = 0; i + keep < paths.size(); ++i) {
    std::string doomed = paths[i] + std::string(kUnfinished);  // no backup any more, whatever interrupts the rest
    ROOST_TRY_VOID(rename_tree(paths[i], doomed));
    ROOST_TRY_VOID(remove_tree(doomed));
  }
  return {};
}

uint32_t restores_of(const Backup& backup) {
  auto text = read_file(backup.path + std::string(kRestored));
  return text ? static_cast<uint32_t>(std::ranges::count(*text, '\n')) : 0;
}

Result<> note_restore(const Backup& backup, int64_t time) {
  std::string path = backup.path + std::string(kRestored);
  auto before = read_file(path);
  if (!before && before.error().code != Code::nonexistent) return Fail(before.error());
  std::string fresh = path + ".new";
  ROOST_TRY_VOID(remove_tree(fresh));
  ROOST_TRY_VOID(write_file(before.value_or("") + std::to_string(time) + "\n", fresh));
  ROOST_TRY_VOID(sync_file_system(backup.path));
  ROOST_TRY_VOID(rename_tree(fresh, path));
  return sync_file_system(backup.path);
}

Result<std::string> read_backed_up(const Backup& backup, const std::string& path) {
  auto file = backup.manifest.files.find(path);
  std::string from = backup.path + "/" + path;
  if (file == backup.manifest.files.end()) return no(Code::nonexistent, "The backup has no " + path);
  ROOST_TRY(std::string text, read_file(from));
  if (text.size() == file->second.size && Sha256::of(text) == file->second.sha256) return text;
  return fault(from + " is damaged: it is not what was backed up", Code::corruption);
}

Result<BackupWriter> BackupWriter::begin(const std::string& directory, BackupOptions options) {
  ROOST_TRY_VOID(make_directories(directory));
  auto lock = LockFile::acquire(directory + "/lock");
  if (!lock && lock.error().code == Code::in_use) {
    return no(Code::in_use, "Another backup to " + directory + " is under way");
  }
  if (!lock) return Fail(lock.error());
  BackupWriter writer(*std::move(lock));
  writer.directory_ = directory;
  writer.options_ = std::move(options);
  ROOST_TRY(auto entries, entries_of(directory));
  for (const std::string& path : entries) {
    if (path.ends_with(kUnfinished)) ROOST_TRY_VOID(remove_tree(path));
  }
  ROOST_TRY_VOID(writer.find_before());
  ROOST_TRY_VOID(make_directories(writer.path_));
  return writer;
}

// What is the same as in the newest backup that can be read is shared with it. Each has a name of its own, above those
// before it.
Result<> BackupWriter::find_before() {
  ROOST_TRY(auto paths, list_backups(directory_));
  for (auto at = paths.rbegin(); at != paths.rend() && !before_; ++at) {
    if (auto read = read_backup(*at)) before_ = *std::move(read);
  }
  int64_t time = options_.time;
  if (before_) time = std::max(time, before_->manifest.time + 1);
  while (std::ranges::find(paths, directory_ + "/" + name_of(time)) != paths.end()) ++time;
  final_path_ = directory_ + "/" + name_of(time);
  path_ = final_path_ + std::string(kUnfinished);
  manifest_.time = options_.time;
  return {};
}

Result<> BackupWriter::add(const std::string& from, const std::string& as) {
  std::error_code error;
  fs::file_status status = fs::symlink_status(from, error);
  if (!fs::is_directory(status)) {
    bool other = fs::exists(status) && !fs::is_regular_file(status);
    return other ? Result<>() : add_file(from, as);
  }
  ROOST_TRY(auto entries, entries_of(from));
  for (const std::string& path : entries) ROOST_TRY_VOID(add(path, as + path.substr(from.size())));
  return {};
}

// Whether it is a second name of the file in the backup before now.
Result<bool> BackupWriter::link_unchanged(const std::string& as, const BackedUpFile& now) {
  if (!before_) return false;
  auto found = before_->manifest.files.find(as);
  if (found == before_->manifest.files.end()) return false;
  if (found->second.size != now.size || found->second.modified_ns != now.modified_ns) return false;
  std::string there = before_->path + "/" + as;
  std::error_code error;
  bool whole = fs::file_size(there, error) == now.size && !error;
  if (whole && options_.verify) {
    ROOST_TRY(std::string sha256, hash_file(there));
    whole = sha256 == found->second.sha256;
  }
  if (!whole) {
    count_.damaged.push_back(there);
    return false;
  }
  fs::create_hard_link(there, path_ + "/" + as, error);
  if (error) return false;  // a file system without links, or a file with as many as it can have
  manifest_.files[as] = found->second;
  return true;
}

void BackupWriter::copied(uint64_t size) {
  ++count_.copied_files;
  count_.copied_bytes += size;
}

Result<> BackupWriter::add_file(const std::string& from, const std::string& as) {
  ROOST_TRY(BackedUpFile file, look_at(from));
  ROOST_TRY_VOID(make_directories(fs::path(path_ + "/" + as).parent_path().string()));
  ++count_.files;
  ROOST_TRY(bool linked, link_unchanged(as, file));
  if (!linked) {
    ROOST_TRY(file.sha256, copy_file(from, path_ + "/" + as));
    ROOST_TRY(BackedUpFile copy, look_at(path_ + "/" + as));
    file.size = copy.size;
    copied(file.size);
    manifest_.files[as] = file;
  }
  if (options_.progress) options_.progress(count_);
  return {};
}

Result<> BackupWriter::add_octets(std::string_view octets, const std::string& as) {
  ROOST_TRY_VOID(make_directories(fs::path(path_ + "/" + as).parent_path().string()));
  BackedUpFile file{.size = octets.size()};
  ROOST_TRY(file.sha256, write_file(octets, path_ + "/" + as));
  ++count_.files;
  copied(file.size);
  manifest_.files[as] = file;
  return {};
}

// The manifest comes last, and the name that makes it count after everything is on the disk.
Result<Backup> BackupWriter::finish() {
  ROOST_TRY_VOID(write_file(manifest_.encode(), path_ + std::string(kManifest)));
  ROOST_TRY_VOID(sync_file_system(path_));
  ROOST_TRY_VOID(rename_tree(path_, final_path_));
  ROOST_TRY_VOID(sync_file_system(directory_));
  return Backup{final_path_, std::move(manifest_)};
}

Result<> BackupWriter::discard() { return remove_tree(path_); }

}  // namespace roost::main
