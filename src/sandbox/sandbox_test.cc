#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "sandbox/files.h"
#include "sandbox/process.h"
#include "sandbox/system_calls.h"

namespace roost::sandbox {
namespace {

// Rights that are given up are gone for good: every test does it in a process of its own. What waitpid() says of it.
int in_a_child(const std::function<int()>& work) {
  pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

bool can_open(const std::string& path, int flags) {
  int fd = ::open(path.c_str(), flags, 0600);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

class Sandbox : public testing::Test {
 protected:
  Sandbox() {
    for (const char* name : {"store", "tls", "auth"}) {
      std::filesystem::create_directories(data_ + name);
      std::ofstream(data_ + name + "/file") << "x";
    }
  }
  ~Sandbox() override { std::filesystem::remove_all(data_); }

  std::string data_ = testing::TempDir() + "roost-sandbox-" + std::to_string(::getpid()) + "/";
};

TEST_F(Sandbox, LeavesTheStoreToWriteTheCertificateToReadAndTheVerifiersAlone) {
  int status = in_a_child([this] {
    if (!restrict_files({data_ + "store"}, {data_ + "tls"})) return 77;
    bool as_meant = can_open(data_ + "store/file", O_RDWR) && can_open(data_ + "store/new", O_RDWR | O_CREAT) &&
                    can_open(data_ + "tls/file", O_RDONLY) && !can_open(data_ + "tls/file", O_RDWR) &&
                    !can_open(data_ + "auth/file", O_RDONLY) && !can_open(data_ + "auth/new", O_RDWR | O_CREAT) &&
                    !can_open("/etc/passwd", O_RDONLY) && ::unlink((data_ + "auth/file").c_str()) != 0;
    bool threads_too = false;
    std::thread([&] { threads_too = !can_open(data_ + "auth/file", O_RDONLY); }).join();
    return as_meant && threads_too ? 0 : 1;
  });
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_EQ(status, 0);
}

TEST_F(Sandbox, RefusesToStartAProgram) {
  EXPECT_EQ(in_a_child([] {
              if (!forbid_dangerous_calls()) return 1;
              char program[] = "/bin/true";
              char* arguments[] = {program, nullptr};
              ::execv(program, arguments);
              return errno == EPERM ? 0 : 2;
            }),
            0);
}

TEST_F(Sandbox, KillsAProcessThatTraces) {
  int status = in_a_child([] {
    if (!forbid_dangerous_calls()) return 1;
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    return 2;
  });
  EXPECT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(WTERMSIG(status), SIGSYS);
}

TEST_F(Sandbox, HoldsThreadsThatRunAlreadyAsFarAsSystemCallsGo) {
  int status = in_a_child([] {
    int started[2];
    if (::pipe(started) != 0) return 1;
    std::thread other([&started] {
      char go = 0;
      if (::read(started[0], &go, 1) == 1) ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    });
    if (!forbid_dangerous_calls()) return 2;
    if (::write(started[1], "x", 1) != 1) return 3;
    other.join();
    return 4;
  });
  EXPECT_TRUE(WIFSIGNALED(status)) << status;
}

TEST_F(Sandbox, LeavesFilesAndThreadsButNoProcessesAndNoConnections) {
  int status = in_a_child([this] {
    if (!allow_files_and_threads_only()) return 1;
    if (!can_open(data_ + "auth/new", O_RDWR | O_CREAT)) return 2;
    bool ran = false;
    std::thread([&ran] { ran = true; }).join();
    if (!ran) return 3;
    if (::fork() >= 0 || errno != EPERM) return 4;
    if (::socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM) return 5;
    if (::kill(::getppid(), 0) == 0 || errno != EPERM) return 6;
    char program[] = "/bin/true";
    char* arguments[] = {program, nullptr};
    ::execv(program, arguments);
    return errno == EPERM ? 0 : 7;
  });
  EXPECT_EQ(status, 0) << WEXITSTATUS(status);
}

TEST_F(Sandbox, WantsToBeFirst) {
  EXPECT_EQ(in_a_child([] { return require_single_thread() ? 0 : 1; }), 0);
  int status = in_a_child([] {
    int never[2];
    if (::pipe(never) != 0) return 1;
    std::thread([&never] {
      char c = 0;
      (void)!::read(never[0], &c, 1);
    }).detach();
    return require_single_thread() ? 2 : 0;
  });
  EXPECT_EQ(status, 0);
}

TEST(Privileges, AreOnlyDroppedToAUserThatExists) {
  EXPECT_TRUE(become_user("", Groups::all));
  auto dropped = become_user("no-such-user-here", Groups::all);
  ASSERT_FALSE(dropped);
  EXPECT_EQ(dropped.error().text, "there is no user 'no-such-user-here'");
}

}  // namespace
}  // namespace roost::sandbox
