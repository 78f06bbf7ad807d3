#include "auth/privileges.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace roost::auth {
namespace {

Fail system_fault(std::string_view what) {
  return fault(std::string(what) + ": " + std::generic_category().message(errno), Code::unavailable);
}

struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
};

Result<Identity> find_identity(const std::string& user) {
  std::vector<char> buffer(16 * 1024);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return no(Code::cannot, "There is no system user " + user + ".");
  }
  return Identity{entry.pw_uid, entry.pw_gid};
}

// The directory and the plain files in it. Only the first start, made as root, finds anything to do.
Result<> give_directory(const std::string& directory, Identity to) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return system_fault("mkdir " + directory);
  // Whoever owns the directory above may have put a link there, which root must not follow.
  int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return system_fault("open " + directory);
  bool given = ::fchown(fd, to.uid, to.gid) == 0;
  for (const char* name : {"users", "users.new", "secret", "secret.new", "lock"}) {
    if (given) given = ::fchownat(fd, name, to.uid, to.gid, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT;
  }
  int error = errno;
  ::close(fd);
  errno = error;
  if (!given) return system_fault("chown " + directory);
  return {};
}

}  // namespace

Result<> become_user(const std::string& user, const std::string& directory) {
  if (user.empty()) return {};
  ROOST_TRY(Identity identity, find_identity(user));
  if (::geteuid() == identity.uid) return {};
  if (!directory.empty()) ROOST_TRY_VOID(give_directory(directory, identity));
  if (::setgroups(0, nullptr) != 0) return system_fault("setgroups");
  if (::setresgid(identity.gid, identity.gid, identity.gid) != 0) return system_fault("setresgid");
  if (::setresuid(identity.uid, identity.uid, identity.uid) != 0) return system_fault("setresuid");
  return {};
}

Result<> harden_process() {
  rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) return system_fault("setrlimit");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return system_fault("no_new_privs");
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return system_fault("dumpable");
  return {};
}

}  // namespace roost::auth
