// What the machine itself can do, measured as the servers are, so that a figure can be read beside its limit.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "driver.h"

namespace bench {
namespace {

constexpr double kSeconds = 0.5;
constexpr size_t kReadFileBytes = size_t{64} << 20;
constexpr size_t kColdReads = 64;
constexpr size_t kPieceBytes = size_t{256} << 10;
constexpr int kScramIterations = 65'536;  // docs/decisions/0005-scram-iterations.md

// A file that has no name any more, on the disk of `directory`.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& directory) {
    std::string path = directory + "/limit-XXXXXX";
    fd_ = ::mkstemp(path.data());
    expect(fd_ >= 0, "no file can be made in " + directory);
    ::unlink(path.c_str());
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() { ::close(fd_); }

  void write(std::string_view data) const {
    expect(::write(fd_, data.data(), data.size()) == static_cast<ssize_t>(data.size()), "write");
  }
  void sync() const { expect(::fdatasync(fd_) == 0, "fdatasync"); }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// Both ends of a TCP connection on loopback.
class LoopbackPair {
 public:
  LoopbackPair() {
    int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    bool listens =
        ::bind(listener, any, size) == 0 && ::listen(listener, 1) == 0 && ::getsockname(listener, any, &size) == 0;
    expect(listens, "loopback");
    ends_[0] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    expect(::connect(ends_[0], any, size) == 0, "loopback");
    ends_[1] = ::accept(listener, nullptr, nullptr);
    ::close(listener);
    int on = 1;
    for (int end : ends_) ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  LoopbackPair(const LoopbackPair&) = delete;
  LoopbackPair& operator=(const LoopbackPair&) = delete;
  ~LoopbackPair() {
    for (int end : ends_) ::close(end);
  }
  int near_end() const { return ends_[0]; }
  int far_end() const { return ends_[1]; }

 private:
  std::array<int, 2> ends_{};
};

size_t send_for(double seconds, int fd) {
  std::string piece(kPieceBytes, 'x');
  size_t sent = 0;
  for (double begin = now_seconds(); now_seconds() - begin < seconds;) {
    ssize_t n = ::send(fd, piece.data(), piece.size(), MSG_NOSIGNAL);
    expect(n > 0, "send");
    sent += static_cast<size_t>(n);
  }
  ::shutdown(fd, SHUT_WR);
  return sent;
}

size_t receive_all(int fd) {
  std::string piece(kPieceBytes, 'x');
  size_t received = 0;
  for (ssize_t n = 0; (n = ::recv(fd, piece.data(), piece.size(), 0)) > 0;) received += static_cast<size_t>(n);
  return received;
}

void echo(int fd) {
  std::array<char, 64> request{};
  for (ssize_t n = 0; (n = ::recv(fd, request.data(), request.size(), 0)) > 0;) {
    if (::send(fd, request.data(), static_cast<size_t>(n), MSG_NOSIGNAL) != n) return;
  }
}

}  // namespace

void run_limit_sync(const Options& o) {
  ScratchFile file(o.directory);
  std::string batch(o.connections * o.bytes, 'x');
  Latencies latencies;
  Measurement measured(o, "limit-sync");
  for (double begin = now_seconds(); now_seconds() - begin < kSeconds;) {
    double started = now_seconds();
    file.write(batch);
    file.sync();
    latencies.seconds.push_back(now_seconds() - started);
  }
  measured.end(latencies.seconds.size() * o.connections);
  measured.add(latencies);
  measured.print();
}

void run_limit_read(const Options& o) {
  ScratchFile file(o.directory);
  std::string piece(kPieceBytes, 'x');
  for (size_t at = 0; at < kReadFileBytes; at += piece.size()) file.write(piece);
  file.sync();
  ::posix_fadvise(file.fd(), 0, 0, POSIX_FADV_DONTNEED);
  ::lseek(file.fd(), 0, SEEK_SET);
  Measurement measured(o, "limit-read");
  size_t bytes = 0;
  for (ssize_t n = 0; (n = ::read(file.fd(), piece.data(), piece.size())) > 0;) bytes += static_cast<size_t>(n);
  expect(bytes == kReadFileBytes, "read");
  measured.end(bytes / o.bytes);
  measured.add_throughput(bytes / o.bytes, bytes, measured.seconds());
  measured.print();
}

void run_limit_cold_read(const Options& o) {
  ScratchFile file(o.directory);
  std::string piece(kPieceBytes, 'x');
  for (size_t at = 0; at < kReadFileBytes; at += piece.size()) file.write(piece);
  file.sync();
  std::string read(o.bytes, 'x');
  Latencies latencies;
  Measurement measured(o, "limit-cold-read");
  for (size_t at = 0; at + o.bytes <= kReadFileBytes; at += kReadFileBytes / kColdReads) {
    ::posix_fadvise(file.fd(), 0, 0, POSIX_FADV_DONTNEED);  // and what the system has read ahead
    double started = now_seconds();
    expect(::pread(file.fd(), read.data(), o.bytes, static_cast<off_t>(at)) == static_cast<ssize_t>(o.bytes), "read");
    latencies.seconds.push_back(now_seconds() - started);
  }
  measured.end(latencies.seconds.size());
  measured.add(latencies);
  measured.print();
}

void run_limit_socket(const Options& o) {
  LoopbackPair pair;
  size_t received = 0;
  Measurement measured(o, "limit-socket");
  std::thread receiver([&] { received = receive_all(pair.far_end()); });
  size_t sent = send_for(kSeconds, pair.near_end());
  receiver.join();
  expect(received == sent, "octets were lost");
  measured.end(received / o.bytes);
  measured.add_throughput(received / o.bytes, received, measured.seconds());
  measured.print();
}

void run_limit_round_trip(const Options& o) {
  LoopbackPair pair;
  std::thread answering([&] { echo(pair.far_end()); });
  Latencies latencies;
  std::array<char, 16> request{};
  Measurement measured(o, "limit-round-trip");
  for (double begin = now_seconds(); now_seconds() - begin < kSeconds;) {
    double started = now_seconds();
    expect(::send(pair.near_end(), request.data(), request.size(), MSG_NOSIGNAL) > 0, "send");
    expect(::recv(pair.near_end(), request.data(), request.size(), MSG_WAITALL) > 0, "recv");
    latencies.seconds.push_back(now_seconds() - started);
  }
  ::shutdown(pair.near_end(), SHUT_WR);
  answering.join();
  measured.end(latencies.seconds.size());
  measured.add(latencies);
  measured.print();
}

void run_limit_copy(const Options& o) {
  std::string from(o.bytes, 'x');
  std::string to(o.bytes, 'y');
  Latencies latencies;
  Measurement measured(o, "limit-copy");
  for (double begin = now_seconds(); now_seconds() - begin < kSeconds;) {
    double started = now_seconds();
    std::memcpy(to.data(), from.data(), from.size());
    latencies.seconds.push_back(now_seconds() - started);
    from[0] = to[to.size() - 1];  // so that no copy can be left out
  }
  measured.end(latencies.seconds.size());
  measured.add(latencies);
  measured.print();
}

void run_limit_hash(const Options& o) {
  std::array<unsigned char, 32> key{};
  std::string salt(16, 's');
  size_t hashes = 0;
  Measurement measured(o, "limit-hash");
  for (double begin = now_seconds(); now_seconds() - begin < kSeconds; ++hashes) {
    int done = PKCS5_PBKDF2_HMAC(o.password.data(), static_cast<int>(o.password.size()),
                                 reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                                 kScramIterations, EVP_sha256(), static_cast<int>(key.size()), key.data());
    expect(done == 1, "PBKDF2");
  }
  measured.end(hashes);
  measured.print();
}

}  // namespace bench
