#include "net/socket_stream.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <tuple>

#include "net/client_test.h"

namespace roost::net {
namespace {

struct Layers {
  bool tls = false;
  bool deflate = false;
};

std::string name_of(const testing::TestParamInfo<Layers>& info) {
  return std::string(info.param.tls ? "Tls" : "Clear") + (info.param.deflate ? "Deflate" : "");
}

task<bool> put_on(Stream& stream, Layers layers) {
  if (layers.tls) {
    const auto secured = co_await stream.start_tls();
    if (!secured) co_return false;
  }
  if (layers.deflate && !stream.start_deflate()) co_return false;
  co_return true;
}

class SocketStreams : public testing::TestWithParam<Layers> {
 protected:
  SocketStreams() { open({}); }
  ~SocketStreams() override { loops_.stop(); }

  void open(StreamTimeouts timeouts) {
    if (pair_.server) loops_.at(0).post([stream = std::move(pair_.server)]() mutable { stream.reset(); });
    pair_ = make_pair_of_sockets(loops_.at(0), timeouts, test_tls());
    if (!GetParam().tls && !GetParam().deflate) return;
    auto ready = loops_.start(put_on(server(), GetParam()));
    if (GetParam().tls) EXPECT_TRUE(client().start_tls());
    if (GetParam().deflate) client().start_deflate();
    EXPECT_TRUE(ready.get());
  }
  Stream& server() { return *pair_.server; }
  Client& client() { return *pair_.client; }

