#include "auth/confine.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "auth/files.h"
#include "auth/socket.h"
#include "sandbox/files.h"
#include "sandbox/process.h"
#include "sandbox/system_calls.h"

namespace roost::auth {
namespace {

Fail failed(const std::string& what, const std::string& path) {
  return fault(what + " " + path + ": " + std::strerror(errno), Code::unavailable);
}

// The directory and the plain files in it. Only the first start with this user finds anything to do.
Result<> give_directory(int directory, const std::string& path, const passwd& to) {
  bool given = ::fchown(directory, to.pw_uid, to.pw_gid) == 0;
  for (const char* name : {"users", "users.new", "secret", "secret.new", "lock"}) {
    if (given) given = ::fchownat(directory, name, to.pw_uid, to.pw_gid, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT;
  }
  if (!given) return failed("chown", path);
  return {};
}

Result<> enter_directory(Config& config) {
  const passwd* user = ::getpwnam(config.user.c_str());
  if (user == nullptr) return {};  // becoming that user says so
  ROOST_TRY_VOID(system_files().make_directory(config.directory));
  // Whoever owns the directory above may have put a link there, which root must not follow.
  Socket directory(::open(config.directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return failed("open", config.directory);
  ROOST_TRY_VOID(give_directory(directory.fd(), config.directory, *user));
  if (::fchdir(directory.fd()) != 0) return failed("chdir", config.directory);
  config.directory = ".";
  return {};
}

// Beside the path that was named, and beside what it points to: a file that is replaced can be read again.
void add_directories(const std::string& file, std::vector<std::string>& readable) {
  if (file.empty()) return;
  std::error_code error;
  readable.push_back(std::filesystem::path(file).parent_path());
  std::filesystem::path target = std::filesystem::canonical(file, error);
  if (!error) readable.push_back(target.parent_path());
}

// Besides its own directory, the child reads only what it needs to check tokens.
std::vector<std::string> readable_for(const OauthConfig& oauth) {
  std::vector<std::string> out;
  add_directories(oauth.keys_file, out);
  add_directories(oauth.introspection_secret_file, out);
  add_directories(oauth.introspection_authorities_file, out);
  if (oauth.introspection_url.empty()) return out;
  // Names are looked up with what these hold, libraries among it, and certificates are checked.
  for (const char* path : {"/etc", "/usr", "/lib", "/lib64", "/run/systemd/resolve", "/run/resolvconf"}) {
    out.emplace_back(path);
  }
  return out;
}

}  // namespace

Result<> confine_watcher(Config& config) {
  bool stored = !config.directory.empty();
  if (stored && !config.user.empty() && ::geteuid() == 0) ROOST_TRY_VOID(enter_directory(config));
  ROOST_TRY_VOID(sandbox::become_user(config.user, sandbox::Groups::primary));
  ROOST_TRY_VOID(sandbox::hide_memory());
  if (!config.sandbox) return {};
  if (stored) ROOST_TRY_VOID(system_files().make_directory(config.directory));
  ::OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr);  // as long as its configuration can be read
  ROOST_TRY_VOID(sandbox::require_single_thread());
  std::vector<std::string> writable;
  if (stored) writable.push_back(config.directory);
  sandbox::restrict_files(writable, readable_for(config.oauth));
  return sandbox::forbid_dangerous_calls();
}

Result<> confine_worker(const Config& config) {
  if (!config.sandbox) return {};
  if (!config.oauth.introspection_url.empty()) return sandbox::allow_connections_too();
  return sandbox::allow_files_and_threads_only();
}

}  // namespace roost::auth
