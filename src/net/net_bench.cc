// Streams on real sockets: what a parked connection costs, and how fast a busy one is.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "net/compression.h"
#include "net/file_descriptor.h"
#include "net/listener.h"
#include "net/socket_address.h"
#include "rt/real.h"

namespace roost::net {
namespace {

enum class Kind : int64_t { clear, tls };

size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  size_t pages = 0;
  size_t resident = 0;
  statm >> pages >> resident;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

std::shared_ptr<TlsContext> bench_tls() {
  const auto made = make_self_signed("localhost").value();
  return make_tls(made.certificate_pem, made.key_pem).value();
}

// Its buffer is gone when it returns: what lives in the frame of a parked coroutine is paid for by every idle client.
task<bool> answer_line(Stream& stream) {
  std::array<char, 4096> buffer;
  const auto got = co_await stream.read(buffer);
  if (!got) co_return false;
  const auto written = co_await stream.write("a OK done\r\n");
  co_return written.has_value();
}

// Answers each line with a line, as a session that was idle since would.
task<> serve_lines(std::unique_ptr<Stream> stream) {
  auto written = co_await stream->write("* OK ready\r\n");
  bool open = written.has_value();
  while (open) {
    const Ready ready = co_await stream->wait(Seconds(1800));
    open = ready == Ready::readable && co_await answer_line(*stream);
  }
}

class Connection {
 public:
  Connection(const Endpoint& endpoint, SSL_CTX* ctx) {
    const auto address = to_socket_address(endpoint);
    fd_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd_.get(), address.get(), address.size) != 0) std::perror("connect");
    if (ctx != nullptr) {
      ssl_ = SSL_new(ctx);
      SSL_set_fd(ssl_, fd_.get());
      SSL_connect(ssl_);
    }
    receive();
  }
  Connection(Connection&& other) noexcept : fd_(std::move(other.fd_)), ssl_(std::exchange(other.ssl_, nullptr)) {}
  Connection& operator=(Connection&&) = delete;
  ~Connection() { SSL_free(ssl_); }

  void receive() {
    std::array<char, 4096> buffer;
    const auto got = ssl_ != nullptr ? SSL_read(ssl_, buffer.data(), buffer.size())
                                     : ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) std::fprintf(stderr, "the server closed\n");
  }
  void send(BytesView line) {
    if (ssl_ != nullptr) {
      SSL_write(ssl_, line.data(), static_cast<int>(line.size()));
    } else {
      ::send(fd_.get(), line.data(), line.size(), MSG_NOSIGNAL);
    }
  }

 private:
  FileDescriptor fd_;
  SSL* ssl_ = nullptr;
};

constexpr BytesView kCommand = "a NOOP\r\n";

// The clients live in a process of their own, so that their memory does not count. Each does one command, tells that
// it is done, and stays until the parent closes `stay`.
[[noreturn]] void be_clients(int from_parent, int to_parent, size_t count, Kind kind) {
  Endpoint endpoint = parse_endpoint("127.0.0.1:0").value();
  if (::read(from_parent, &endpoint.port, sizeof endpoint.port) != sizeof endpoint.port) ::_exit(1);
  SSL_CTX* ctx = kind == Kind::tls ? SSL_CTX_new(TLS_client_method()) : nullptr;
  std::vector<Connection> connections;
  for (size_t i = 0; i < count; ++i) {
    connections.emplace_back(endpoint, ctx);
    connections.back().send(kCommand);
    connections.back().receive();
  }
  char octet = 0;
  if (::write(to_parent, &octet, 1) != 1) ::_exit(1);
  [[maybe_unused]] const auto end = ::read(from_parent, &octet, 1);
  ::_exit(0);
}

void allow_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

ListenerConfig listen_config(Kind kind, size_t connections) {
  return {.name = "bench",
          .endpoint = parse_endpoint("127.0.0.1:0").value(),
          .admission = make_admission({connections + 10, connections + 10}),
          .tls = kind == Kind::tls ? bench_tls() : nullptr,
          .implicit_tls = kind == Kind::tls};
}

