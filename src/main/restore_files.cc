#include "main/restore_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>

#include "admin/verbs.h"
#include "main/command_parts.h"
#include "main/data_directory.h"

namespace roost::main {
namespace {

namespace fs = std::filesystem;

Result<> make_directory_of(const std::string& file, const std::string& owned_as) {
  std::error_code error;
  std::vector<fs::path> missing;
  for (fs::path at = fs::path(file).parent_path(); !fs::exists(at); at = at.parent_path()) missing.push_back(at);
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    fs::create_directory(*at, error);
    if (!error) fs::permissions(*at, fs::perms::owner_all, error);
    if (error) return no(Code::unavailable, at->string() + ": " + error.message());
    ROOST_TRY_VOID(give_like(owned_as, at->string()));
  }
  return {};
}

bool on_one_file_system(const std::string& a, const std::string& b) {
  struct stat of_a{};
  struct stat of_b{};
  return ::stat(a.c_str(), &of_a) == 0 && ::stat(b.c_str(), &of_b) == 0 && of_a.st_dev == of_b.st_dev;
}

Result<> check_room(const Backup& backup, const RestoreFiles& files) {
  bool links = on_one_file_system(backup.path, files.owned_as);
  uint64_t needed = files.leave_bytes_free;
  for (const auto& [path, file] : backup.manifest.files) {
    Takes takes = path.starts_with(files.from) ? files.takes(path) : Takes::no;
    if (takes == Takes::copy || (takes == Takes::link && !links)) needed += file.size;
  }
  std::error_code error;
  fs::path where = files.owned_as;
  fs::space_info space = fs::space(where, error);
  if (error || space.available >= needed) return {};
  return no(Code::unavailable,
            fmt::format("{} needs {} MiB of room and has {}", where.string(), needed >> 20, space.available >> 20));
}

}  // namespace

Result<std::vector<std::string>> copy_files(const Backup& backup, const RestoreFiles& files) {
  ROOST_TRY_VOID(check_room(backup, files));
  std::vector<std::string> damaged;
  BackupReader reader(backup, files.owned_as, progress_on_terminal("restore"));
  for (const auto& [path, file] : backup.manifest.files) {
    Takes takes = path.starts_with(files.from) ? files.takes(path) : Takes::no;
    if (takes == Takes::no) continue;
    std::string target = files.to + path.substr(files.from.size());
    ROOST_TRY_VOID(make_directory_of(target, files.owned_as));
    auto copied = reader.copy(path, target, takes == Takes::link);
    if (!copied && copied.error().code != Code::corruption) return Fail(copied.error());
    if (copied) continue;
    (void)say(copied.error());
    damaged.push_back(path);
  }
  return damaged;
}

Result<std::vector<std::string>> copy_all(const Backup& backup, const std::string& from, const std::string& to,
                                          const std::string& owned_as) {
  auto all = [](std::string_view) { return Takes::copy; };
  return copy_files(backup, {.from = from, .to = to, .takes = all, .owned_as = owned_as});
}

}  // namespace roost::main
