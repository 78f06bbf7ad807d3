#include "sandbox/process.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace roost::sandbox {
namespace {

Fail failed(const std::string& what) { return fault(what + ": " + std::strerror(errno), Code::unavailable); }

}  // namespace

Result<> become_user(const std::string& user, Groups groups) {
  if (user.empty()) return {};
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) return no(Code::cannot, "there is no user '" + user + "'");
  uid_t uid = entry->pw_uid;
  gid_t gid = entry->pw_gid;
  if (::geteuid() == uid) return {};
  if (::geteuid() != 0) return no(Code::cannot, "only root can become '" + user + "'");
  int set = groups == Groups::all ? ::initgroups(user.c_str(), gid) : ::setgroups(0, nullptr);
  if (set != 0) return failed("setgroups");
  if (::setresgid(gid, gid, gid) != 0) return failed("setresgid");
  if (::setresuid(uid, uid, uid) != 0) return failed("setresuid");
  return {};
}

Result<> hide_memory() {
  rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) return failed("setrlimit");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no_new_privs");
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return failed("dumpable");
  return {};
}

}  // namespace roost::sandbox
