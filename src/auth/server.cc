#include "auth/server.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "auth/confine.h"
#include "auth/protocol.h"
#include "auth/socket.h"
#include "auth/worker.h"
#include "base/clock.h"

namespace roost::auth {
namespace {

constexpr Millis kPauseMin{100};
constexpr Millis kPauseMax{10'000};
constexpr Seconds kHealthyAfter{60};  // a worker that lived so long starts the pauses anew

Result<Config> receive_configuration(int fd) {
  Bytes buffer;
  size_t size = 0;
  if (receive_message(fd, buffer, size, true) != Received::message) return closed();
  ROOST_TRY(auto request, protocol::decode_request(BytesView(buffer).substr(0, size)));
  auto* configure = std::get_if<protocol::Configure>(&request.body);
  if (configure == nullptr) return bad("The first message must be the configuration.");
  return std::move(configure->config);
}

// The child that this gives back has ended.
int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// False if the server has gone away meanwhile.
bool pause(int fd, Millis duration) {
  pollfd socket{fd, 0, 0};  // POLLHUP and POLLERR come unasked
  return ::poll(&socket, 1, static_cast<int>(duration.count())) == 0;
}

void report_death(int fd, int code) {
  std::string why = "it ended with " + std::to_string(code) + " and is being started again";
  protocol::Reply reply{{}, no(Code::unavailable, std::move(why))};
  send_message(fd, protocol::encode(0, reply).view(), false);
}

}  // namespace

int run_auth_child(int fd) {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGCHLD, SIG_DFL);
  ::prctl(PR_SET_NAME, "roost-auth");  // it was started as /proc/self/exe, and would show as "exe"
  if (fd == kChildSocketFd) ::close_range(kChildSocketFd + 1, ~0U, 0);  // whatever else the server left open
  Result<Config> config = receive_configuration(fd);
  if (!config) return 1;
  if (auto confined = confine_watcher(*config); !confined) return say_why_not(fd, confined.error());
  for (Millis wait = kPauseMin;; wait = std::min(wait * 2, kPauseMax)) {
    TimePoint start = system_clock().now();
    pid_t worker = ::fork();
    if (worker == 0) ::_exit(run_auth_worker(fd, *config));
    int code = worker < 0 ? 1 : wait_for(worker);
    if (code == 0) return 0;
    report_death(fd, code);
    if (system_clock().now() - start > kHealthyAfter) wait = kPauseMin;
    if (!pause(fd, wait)) return 0;
  }
}

}  // namespace roost::auth
