#include "main/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

namespace roost::main {
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
              if (!restrict_system_calls()) return 1;
              char program[] = "/bin/true";
              char* arguments[] = {program, nullptr};
              ::execv(program, arguments);
              return errno == EPERM ? 0 : 2;
            }),
            0);
}

TEST_F(Sandbox, KillsAProcessThatTraces) {
  int status = in_a_child([] {
    if (!restrict_system_calls()) return 1;
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
    if (!restrict_system_calls()) return 2;
    if (::write(started[1], "x", 1) != 1) return 3;
    other.join();
    return 4;
  });
  EXPECT_TRUE(WIFSIGNALED(status)) << status;
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
  EXPECT_TRUE(drop_privileges(""));
  auto dropped = drop_privileges("no-such-user-here");
  ASSERT_FALSE(dropped);
  EXPECT_EQ(dropped.error().text, "server.user: there is no user 'no-such-user-here'");
}

}  // namespace
}  // namespace roost::main
