#include "sandbox/system_calls.h"

#include <sched.h>
#include <seccomp.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <string>

namespace roost::sandbox {
namespace {

constexpr int kNever[] = {SCMP_SYS(ptrace),
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

// What glibc's threads and memory, the event loop, the log, and files that are replaced ask for. What only asks, or
// only concerns the process itself, is not worth refusing.
constexpr int kPlain[] = {SCMP_SYS(read),
                          SCMP_SYS(write),
                          SCMP_SYS(readv),
                          SCMP_SYS(writev),
                          SCMP_SYS(pread64),
                          SCMP_SYS(pwrite64),
                          SCMP_SYS(close),
                          SCMP_SYS(lseek),
                          SCMP_SYS(fstat),
                          SCMP_SYS(newfstatat),
                          SCMP_SYS(stat),
                          SCMP_SYS(lstat),
                          SCMP_SYS(statx),
                          SCMP_SYS(open),
                          SCMP_SYS(openat),
                          SCMP_SYS(rename),
                          SCMP_SYS(renameat),
                          SCMP_SYS(renameat2),
                          SCMP_SYS(unlink),
                          SCMP_SYS(unlinkat),
                          SCMP_SYS(mkdir),
                          SCMP_SYS(mkdirat),
                          SCMP_SYS(ftruncate),
                          SCMP_SYS(fsync),
                          SCMP_SYS(fdatasync),
                          SCMP_SYS(flock),
                          SCMP_SYS(fcntl),
                          SCMP_SYS(getdents64),
                          SCMP_SYS(readlink),
                          SCMP_SYS(readlinkat),
                          SCMP_SYS(access),
                          SCMP_SYS(faccessat),
                          SCMP_SYS(faccessat2),
                          SCMP_SYS(getcwd),
                          SCMP_SYS(mmap),
                          SCMP_SYS(munmap),
                          SCMP_SYS(mremap),
                          SCMP_SYS(mprotect),
                          SCMP_SYS(madvise),
                          SCMP_SYS(brk),
                          SCMP_SYS(membarrier),
                          SCMP_SYS(futex),
                          SCMP_SYS(set_robust_list),
                          SCMP_SYS(get_robust_list),
                          SCMP_SYS(rseq),
                          SCMP_SYS(set_tid_address),
                          SCMP_SYS(sched_yield),
                          SCMP_SYS(sched_getaffinity),
                          SCMP_SYS(getcpu),
                          SCMP_SYS(rt_sigaction),
                          SCMP_SYS(rt_sigprocmask),
                          SCMP_SYS(rt_sigreturn),
                          SCMP_SYS(sigaltstack),
                          SCMP_SYS(restart_syscall),
                          SCMP_SYS(clock_gettime),
                          SCMP_SYS(clock_getres),
                          SCMP_SYS(clock_nanosleep),
                          SCMP_SYS(nanosleep),
                          SCMP_SYS(gettimeofday),
                          SCMP_SYS(time),
                          SCMP_SYS(getrandom),
                          SCMP_SYS(poll),
                          SCMP_SYS(ppoll),
                          SCMP_SYS(select),
                          SCMP_SYS(pselect6),
                          SCMP_SYS(epoll_create1),
                          SCMP_SYS(epoll_ctl),
                          SCMP_SYS(epoll_wait),
                          SCMP_SYS(epoll_pwait),
                          SCMP_SYS(epoll_pwait2),
                          SCMP_SYS(eventfd2),
                          SCMP_SYS(timerfd_create),
                          SCMP_SYS(timerfd_settime),
                          SCMP_SYS(timerfd_gettime),
                          SCMP_SYS(pipe2),
                          SCMP_SYS(dup),
                          SCMP_SYS(ioctl),
                          SCMP_SYS(sendto),
                          SCMP_SYS(recvfrom),
                          SCMP_SYS(sendmsg),
                          SCMP_SYS(recvmsg),
                          SCMP_SYS(getsockopt),
                          SCMP_SYS(setsockopt),
                          SCMP_SYS(shutdown),
                          SCMP_SYS(getsockname),
                          SCMP_SYS(getpeername),
                          SCMP_SYS(getpid),
                          SCMP_SYS(gettid),
                          SCMP_SYS(getppid),
                          SCMP_SYS(getuid),
                          SCMP_SYS(geteuid),
                          SCMP_SYS(getgid),
                          SCMP_SYS(getegid),
                          SCMP_SYS(getresuid),
                          SCMP_SYS(getresgid),
                          SCMP_SYS(uname),
                          SCMP_SYS(sysinfo),
                          SCMP_SYS(getrlimit),
                          SCMP_SYS(prlimit64),
                          SCMP_SYS(getrusage),
                          SCMP_SYS(prctl),
                          SCMP_SYS(arch_prctl),
                          SCMP_SYS(tgkill),
                          SCMP_SYS(exit),
                          SCMP_SYS(exit_group)};

// What finding an address and connecting to it asks for.
constexpr int kConnections[] = {SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect),
                                SCMP_SYS(bind),   SCMP_SYS(sendmmsg),   SCMP_SYS(recvmmsg)};

// An allocated filter, or what seccomp says against it.
class Filter {
 public:
  explicit Filter(uint32_t otherwise) : filter_(seccomp_init(otherwise)), built_(filter_ != nullptr) {}
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter() { seccomp_release(filter_); }

  template <class... Arguments>
  void add(uint32_t action, int call, Arguments... where) {
    built_ = built_ && seccomp_rule_add(filter_, action, call, sizeof...(where), where...) == 0;
  }

  Result<> load() {
    built_ = built_ && seccomp_attr_set(filter_, SCMP_FLTATR_CTL_TSYNC, 1) == 0;
    int loaded = built_ ? seccomp_load(filter_) : -EINVAL;
    if (loaded != 0) return fault(std::string("seccomp: ") + std::strerror(-loaded));
    return {};
  }

 private:
  scmp_filter_ctx filter_;
  bool built_;
};

}  // namespace

Result<> forbid_dangerous_calls() {
  Filter filter(SCMP_ACT_ALLOW);
  for (int call : kNever) filter.add(SCMP_ACT_KILL_PROCESS, call);
  // Refused, not deadly: where the auth child has gone for good, starting it again is tried, and the log says why not.
  for (int call : {SCMP_SYS(execve), SCMP_SYS(execveat)}) filter.add(SCMP_ACT_ERRNO(EPERM), call);
  return filter.load();
}

namespace {

Result<> allow_only(std::span<const int> more) {
  Filter filter(SCMP_ACT_ERRNO(EPERM));
  for (int call : more) filter.add(SCMP_ACT_ALLOW, call);
  for (int call : kPlain) filter.add(SCMP_ACT_ALLOW, call);
  // A thread, but no process. What clone3 is asked for lies in memory, which a filter cannot see: glibc takes clone
  // where there is no clone3.
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  filter.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
  return filter.load();
}

}  // namespace

Result<> allow_files_and_threads_only() { return allow_only({}); }

Result<> allow_connections_too() { return allow_only(kConnections); }

}  // namespace roost::sandbox
