#include "main/sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>

namespace roost::main {
namespace {

constexpr uint64_t kReadFiles = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr uint64_t kWriteFiles = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                                 LANDLOCK_ACCESS_FS_MAKE_SYM;
constexpr uint64_t kEverything = kReadFiles | kWriteFiles | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK;
constexpr uint64_t kOfFilesOnly =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE;

// From ABI 2 on, a file may move between directories only where the ruleset handles and grants it.
constexpr uint64_t kRefer = 1ULL << 13;

void allow_below(int ruleset, const std::string& path, uint64_t access) {
  int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  struct stat about{};
  bool directory = ::fstat(fd, &about) == 0 && S_ISDIR(about.st_mode);
  landlock_path_beneath_attr rule{};
  rule.allowed_access = directory ? access : access & kOfFilesOnly;
  rule.parent_fd = fd;
  ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  ::close(fd);
}

Fail failed(const std::string& what) { return fault(what + ": " + std::strerror(errno)); }

}  // namespace

Result<> drop_privileges(const std::string& user) {
  if (user.empty()) return {};
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) return no(Code::none, "server.user: there is no user '" + user + "'");
  if (::geteuid() == entry->pw_uid) return {};
  if (::geteuid() != 0) return no(Code::none, "server.user: only root can become '" + user + "'");
  if (::initgroups(user.c_str(), entry->pw_gid) != 0) return failed("initgroups");
  if (::setgid(entry->pw_gid) != 0) return failed("setgid");
  if (::setuid(entry->pw_uid) != 0) return failed("setuid");
  return {};
}

Result<> require_single_thread() {
  std::error_code error;
  auto tasks = std::filesystem::directory_iterator("/proc/self/task", error);
  if (error) return {};  // no /proc: nothing to be seen, and nothing to be afraid of
  if (std::distance(begin(tasks), end(tasks)) == 1) return {};
  return fault("there are threads already, which the sandbox would not hold");
}

bool restrict_files(const std::vector<std::string>& writable, const std::vector<std::string>& readable) {
  long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return false;
  uint64_t refer = abi >= 2 ? kRefer : 0;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = kEverything | refer;
  int ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (ruleset < 0) return false;
  for (const std::string& path : writable) allow_below(ruleset, path, kReadFiles | kWriteFiles | refer);
  for (const std::string& path : readable) allow_below(ruleset, path, kReadFiles);
  bool restricted =
      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  ::close(ruleset);
  return restricted;
}

Result<> restrict_system_calls() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (filter == nullptr) return fault("seccomp: out of memory");
  static constexpr int kNever[] = {SCMP_SYS(ptrace),
                                   SCMP_SYS(process_vm_readv),
                                   SCMP_SYS(process_vm_writev),
                                   SCMP_SYS(mount),
                                   SCMP_SYS(umount2),
                                   SCMP_SYS(pivot_root),
                                   SCMP_SYS(chroot),
                                   SCMP_SYS(setns),
                                   SCMP_SYS(unshare),
                                   SCMP_SYS(init_module),
                                   SCMP_SYS(finit_module),
                                   SCMP_SYS(delete_module),
                                   SCMP_SYS(kexec_load),
                                   SCMP_SYS(kexec_file_load),
                                   SCMP_SYS(bpf),
                                   SCMP_SYS(perf_event_open),
                                   SCMP_SYS(userfaultfd),
                                   SCMP_SYS(keyctl),
                                   SCMP_SYS(add_key),
                                   SCMP_SYS(request_key),
                                   SCMP_SYS(swapon),
                                   SCMP_SYS(swapoff),
                                   SCMP_SYS(reboot),
                                   SCMP_SYS(settimeofday),
                                   SCMP_SYS(clock_settime),
                                   SCMP_SYS(sethostname),
                                   SCMP_SYS(setdomainname),
                                   SCMP_SYS(iopl),
                                   SCMP_SYS(ioperm),
                                   SCMP_SYS(acct),
                                   SCMP_SYS(quotactl),
                                   SCMP_SYS(personality),
                                   SCMP_SYS(io_uring_setup),
                                   SCMP_SYS(io_uring_enter),
                                   SCMP_SYS(io_uring_register),
                                   SCMP_SYS(kcmp),
                                   SCMP_SYS(pidfd_getfd),
                                   SCMP_SYS(name_to_handle_at),
                                   SCMP_SYS(open_by_handle_at)};
  bool built = true;
  for (int call : kNever) built &= seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0) == 0;
  // Refused, not deadly: where the auth child has gone for good, starting it again is tried, and the log says why not.
  for (int call : {SCMP_SYS(execve), SCMP_SYS(execveat)}) {
    built &= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0) == 0;
  }
  built &= seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0;
  int loaded = built ? seccomp_load(filter) : -EINVAL;
  seccomp_release(filter);
  if (loaded != 0) return fault(std::string("seccomp: ") + std::strerror(-loaded));
  return {};
}

}  // namespace roost::main
