// `roost auth`: the child process that holds the user directory.
#pragma once

namespace roost::auth {

inline constexpr int kChildSocketFd = 3;  // where the child finds its end of the socket pair

// The whole life of the child: call _exit() with what it gives back, for it is sandboxed by then. `fd` is its end of a
// socket pair, whose first message configures it. This process only watches: it forks a worker that holds the
// directory, and forks another when that one dies, so that the server needs no rights to start it again. Both end when
// the server's end of the pair is closed. Call it before there are other threads. Ignores SIGINT, SIGTERM and SIGHUP,
// which are the server's.
int run_auth_child(int fd);

}  // namespace roost::auth
