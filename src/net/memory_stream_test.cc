#include "net/memory_stream.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "rt/simulated.h"

namespace roost::net {
namespace {

class MemoryStreams : public testing::Test {
 protected:
  void join(MemoryStreamOptions options = {}) {
    std::tie(first_, second_) = make_memory_streams(simulation_->loops().at(0), simulation_->loops().at(1), options);
  }
  std::unique_ptr<rt::Simulation> simulation_ = rt::make_simulation(3, 2);
  std::unique_ptr<Stream> first_, second_;
};

task<std::string> read_all(Stream& stream) {
  co_await stream.loop().hop();
  std::string all;
  std::array<char, 100> buffer;
  for (;;) {
    auto got = co_await stream.read(buffer);
    if (!got) break;
    all.append(buffer.data(), *got);
  }
  co_return all;
}

task<> write_and_close(Stream& stream, std::string data) {
  co_await stream.loop().hop();
  EXPECT_TRUE(co_await stream.write(data));
  co_await stream.close();
}

TEST_F(MemoryStreams, CarryEverythingWithinTheirBuffer) {
  join({.buffer_bytes_max = 7});
  std::string sent;
  for (int i = 0; i < 1000; ++i) sent += std::to_string(i);
  rt::spawn(simulation_->loops().at(0), write_and_close(*first_, sent));
  EXPECT_EQ(simulation_->wait(read_all(*second_)), sent);
}

task<size_t> read_once(Stream& stream) {
  co_await stream.loop().hop();
  std::array<char, 100> buffer;
  co_return (co_await stream.read(buffer)).value_or(0);
}

TEST_F(MemoryStreams, GiveOneByteAtATime) {
  join({.byte_at_a_time = true});
  rt::spawn(simulation_->loops().at(0), write_and_close(*first_, "hello"));
  EXPECT_EQ(simulation_->wait(read_once(*second_)), 1u);
  EXPECT_EQ(simulation_->wait(read_all(*second_)), "ello");
}

task<Ready> wait_on(Stream& stream, std::optional<Millis> timeout) {
  co_await stream.loop().hop();
  co_return co_await stream.wait(timeout);
}

TEST_F(MemoryStreams, WaitTellsWhatHappened) {
  join();
  EXPECT_EQ(simulation_->wait(wait_on(*second_, Millis(5))), Ready::timed_out);
  simulation_->loops().at(1).post([this] { second_->wake(); });
  EXPECT_EQ(simulation_->wait(wait_on(*second_, std::nullopt)), Ready::woken);
  rt::spawn(simulation_->loops().at(0), write_and_close(*first_, "x"));
  EXPECT_EQ(simulation_->wait(wait_on(*second_, std::nullopt)), Ready::readable);
  EXPECT_EQ(simulation_->wait(read_all(*second_)), "x");
  EXPECT_EQ(simulation_->wait(wait_on(*second_, std::nullopt)), Ready::closed);
}

TEST_F(MemoryStreams, AWakeBeforeTheWaitIsNotLost) {
  join();
  simulation_->loops().at(1).post([this] { second_->wake(); });
  simulation_->run();
  EXPECT_EQ(simulation_->wait(wait_on(*second_, Millis(5))), Ready::woken);
  EXPECT_EQ(simulation_->wait(wait_on(*second_, Millis(5))), Ready::timed_out);
}

TEST_F(MemoryStreams, AbortEndsAReadAndTheOtherEndsInput) {
  join();
  auto later = simulation_->loops().at(1).after(Millis(10), [this] { second_->abort(); });
  EXPECT_EQ(simulation_->wait(read_once(*second_)), 0u);
  EXPECT_EQ(simulation_->wait(read_once(*first_)), 0u);
}

task<bool> write_much(Stream& stream) {
  co_await stream.loop().hop();
  const auto written = co_await stream.write(std::string(1000, 'x'));
  co_return written.has_value();
}

TEST_F(MemoryStreams, AWriterGivesUpOnASlowReader) {
  join({.buffer_bytes_max = 10, .write_ms_max = Millis(100)});
  EXPECT_FALSE(simulation_->wait(write_much(*first_)));
  EXPECT_GE(simulation_->clock().now().time_since_epoch(), Millis(100));
}

TEST_F(MemoryStreams, AWriterNoticesThatTheOtherEndIsGone) {
  join({.buffer_bytes_max = 10});
  auto later = simulation_->loops().at(1).after(Millis(10), [this] { second_.reset(); });
  EXPECT_FALSE(simulation_->wait(write_much(*first_)));
  EXPECT_LT(simulation_->clock().now().time_since_epoch(), Millis(1000));
}

task<std::string> discard_then_read(Stream& stream) {
  co_await stream.loop().hop();
  co_await stream.wait(std::nullopt);
  stream.discard_input();
  co_return co_await read_all(stream);
}

TEST_F(MemoryStreams, DiscardsWhatHasArrived) {
  join();
  rt::spawn(simulation_->loops().at(0), write_and_close(*first_, "injected"));
  EXPECT_EQ(simulation_->wait(discard_then_read(*second_)), "");
}

}  // namespace
}  // namespace roost::net
