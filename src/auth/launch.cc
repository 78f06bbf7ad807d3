#include <spawn.h>
#include <unistd.h>

#include <csignal>
#include <system_error>

#include "auth/link.h"
#include "auth/server.h"

extern char** environ;  // NOLINT: POSIX names it so

namespace roost::auth {

Result<pid_t> launch_self(Socket end) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, end.fd(), kChildSocketFd);
  posix_spawnattr_t attributes;  // signals that the server blocks, to wait for them, are not blocked in the child
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  char name[] = "roost";
  char verb[] = "auth";
  char* arguments[] = {name, verb, nullptr};
  pid_t child = -1;
  int error = ::posix_spawn(&child, "/proc/self/exe", &actions, &attributes, arguments, environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fault("starting the auth child: " + std::generic_category().message(error), Code::unavailable);
  return child;
}

}  // namespace roost::auth