void parked_connections(benchmark::State& state) {
  allow_descriptors();
  const auto kind = static_cast<Kind>(state.range(0));
  const auto count = static_cast<size_t>(state.range(1));
  int down[2], up[2];
  if (::pipe(down) != 0 || ::pipe(up) != 0) return state.SkipWithError("pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(down[1]);
    be_clients(down[0], up[1], count, kind);
  }
  ::close(down[0]);
  auto loops = rt::make_loops(2);
  auto listener = make_listener(*loops, listen_config(kind, count), serve_lines).value();
  std::thread thread([&] { loops->run(); });
  ::malloc_trim(0);
  const size_t before = resident_bytes();
  const auto port = listener->endpoint().port;
  if (::write(down[1], &port, sizeof port) != sizeof port) state.SkipWithError("pipe");
  for (auto _ : state) {
    char octet = 0;
    if (::read(up[0], &octet, 1) != 1) state.SkipWithError("clients");
  }
  state.counters["bytes_per_connection"] = static_cast<double>(resident_bytes() - before) / static_cast<double>(count);
  ::close(down[1]);
  ::waitpid(child, nullptr, 0);
  while (listener->connections() > 0) std::this_thread::yield();
  loops->stop();
  thread.join();
  for (int fd : {up[0], up[1]}) ::close(fd);
}
BENCHMARK(parked_connections)
    ->ArgNames({"tls", "connections"})
    ->Args({static_cast<int64_t>(Kind::clear), 5000})
    ->Args({static_cast<int64_t>(Kind::tls), 5000})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

void command_round_trips(benchmark::State& state) {
  const auto kind = static_cast<Kind>(state.range(0));
  auto loops = rt::make_loops(1);
  auto listener = make_listener(*loops, listen_config(kind, 10), serve_lines).value();
  std::thread thread([&] { loops->run(); });
  SSL_CTX* ctx = kind == Kind::tls ? SSL_CTX_new(TLS_client_method()) : nullptr;
  {
    Connection connection(listener->endpoint(), ctx);
    for (auto _ : state) {
      connection.send(kCommand);
      connection.receive();
    }
  }
  SSL_CTX_free(ctx);
  state.SetItemsProcessed(state.iterations());
  while (listener->connections() > 0) std::this_thread::yield();
  loops->stop();
  thread.join();
}
BENCHMARK(command_round_trips)
    ->ArgName("tls")
    ->Arg(static_cast<int64_t>(Kind::clear))
    ->Arg(static_cast<int64_t>(Kind::tls))
    ->UseRealTime();

// What DEFLATE adds to a parked connection that has received and sent a few lines.
void parked_deflate(benchmark::State& state) {
  struct Pair {
    Inflater inflater;
    Deflater deflater;
  };
  const auto count = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    const size_t before = resident_bytes();
    std::vector<std::unique_ptr<Pair>> pairs;
    std::string wire, line;
    std::array<char, 1000> out;
    for (size_t i = 0; i < count; ++i) {
      pairs.push_back(std::make_unique<Pair>());
      for (int command = 0; command < 10; ++command) {
        wire.clear();
        line = std::to_string(i * 10 + static_cast<size_t>(command)) + " UID FETCH 1:* (FLAGS) (CHANGEDSINCE 51)\r\n";
        pairs.back()->deflater.compress(line, wire);
        pairs.back()->inflater.inflate(wire, out);
      }
    }
    state.counters["bytes_per_connection"] =
        static_cast<double>(resident_bytes() - before) / static_cast<double>(count);
  }
}
BENCHMARK(parked_deflate)->ArgName("connections")->Arg(5000)->Iterations(1)->Unit(benchmark::kMillisecond);

void compress_fetch_responses(benchmark::State& state) {
  std::string text;
  for (int i = 0; text.size() < kCompressBytesMax - 100; ++i) {
    text += "* " + std::to_string(i) + " FETCH (UID " + std::to_string(i * 3 + 17) + " FLAGS (\\Seen $Forwarded))\r\n";
  }
  Deflater deflater;
  std::string out;
  for (auto _ : state) {
    out.clear();
    deflater.compress(text, out);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
  state.counters["ratio"] = static_cast<double>(text.size()) / static_cast<double>(out.size());
}
BENCHMARK(compress_fetch_responses);

}  // namespace
}  // namespace roost::net
