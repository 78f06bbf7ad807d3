#include "main/data_directory.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace roost::main {
namespace {

constexpr mode_t kOwnerOnly = 0700;

Fail failed(const std::string& path) { return fault(path + ": " + std::strerror(errno)); }

Result<const passwd*> find_owner(const std::string& owner) {
  const passwd* entry = ::getpwnam(owner.c_str());
  if (entry == nullptr) return no(Code::none, "server.user: there is no user '" + owner + "'");
  return entry;
}

Result<> give_one(const std::filesystem::path& path, const passwd& owner) {
  if (::lchown(path.c_str(), owner.pw_uid, owner.pw_gid) != 0 && errno != ENOENT) return failed(path);
  return {};
}

Result<> sync_directory(const std::filesystem::path& path) {
  int fd = ::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed(path);
  bool synced = ::fsync(fd) == 0;
  ::close(fd);
  if (!synced) return failed(path);
  return {};
}

}  // namespace

Result<> make_durably(const std::filesystem::path& directory, mode_t mode) {
  std::filesystem::path parent = directory.parent_path();
  std::error_code error;
  if (!parent.empty() && !std::filesystem::exists(parent, error)) ROOST_TRY_VOID(make_durably(parent, 0755));
  if (::mkdir(directory.c_str(), mode) != 0 && errno != EEXIST) return failed(directory);
  return sync_directory(parent);
}

Result<> give_like(const std::string& like, const std::string& path) {
  struct stat about{};
  if (::geteuid() != 0) return {};
  if (::stat(like.c_str(), &about) != 0) return failed(like);
  if (::lchown(path.c_str(), about.st_uid, about.st_gid) != 0) return failed(path);
  return {};
}

Result<> prepare_data_directory(const std::string& directory, const std::string& owner) {
  struct stat about{};
  bool made = ::stat(directory.c_str(), &about) != 0;
  if (made && errno != ENOENT) return failed(directory);
  if (made) ROOST_TRY_VOID(make_durably(directory, kOwnerOnly));
  if (!made && !S_ISDIR(about.st_mode)) return no(Code::none, directory + " is not a directory");
  if (owner.empty() || ::geteuid() != 0) return {};
  ROOST_TRY(const passwd* user, find_owner(owner));
  if (made) return give_one(directory, *user);
  if (about.st_uid != user->pw_uid) {
    return no(Code::none, directory + " does not belong to '" + owner + "' (server.user); chown -R it");
  }
  return {};
}

Result<> give_to(const std::string& owner, const std::vector<std::string>& paths) {
  if (owner.empty() || ::geteuid() != 0) return {};
  ROOST_TRY(const passwd* user, find_owner(owner));
  for (const std::string& path : paths) ROOST_TRY_VOID(give_one(path, *user));
  return {};
}

Result<ActingAs> ActingAs::begin(const std::string& owner) {
  if (owner.empty() || ::geteuid() != 0) return ActingAs(false);
  ROOST_TRY(const passwd* user, find_owner(owner));
  ActingAs acting(true);
  if (::setegid(user->pw_gid) != 0 || ::seteuid(user->pw_uid) != 0) return failed("becoming " + owner);
  return acting;
}

ActingAs::~ActingAs() {
  if (!active_) return;
  if (::seteuid(0) != 0 || ::setegid(0) != 0) std::abort();  // half a change of user is no state to go on from
}

}  // namespace roost::main