  RunningLoops loops_;
  SocketPair pair_;
};

INSTANTIATE_TEST_SUITE_P(All, SocketStreams,
                         testing::Values(Layers{}, Layers{.tls = true}, Layers{.deflate = true}, Layers{true, true}),
                         name_of);

// Reads `size` octets in pieces of at most `piece`, waiting before each one; "closed" marks an early end.
task<std::string> read_exactly(Stream& stream, size_t size, size_t piece) {
  std::string all;
  std::string buffer(piece, '\0');
  while (all.size() < size) {
    const Ready ready = co_await stream.wait(Seconds(20));
    if (ready != Ready::readable) co_return all + "<not readable>";
    auto got = co_await stream.read(std::span(buffer).first(std::min(piece, size - all.size())));
    if (!got) co_return all + "<closed>";
    all.append(buffer.data(), *got);
  }
  co_return all;
}

std::string much_text(size_t lines) {
  std::string text;
  for (size_t i = 0; i < lines; ++i) text += "* " + std::to_string(i * 7919) + " FETCH (FLAGS (\\Seen))\r\n";
  return text;
}

TEST_P(SocketStreams, CarriesALineEachWay) {
  client().send("a NOOP\r\n");
  EXPECT_EQ(loops_.wait(read_exactly(server(), 8, 100)), "a NOOP\r\n");
  struct Answer {
    static task<bool> run(Stream& s) { co_return (co_await s.write("a OK\r\n")).has_value(); }
  };
  EXPECT_TRUE(loops_.wait(Answer::run(server())));
  EXPECT_EQ(client().receive(6), "a OK\r\n");
}

TEST_P(SocketStreams, ReadsInPiecesOfAnySize) {
  const auto text = much_text(2000);
  for (size_t piece : {size_t{1}, size_t{7}, size_t{4096}, size_t{100'000}}) {
    auto read = loops_.start(read_exactly(server(), text.size(), piece));
    client().send(text);
    EXPECT_EQ(read.get(), text) << piece;
  }
}

TEST_P(SocketStreams, ReadsWhatComesByteByByte) {
  const std::string text = "a LOGIN alice \"a secret\"\r\n";
  auto read = loops_.start(read_exactly(server(), text.size(), 100));
  for (char c : text) client().send(std::string(1, c));
  EXPECT_EQ(read.get(), text);
}

task<bool> write_all(Stream& stream, std::string data) { co_return (co_await stream.write(data)).has_value(); }

TEST_P(SocketStreams, WritesMoreThanTheSocketHolds) {
  const auto text = much_text(100'000);
  auto written = loops_.start(write_all(server(), text));
  EXPECT_EQ(client().receive(text.size()), text);
  EXPECT_TRUE(written.get());
}

task<std::string> echo(Stream& stream, size_t size) {
  std::array<char, 5000> buffer;
  for (size_t done = 0; done < size;) {
    auto got = co_await stream.read(buffer);
    if (!got) co_return "closed";
    const auto written = co_await stream.write(BytesView(buffer.data(), *got));
    if (!written) co_return "not written";
    done += *got;
  }
  co_return "done";
}

TEST_P(SocketStreams, Echoes) {
  const auto text = much_text(3000);
  auto echoed = loops_.start(echo(server(), text.size()));
  std::string back;
  for (size_t i = 0; i < text.size(); i += 20'000) {
    const auto part = text.substr(i, 20'000);
    client().send(part);
    back += client().receive(part.size());
  }
  EXPECT_EQ(back, text);
  EXPECT_EQ(echoed.get(), "done");
}

task<Ready> wait_on(Stream& stream, std::optional<Millis> timeout) { co_return co_await stream.wait(timeout); }

// The buffered rest of one record, or of one compressed block, is readable although the socket is empty.
TEST_P(SocketStreams, WhatIsBufferedIsReadable) {
  const auto text = much_text(10);
  client().send(text);
  EXPECT_EQ(loops_.wait(read_exactly(server(), 3, 3)), text.substr(0, 3));
  EXPECT_EQ(loops_.wait(wait_on(server(), Millis(0))), Ready::readable);
  EXPECT_EQ(loops_.wait(read_exactly(server(), text.size() - 3, 100'000)), text.substr(3));
  EXPECT_EQ(loops_.wait(wait_on(server(), Millis(0))), Ready::timed_out);
}

TEST_P(SocketStreams, AWaitTimesOut) {
  EXPECT_EQ(loops_.wait(wait_on(server(), Millis(1))), Ready::timed_out);
  EXPECT_EQ(loops_.wait(wait_on(server(), Millis(1))), Ready::timed_out);
  client().send("x");
  EXPECT_EQ(loops_.wait(wait_on(server(), std::nullopt)), Ready::readable);
}

TEST_P(SocketStreams, AWakeEndsAWait) {
  auto waiting = loops_.start(wait_on(server(), std::nullopt));
  loops_.settle();
  loops_.at(0).post([this] { server().wake(); });
  EXPECT_EQ(waiting.get(), Ready::woken);
  client().send("x");
  EXPECT_EQ(loops_.wait(wait_on(server(), std::nullopt)), Ready::readable);
}

TEST_P(SocketStreams, AWakeBeforeTheWaitIsNotLost) {
  loops_.at(0).post([this] { server().wake(); });
  EXPECT_EQ(loops_.wait(wait_on(server(), std::nullopt)), Ready::woken);
  EXPECT_EQ(loops_.wait(wait_on(server(), Millis(1))), Ready::timed_out);
}

task<std::string> wake_while_bytes_arrive(Stream& stream, Client& client) {
  stream.wake();
  client.send("xy");
  std::string seen;
  for (int i = 0; i < 2; ++i) seen += co_await stream.wait(std::nullopt) == Ready::woken ? "woken " : "readable ";
  seen += co_await read_exactly(stream, 2, 2);
  co_return seen;
}

TEST_P(SocketStreams, BytesThatArriveWithAWakeAreNotLost) {
  EXPECT_EQ(loops_.wait(wake_while_bytes_arrive(server(), client())), "woken readable xy");
}

// A wait that ended early leaves its event behind; it must not pass for news about bytes that were read since.
task<Ready> read_under_an_armed_event(Stream& stream, Client& client) {
  stream.loop().post([&stream] { stream.wake(); });
  co_await stream.wait(std::nullopt);
  client.send("x");
  char octet = 0;
  auto got = co_await stream.read(std::span(&octet, 1));
  if (!got) co_return Ready::closed;
  co_return co_await stream.wait(Millis(50));
}

TEST_P(SocketStreams, AnOldEventIsNotNews) {
  EXPECT_EQ(loops_.wait(read_under_an_armed_event(server(), client())), Ready::timed_out);
}

TEST_P(SocketStreams, AbortEndsAReadAndAWait) {
  auto reading = loops_.start(read_exactly(server(), 5, 5));
  loops_.settle();
  loops_.at(0).post([this] { server().abort(); });
  EXPECT_EQ(reading.get(), "<not readable>");
  EXPECT_EQ(loops_.wait(wait_on(server(), std::nullopt)), Ready::closed);
  EXPECT_EQ(client().receive(1), "");
  EXPECT_FALSE(loops_.wait(write_all(server(), "x")));
}

task<bool> read_one(Stream& stream) {
  char octet = 0;
  auto got = co_await stream.read(std::span(&octet, 1));
  co_return got.has_value();
}

TEST_P(SocketStreams, AbortEndsAPlainRead) {
  auto reading = loops_.start(read_one(server()));
  loops_.settle();
  loops_.at(0).post([this] { server().abort(); });
  EXPECT_FALSE(reading.get());
}

TEST_P(SocketStreams, AbortEndsAWrite) {
  auto writing = loops_.start(write_all(server(), much_text(200'000)));
  loops_.settle();
  loops_.at(0).post([this] { server().abort(); });
  EXPECT_FALSE(writing.get());
}

TEST_P(SocketStreams, GivesUpOnASlowReader) {
  open({.write_ms_max = Millis(50)});
  EXPECT_FALSE(loops_.wait(write_all(server(), much_text(200'000))));
  EXPECT_EQ(loops_.wait(wait_on(server(), std::nullopt)), Ready::closed);
}

TEST_P(SocketStreams, TheEndOfInputIsClosed) {
  pair_.client.reset();
  EXPECT_FALSE(loops_.wait(read_one(server())));
}

task<bool> say_goodbye(Stream& stream) {
  const auto written = co_await stream.write("* BYE\r\n");
  co_await stream.close();
  co_return written.has_value();
}

TEST_P(SocketStreams, TheLastWordsArriveAlthoughInputWasLeftUnread) {
  client().send(much_text(1000));
  auto closed = loops_.start(say_goodbye(server()));
  EXPECT_EQ(client().receive_all(), "* BYE\r\n");
  pair_.client.reset();
  EXPECT_TRUE(closed.get());
}

class Secured : public testing::Test {
 protected:
  ~Secured() override { loops_.stop(); }
  RunningLoops loops_;
  SocketPair pair_ = make_pair_of_sockets(loops_.at(0), {.handshake_ms_max = Millis(200)}, test_tls());
  Stream& server() { return *pair_.server; }
  Client& client() { return *pair_.client; }
};

task<std::string> answer_starttls(Stream& stream, bool discard) {
  std::array<char, 12> command;  // all of "a STARTTLS\r\n", and nothing of what was sent with it
  auto got = co_await stream.read(command);
  if (!got) co_return "closed";
  if (discard) stream.discard_input();
  co_await stream.write("a OK\r\n");
  const auto secured = co_await stream.start_tls();
  if (!secured) co_return "not secured";
  co_return co_await read_exactly(stream, 8, 100);
}

TEST_F(Secured, WhatWasInjectedBeforeTheHandshakeIsThrownAway) {
  client().send("a STARTTLS\r\nb DELETE INBOX\r\n");
  auto served = loops_.start(answer_starttls(server(), true));
  EXPECT_EQ(client().receive(6), "a OK\r\n");
  ASSERT_TRUE(client().start_tls());
  client().send("c NOOP\r\n");
  EXPECT_EQ(served.get(), "c NOOP\r\n");
  ASSERT_TRUE(server().tls());
  EXPECT_EQ(server().tls()->version, "TLSv1.3");
  EXPECT_EQ(server().tls()->cipher, "TLS_AES_128_GCM_SHA256");
}

TEST_F(Secured, InjectedBytesThatStayedInTheSocketOnlyBreakTheHandshake) {
  client().send("a STARTTLS\r\nb DELETE INBOX\r\n");
  auto served = loops_.start(answer_starttls(server(), false));
  EXPECT_EQ(client().receive(6), "a OK\r\n");
  EXPECT_FALSE(client().start_tls());
  EXPECT_EQ(served.get(), "not secured");
}

// A look-ahead octet of the clear text must not survive into the secured stream either.
task<std::string> wait_then_secure(Stream& stream) {
  co_await stream.wait(std::nullopt);
  co_await stream.wait(std::nullopt);
  co_return co_await answer_starttls(stream, true);
}

TEST_F(Secured, NorDoesAnOctetThatAWaitLookedAt) {
  client().send("a STARTTLS\r\nx");
  auto served = loops_.start(wait_then_secure(server()));
  EXPECT_EQ(client().receive(6), "a OK\r\n");
  ASSERT_TRUE(client().start_tls());
  client().send("c NOOP\r\n");
  EXPECT_EQ(served.get(), "c NOOP\r\n");
}

TEST_F(Secured, ASilentHandshakeTimesOut) { EXPECT_FALSE(loops_.wait(put_on(server(), {.tls = true}))); }

task<Ready> secure_and_wait(Stream& stream) {
  const auto secured = co_await stream.start_tls();
  if (!secured) co_return Ready::closed;
  co_return co_await stream.wait(Millis(100));
}

// Half a record is no reason to call the stream readable: the read that followed would hang beyond every timeout.
TEST_F(Secured, HalfARecordIsNotReadable) {
  auto waited = loops_.start(secure_and_wait(server()));
  ASSERT_TRUE(client().start_tls());
  ::send(client().fd(), "\x17\x03\x03\x00\x40half", 9, MSG_NOSIGNAL);
  EXPECT_EQ(waited.get(), Ready::timed_out);
}

TEST_F(Secured, GarbageInsteadOfARecordIsClosed) {
  auto waited = loops_.start(secure_and_wait(server()));
  ASSERT_TRUE(client().start_tls());
  ::send(client().fd(), "a LOGIN alice secret\r\n", 22, MSG_NOSIGNAL);
  EXPECT_EQ(waited.get(), Ready::closed);
}

TEST_F(Secured, TlsStartsOnlyOnce) {
  auto first = loops_.start(put_on(server(), {.tls = true}));
  ASSERT_TRUE(client().start_tls());
  EXPECT_TRUE(first.get());
  EXPECT_FALSE(loops_.wait(put_on(server(), {.tls = true})));
}

class Deflated : public testing::Test {
 protected:
  Deflated() { EXPECT_TRUE(loops_.wait(put_on(server(), {.deflate = true}))); }
  ~Deflated() override { loops_.stop(); }
  RunningLoops loops_;
  SocketPair pair_ = make_pair_of_sockets(loops_.at(0));
  Stream& server() { return *pair_.server; }
  Client& client() { return *pair_.client; }
};

TEST_F(Deflated, GarbageIsClosed) {
  client().send("a LOGIN alice secret\r\n");
  EXPECT_EQ(loops_.wait(wait_on(server(), std::nullopt)), Ready::closed);
}

// An empty sync flush is five octets that inflate to nothing.
TEST_F(Deflated, AnEmptyFlushIsNotReadable) {
  ::send(client().fd(), "\x00\x00\x00\xff\xff", 5, MSG_NOSIGNAL);
  EXPECT_EQ(loops_.wait(wait_on(server(), Millis(50))), Ready::timed_out);
}

TEST_F(Deflated, EmptyFlushesWithoutEndDelayNobodyElse) {
  auto read = loops_.start(read_exactly(server(), 1, 100));
  const std::string empty("\x00\x00\x00\xff\xff", 5);
  std::string flood;
  for (int i = 0; i < 10'000; ++i) flood += empty;
  for (int i = 0; i < 20; ++i) {
    ::send(client().fd(), flood.data(), flood.size(), MSG_NOSIGNAL);
    loops_.settle();
  }
  client().start_deflate();
  client().send("x");
  EXPECT_EQ(read.get(), "x");
}

TEST_F(Deflated, CloseWaitsOnlyASecondForThePeer) {
  client().start_deflate();
  EXPECT_TRUE(loops_.wait(say_goodbye(server())));
  EXPECT_EQ(client().receive_all(), "* BYE\r\n");
}

task<std::string> read_and_stop(Stream& stream, size_t compressed, size_t plain) {
  std::string all = co_await read_exactly(stream, compressed, 100);
  stream.stop_deflate();
  all += stream.deflated() ? "<deflated>" : "|";
  const Result<> written = co_await stream.write("in clear");
  all += written ? "" : "<not written>";
  all += co_await read_exactly(stream, plain, 3);
  co_return all;
}

TEST_F(Deflated, EndsInTheMiddleOfWhatHasArrived) {
  client().start_deflate();
  const std::string wire = client().deflated("last\r\n") + "plain text";
  ::send(client().fd(), wire.data(), wire.size(), MSG_NOSIGNAL);
  EXPECT_EQ(loops_.wait(read_and_stop(server(), 6, 10)), "last\r\n|plain text");
  std::array<char, 8> answer{};
  EXPECT_EQ(::recv(client().fd(), answer.data(), answer.size(), MSG_WAITALL), 8);
  EXPECT_EQ(std::string(answer.data(), answer.size()), "in clear");
}

TEST_F(Deflated, StartsAgainOnceItHasEnded) {
  client().start_deflate();
  const std::string wire = client().deflated("last\r\n") + "x";
  ::send(client().fd(), wire.data(), wire.size(), MSG_NOSIGNAL);
  EXPECT_EQ(loops_.wait(read_and_stop(server(), 6, 1)), "last\r\n|x");
  EXPECT_TRUE(loops_.wait(put_on(server(), {.deflate = true})));
}

TEST_F(Deflated, StartsOnlyOnce) { EXPECT_FALSE(loops_.wait(put_on(server(), {.deflate = true}))); }

}  // namespace
}  // namespace roost::net
