// Preloaded into a server under test: writes what it reads from its clients and writes to them, after TLS, to the file
// that ROOST_TAP names. Nothing stands between client and server, so addresses, TLS, timing and limits stay as they are.
//
// A record: process, descriptor, kind, 3 octets of nothing, length (host order), then the octets. Kinds: A accepted (the
// local port), R read, W written, E the client ended its side or is gone, C closed.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { kDescriptorsMax = 1 << 16, kIdle = 0, kClear = 1, kTls = 2 };

static int tap = -1;
static pid_t process;
static volatile char state[kDescriptorsMax];

__attribute__((constructor)) static void open_tap(void) {
  const char* path = getenv("ROOST_TAP");
  if (path == NULL) return;
  tap = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  process = getpid();
}

static int tapped(int fd) { return fd >= 0 && fd < kDescriptorsMax && state[fd] != kIdle && getpid() == process; }

static void record(int fd, char kind, const void* data, size_t size) {
  struct {
    uint32_t process, descriptor;
    char kind, unused[3];
    uint32_t size;
  } head = {(uint32_t)process, (uint32_t)fd, kind, {0, 0, 0}, (uint32_t)size};
  struct iovec parts[] = {{&head, sizeof head}, {(void*)data, size}};
  if (writev(tap, parts, 2) < 0) _exit(97);
}

static void note_error(int fd) {
  int why = errno;
  if (why != EAGAIN && why != EINTR) record(fd, 'E', NULL, 0);
  errno = why;
}

#define REAL(name)                                            \
  static __typeof__(name)* real;                              \
  if (real == NULL) real = (__typeof__(name)*)dlsym(RTLD_NEXT, #name)

int accept4(int listener, struct sockaddr* address, socklen_t* size, int flags) {
  REAL(accept4);
  int fd = real(listener, address, size, flags);
  struct sockaddr_storage local;
  socklen_t local_size = sizeof local;
  if (fd < 0 || fd >= kDescriptorsMax || tap < 0 || getpid() != process) return fd;
  if (getsockname(fd, (struct sockaddr*)&local, &local_size) != 0) return fd;
  uint16_t port = 0;
  if (local.ss_family == AF_INET) port = ntohs(((struct sockaddr_in*)&local)->sin_port);
  if (local.ss_family == AF_INET6) port = ntohs(((struct sockaddr_in6*)&local)->sin6_port);
  if (port == 0) return fd;
  state[fd] = kClear;
  record(fd, 'A', &port, sizeof port);
  return fd;
}

int close(int fd) {
  REAL(close);
  if (tapped(fd)) {
    struct pollfd gone = {fd, POLLRDHUP, 0};
    if (poll(&gone, 1, 0) > 0) record(fd, 'E', NULL, 0);
    record(fd, 'C', NULL, 0);
    state[fd] = kIdle;
  }
  return real(fd);
}

ssize_t recv(int fd, void* into, size_t size, int flags) {
  REAL(recv);
  ssize_t got = real(fd, into, size, flags);
  if ((flags & MSG_PEEK) != 0 || !tapped(fd) || state[fd] != kClear) return got;
  if (got > 0) record(fd, 'R', into, (size_t)got);
  if (got == 0) record(fd, 'E', NULL, 0);
  if (got < 0) note_error(fd);
  return got;
}

ssize_t send(int fd, const void* data, size_t size, int flags) {
  REAL(send);
  ssize_t sent = real(fd, data, size, flags);
  if (sent > 0 && tapped(fd) && state[fd] == kClear) record(fd, 'W', data, (size_t)sent);
  if (sent < 0 && tapped(fd)) note_error(fd);
  return sent;
}

int SSL_set_fd(SSL* ssl, int fd) {
  REAL(SSL_set_fd);
  if (tapped(fd)) state[fd] = kTls;
  return real(ssl, fd);
}

static void note_end(SSL* ssl, int result) {
  int fd = SSL_get_fd(ssl), why = SSL_get_error(ssl, result);
  if (tapped(fd) && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) record(fd, 'E', NULL, 0);
}

int SSL_read_ex(SSL* ssl, void* into, size_t size, size_t* got) {
  REAL(SSL_read_ex);
  int done = real(ssl, into, size, got);
  int fd = SSL_get_fd(ssl);
  if (done == 1 && tapped(fd)) record(fd, 'R', into, *got);
  if (done != 1) note_end(ssl, done);
  return done;
}

int SSL_write_ex(SSL* ssl, const void* data, size_t size, size_t* sent) {
  REAL(SSL_write_ex);
  int done = real(ssl, data, size, sent);
  int fd = SSL_get_fd(ssl);
  if (done == 1 && tapped(fd)) record(fd, 'W', data, *sent);
  if (done != 1) note_end(ssl, done);
  return done;
}
