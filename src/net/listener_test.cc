#include "net/listener.h"

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <mutex>
#include <set>
#include <vector>

#include "net/client_test.h"
#include "net/listening_socket.h"
#include "net/moving.h"

namespace roost::net {
namespace {

// What the served connections saw.
struct Seen {
  std::mutex mutex;
  std::vector<Peer> peers;
  std::set<size_t> loops;

  void note(Stream& stream) {
    std::lock_guard lock(mutex);
    peers.push_back(stream.peer());
    loops.insert(stream.loop().index());
  }
};

// Greets, then echoes until the end.
task<> greet_and_echo(std::unique_ptr<Stream> stream, Seen& seen) {
  seen.note(*stream);
  auto written = co_await stream->write("* OK\r\n");
  std::array<char, 1000> buffer;
  while (written) {
    auto got = co_await stream->read(buffer);
    if (!got) break;
    written = co_await stream->write(BytesView(buffer.data(), *got));
  }
  co_await stream->close();
}

class Listeners : public testing::Test {
 protected:
  Listeners()
      : folder_(std::filesystem::temp_directory_path() / ("roost_listener_test_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~Listeners() override {
    loops_.stop();
    listener_.reset();
    std::filesystem::remove_all(folder_);
  }

  void listen(ListenerConfig config, const std::string& where = "127.0.0.1:0") {
    listen(std::move(config), [this](auto stream) { return greet_and_echo(std::move(stream), seen_); }, where);
  }
  void listen(ListenerConfig config, Serve serve, const std::string& where = "127.0.0.1:0") {
    config.name = "test";
    config.endpoint = parse_endpoint(where).value();
    auto made = make_listener(*loops_, std::move(config), std::move(serve));
    ASSERT_TRUE(made) << made.error().text;
    listener_ = std::move(*made);
  }
  std::unique_ptr<Client> connect() { return std::make_unique<Client>(listener_->endpoint()); }
  // Whoever was just told goodbye needs a moment to be gone.
  void await_connections(size_t count) {
    while (listener_->connections() != count) std::this_thread::yield();
  }

  const std::filesystem::path folder_;
  RunningLoops loops_{2};
  Seen seen_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(Listeners, HandConnectionsToTheLoopsInTurn) {
  listen({});
  EXPECT_NE(listener_->endpoint().port, 0);
  for (int i = 0; i < 4; ++i) {
    auto client = connect();
    EXPECT_EQ(client->receive(6), "* OK\r\n");
    client->send("hello");
    EXPECT_EQ(client->receive(5), "hello");
  }
  EXPECT_EQ(seen_.loops, (std::set<size_t>{0, 1}));
  EXPECT_EQ(seen_.peers[0].address, "127.0.0.1");
  EXPECT_NE(seen_.peers[0].port, 0);
  EXPECT_TRUE(seen_.peers[0].loopback);
  EXPECT_FALSE(seen_.peers[0].trusted);
  await_connections(0);
}

TEST_F(Listeners, TakeBothFamiliesOnAStar) {
  listen({}, "*:0");
  Endpoint over_4 = listener_->endpoint();
  over_4.address = parse_address("127.0.0.1").value();
  EXPECT_EQ(Client(over_4).receive(6), "* OK\r\n");
  EXPECT_EQ(connect()->receive(6), "* OK\r\n");
  EXPECT_EQ(seen_.peers[0].address, "127.0.0.1");
  EXPECT_EQ(seen_.peers[1].address, "::1");
  EXPECT_TRUE(seen_.peers[1].loopback);
}

TEST_F(Listeners, ServeUnixSockets) {
  const auto path = (folder_ / "socket").string();
  listen({.unix_mode = 0600}, "unix:" + path);
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(connect()->receive(6), "* OK\r\n");
  EXPECT_EQ(seen_.peers[0].uid, ::getuid());
  EXPECT_TRUE(seen_.peers[0].loopback);
  EXPECT_FALSE(make_listener(*loops_, {.endpoint = listener_->endpoint()}, nullptr)) << "somebody listens there";
  listener_->stop();
  while (std::filesystem::exists(path)) std::this_thread::yield();
}

TEST_F(Listeners, ReplaceAStaleSocketButNoOtherFile) {
  const auto path = (folder_ / "socket").string();
  Endpoint endpoint = parse_endpoint("unix:" + path).value();
  {
    const auto address = to_socket_address(endpoint);
    const FileDescriptor stale(::socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(::bind(stale.get(), address.get(), address.size), 0);
  }
  listen({}, "unix:" + path);
  EXPECT_EQ(connect()->receive(6), "* OK\r\n");
  endpoint.unix_path = (folder_ / "file").string();
  fclose(fopen(endpoint.unix_path.c_str(), "w"));
  EXPECT_FALSE(make_listener(*loops_, {.endpoint = endpoint}, nullptr));
}

TEST_F(Listeners, SayWhyTheyCannotListen) {
  listen({});
  auto again = make_listener(*loops_, {.endpoint = listener_->endpoint()}, nullptr);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().text.find(listener_->endpoint().text()), std::string::npos);
}

TEST_F(Listeners, RefuseWhatIsOverALimitPolitely) {
  listen({.admission = make_admission({.connections_per_block_max = 1}), .refusal = "* BYE too many\r\n"});
  auto first = connect();
  EXPECT_EQ(first->receive(6), "* OK\r\n");
  EXPECT_EQ(connect()->receive_all(), "* BYE too many\r\n");
  first.reset();
  await_connections(0);
  EXPECT_EQ(connect()->receive(6), "* OK\r\n");
}

TEST_F(Listeners, NeverRefuseTrustedNetworks) {
  listen({.admission = make_admission({.connections_max = 1, .connections_per_block_max = 1}),
          .trusted_networks = {parse_network("127.0.0.0/8").value()}});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(connect());
    EXPECT_EQ(clients.back()->receive(6), "* OK\r\n");
  }
  EXPECT_EQ(listener_->connections(), 4u);
  EXPECT_TRUE(seen_.peers[0].trusted);
}

TEST_F(Listeners, ShareTheirLimits) {
  auto admission = make_admission({.connections_max = 1});
  listen({.admission = admission, .refusal = "* BYE\r\n"});
  auto other =
      make_listener(*loops_,
                    {.endpoint = parse_endpoint("127.0.0.1:0").value(), .admission = admission, .refusal = "* BYE\r\n"},
                    [this](auto stream) { return greet_and_echo(std::move(stream), seen_); })
          .value();
  auto first = connect();
  EXPECT_EQ(first->receive(6), "* OK\r\n");
  EXPECT_EQ(Client(other->endpoint()).receive_all(), "* BYE\r\n");
  loops_.stop();
}

TEST_F(Listeners, VisitEachLiveConnection) {
  listen({});
  auto one = connect();
  auto two = connect();
  one->receive(6);
  two->receive(6);
  std::promise<void> visited;
  std::atomic<int> left = 2;
  listener_->for_each([&](Stream& stream) {
    EXPECT_EQ(rt::Loop::current(), &stream.loop());
    if (--left == 0) visited.set_value();
  });
  visited.get_future().get();
}

// Goes to loop 1, wherever it began, and then greets and echoes.
task<> move_and_echo(rt::Loop& to, std::unique_ptr<Stream> stream, Seen& seen) {
  co_await move_to(*stream, to);
  EXPECT_EQ(rt::Loop::current(), &stream->loop());
  co_await greet_and_echo(std::move(stream), seen);
}

TEST_F(Listeners, LetTheirConnectionsMoveToAnotherLoop) {
  listen({.tls = test_tls(), .implicit_tls = true},
         [this](auto stream) { return move_and_echo(loops_.at(1), std::move(stream), seen_); });
  for (int i = 0; i < 4; ++i) {
    auto client = connect();
    ASSERT_TRUE(client->start_tls());
    EXPECT_EQ(client->receive(6), "* OK\r\n");
    client->send("hello");
    EXPECT_EQ(client->receive(5), "hello");
  }
  EXPECT_EQ(seen_.loops, (std::set<size_t>{1}));
  await_connections(0);
}

TEST_F(Listeners, VisitAConnectionOnTheLoopThatItMovedTo) {
  listen({}, [this](auto stream) { return move_and_echo(loops_.at(1), std::move(stream), seen_); });
  auto one = connect();
  auto two = connect();
  one->receive(6);
  two->receive(6);
  std::promise<void> visited;
  std::atomic<int> left = 2;
  listener_->for_each([&](Stream& stream) {
    EXPECT_EQ(rt::Loop::current(), &loops_.at(1));
    EXPECT_EQ(&stream.loop(), &loops_.at(1));
    if (--left == 0) visited.set_value();
  });
  visited.get_future().get();
  EXPECT_TRUE(loops_.wait(listener_->drain(Millis(0))));
  EXPECT_EQ(one->receive_all(), "");
}

// To and fro as long as the client sends: what arrives between two loops is not lost.
task<> wander(rt::Loops& loops, std::unique_ptr<Stream> stream) {
  std::array<char, 7> buffer;
  for (size_t turn = 0;; ++turn) {
    auto got = co_await stream->read(buffer);
    if (!got) break;
    co_await move_to(*stream, loops.at(turn % 2));
    auto written = co_await stream->write(BytesView(buffer.data(), *got));
    if (!written) break;
  }
  co_await stream->close();
}

TEST_F(Listeners, LoseNothingOfAConnectionThatMovesAgainAndAgain) {
  listen({}, [this](auto stream) { return wander(*loops_, std::move(stream)); });
  std::vector<std::unique_ptr<Client>> clients;
  std::string sent;
  for (int i = 0; i < 500; ++i) sent += std::to_string(i);
  for (int i = 0; i < 4; ++i) clients.push_back(connect());
  for (auto& client : clients) client->send(sent);
  for (auto& client : clients) EXPECT_EQ(client->receive(sent.size()), sent);
  clients.clear();
  await_connections(0);
}

// Until it is aborted.
task<> wander_without_rest(rt::Loops& loops, std::unique_ptr<Stream> stream) {
  co_await stream->write("* OK\r\n");
  Ready why = Ready::woken;
  for (size_t turn = 0; why == Ready::woken; ++turn) {
    co_await move_to(*stream, loops.at(turn % 2));
    stream->wake();
    why = co_await stream->wait(std::nullopt);
  }
  EXPECT_EQ(why, Ready::closed);
}

TEST_F(Listeners, CutOffConnectionsThatAreBetweenTwoLoops) {
  listen({}, [this](auto stream) { return wander_without_rest(*loops_, std::move(stream)); });
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(connect());
  for (auto& client : clients) EXPECT_EQ(client->receive(6), "* OK\r\n");
  EXPECT_TRUE(loops_.wait(listener_->drain(Millis(0))));
}

TEST_F(Listeners, KeepTheirLoopsEven) {
  constexpr size_t kMany = 320;  // two descriptors each, of 1024 that there may be
  listen({.admission = make_admission({.connections_max = kMany, .connections_per_block_max = kMany})},
         [this](auto stream) { return move_and_echo(loops_.at(1), std::move(stream), seen_); });
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < kMany; ++i) {
    clients.push_back(connect());
    EXPECT_EQ(clients.back()->receive(6), "* OK\r\n");
  }
  std::promise<size_t> counted;
  std::atomic<size_t> left = kMany;
  std::atomic<size_t> on_first = 0;
  listener_->for_each([&](Stream& stream) {
    if (stream.loop().index() == 0) ++on_first;
    if (--left == 0) counted.set_value(on_first);
  });
  EXPECT_GT(counted.get_future().get(), kMany / 16);
  clients.clear();
  await_connections(0);  // and their descriptors are free again
}

TEST(ListeningSocket, ItsConnectionsInheritNoDelayAndKeepalive) {
  auto bound = listen_on(parse_endpoint("127.0.0.1:0").value(), 10, 0).value();
  Client client(bound.endpoint);
  pollfd ready{.fd = bound.fd.get(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&ready, 1, 10'000), 1);
  const FileDescriptor accepted(::accept4(bound.fd.get(), nullptr, nullptr, 0));
  int no_delay = 0;
  int keepalive = 0;
  socklen_t size = sizeof(int);
  ::getsockopt(accepted.get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size);
  ::getsockopt(accepted.get(), SOL_SOCKET, SO_KEEPALIVE, &keepalive, &size);
  EXPECT_NE(no_delay, 0);
  EXPECT_NE(keepalive, 0);
}

TEST_F(Listeners, SpeakTlsAtOnce) {
  listen({.refusal = "* BYE\r\n", .tls = test_tls(), .implicit_tls = true});
  auto client = connect();
  ASSERT_TRUE(client->start_tls());
  EXPECT_EQ(client->receive(6), "* OK\r\n");
}

TEST_F(Listeners, DropAClientThatIsSilentInTheHandshake) {
  listen({.tls = test_tls(), .implicit_tls = true, .timeouts = {.handshake_ms_max = Millis(30)}});
  EXPECT_EQ(connect()->receive_all(), "");
  await_connections(0);
}

ListenerConfig behind_a_proxy() {
  return {.trusted_networks = {parse_network("127.0.0.1").value()},
          .proxy_header = true,
          .proxy_header_ms_max = Millis(500)};
}

TEST_F(Listeners, BelieveTheHeaderOfATrustedProxy) {
  listen(behind_a_proxy());
  auto client = connect();
  for (char c : std::string("PROXY TCP4 203.0.113.9 192.0.2.1 4711 993\r\n")) client->send(std::string(1, c));
  client->send("hello");
  EXPECT_EQ(client->receive(11), "* OK\r\nhello");
  EXPECT_EQ(seen_.peers[0].address, "203.0.113.9");
  EXPECT_EQ(seen_.peers[0].port, 4711);
  EXPECT_EQ(seen_.peers[0].address_block, "203.0.113.0/24");
  EXPECT_FALSE(seen_.peers[0].loopback);
  EXPECT_FALSE(seen_.peers[0].trusted);
}

TEST_F(Listeners, ReadAHeaderBeforeTls) {
  auto config = behind_a_proxy();
  config.tls = test_tls();
  config.implicit_tls = true;
  listen(std::move(config));
  auto client = connect();
  client->send("PROXY TCP6 2001:db8::1 2001:db8::2 4711 993\r\n");
  ASSERT_TRUE(client->start_tls());
  EXPECT_EQ(client->receive(6), "* OK\r\n");
  EXPECT_EQ(seen_.peers[0].address, "2001:db8::1");
}

TEST_F(Listeners, AnUnknownClientOfAProxyIsNoLoopbackClient) {
  listen(behind_a_proxy());
  auto client = connect();
  client->send("PROXY UNKNOWN\r\n");
  EXPECT_EQ(client->receive(6), "* OK\r\n");
  EXPECT_FALSE(seen_.peers[0].loopback);
  EXPECT_FALSE(seen_.peers[0].trusted);
}

TEST_F(Listeners, CloseOnATrustedProxyWithoutAHeader) {
  listen(behind_a_proxy());
  auto client = connect();
  client->send("a LOGIN alice secret\r\n");
  EXPECT_EQ(client->receive_all(), "");
  EXPECT_EQ(connect()->receive_all(), "") << "and on one that says nothing";
}

TEST_F(Listeners, TakeNoHeaderFromStrangers) {
  auto config = behind_a_proxy();
  config.trusted_networks = {parse_network("192.0.2.1").value()};
  listen(std::move(config));
  auto client = connect();
  client->send("PROXY UNKNOWN\r\n");
  EXPECT_EQ(client->receive(21), "* OK\r\nPROXY UNKNOWN\r\n");
  EXPECT_EQ(seen_.peers[0].address, "127.0.0.1");
}

TEST_F(Listeners, LimitWhomTheProxySpeaksFor) {
  auto config = behind_a_proxy();
  config.admission = make_admission({.connections_per_block_max = 1});
  config.refusal = "* BYE\r\n";
  listen(std::move(config));
  auto first = connect();
  first->send("PROXY TCP4 203.0.113.9 192.0.2.1 4711 993\r\n");
  EXPECT_EQ(first->receive(6), "* OK\r\n");
  auto second = connect();
  second->send("PROXY TCP4 203.0.113.10 192.0.2.1 4712 993\r\n");
  EXPECT_EQ(second->receive_all(), "* BYE\r\n");
  auto elsewhere = connect();
  elsewhere->send("PROXY TCP4 198.51.100.1 192.0.2.1 4713 993\r\n");
  EXPECT_EQ(elsewhere->receive(6), "* OK\r\n");
}

TEST_F(Listeners, DrainAbortsWhoStaysTooLong) {
  listen({});
  auto client = connect();
  EXPECT_EQ(client->receive(6), "* OK\r\n");
  EXPECT_TRUE(loops_.wait(listener_->drain(Millis(30))));
  EXPECT_EQ(client->receive(1), "");
  EXPECT_EQ(listener_->connections(), 0u);
  EXPECT_FALSE(connect()->connected());
}

TEST_F(Listeners, AcceptAgainOnceThereAreDescriptors) {
  listen({});
  auto first = connect();
  EXPECT_EQ(first->receive(6), "* OK\r\n");
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit low = before;
  low.rlim_cur = 512;
  ::setrlimit(RLIMIT_NOFILE, &low);
  std::vector<FileDescriptor> spare;
  for (;;) {
    FileDescriptor more(::dup(0));
    if (!more) break;
    spare.push_back(std::move(more));
  }
  spare.pop_back();  // the client takes the only free one: the server's end of its connection has to wait
  auto second = connect();
  ASSERT_TRUE(second->connected());
  second->send("hello");
  loops_.settle();
  first->send("still there");
  EXPECT_EQ(first->receive(11), "still there");
  spare.clear();
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(second->receive(11), "* OK\r\nhello");
}

}  // namespace
}  // namespace roost::net
