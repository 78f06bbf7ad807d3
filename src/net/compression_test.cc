#include "net/compression.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace roost::net {
namespace {

// Everything that `in` holds, taken in pieces of `out_bytes`.
std::string inflate_all(Inflater& inflater, BytesView in, size_t out_bytes) {
  std::string all;
  std::string out(out_bytes, '\0');
  while (!in.empty() || inflater.holds_output()) {
    const auto outcome = inflater.inflate(in, out);
    EXPECT_FALSE(outcome.broken);
    if (outcome.broken) break;
    in.remove_prefix(outcome.consumed);
    all.append(out.data(), outcome.produced);
  }
  return all;
}

RC_GTEST_PROP(Compression, WhatIsFlushedCanBeReadAtOnce, (const std::vector<std::string>& writes)) {
  Deflater deflater;
  Inflater inflater;
  const auto out_bytes = *rc::gen::inRange<size_t>(1, 100);
  for (const auto& data : writes) {
    std::string wire;
    deflater.compress(data, wire);
    RC_ASSERT(inflate_all(inflater, wire, out_bytes) == data);
  }
}

TEST(Compression, TakesTheLargestPiece) {
  Deflater deflater;
  Inflater inflater;
  std::string random(kCompressBytesMax, '\0');
  uint32_t state = 1;
  for (char& c : random) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  for (const auto& data : {random, std::string(kCompressBytesMax, 'a')}) {
    std::string wire;
    deflater.compress(data, wire);
    EXPECT_EQ(inflate_all(inflater, wire, 4096), data);
  }
}

// More streams than compressors: each loses its compressor between its writes, and no reader notices.
TEST(Compression, AStreamOutlivesTheLossOfItsCompressor) {
  constexpr size_t kStreams = kCompressorsPerLoopMax + 10;
  std::vector<std::unique_ptr<Deflater>> deflaters;
  std::vector<std::unique_ptr<Inflater>> inflaters;
  for (size_t i = 0; i < kStreams; ++i) {
    deflaters.push_back(std::make_unique<Deflater>());
    inflaters.push_back(std::make_unique<Inflater>());
  }
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < kStreams; ++i) {
      const std::string data = "* " + std::to_string(i) + " FETCH (FLAGS (\\Seen))\r\n";
      std::string wire;
      deflaters[i]->compress(data, wire);
      EXPECT_EQ(inflate_all(*inflaters[i], wire, 100), data);
    }
    if (round == 1) deflaters[3] = std::make_unique<Deflater>();
    if (round == 1) inflaters[3] = std::make_unique<Inflater>();
  }
}

TEST(Compression, HistoryShrinksWhatIsRepeated) {
  Deflater deflater;
  const std::string data = "* OK [HIGHESTMODSEQ 20010715194045007] nothing new has happened here";
  std::string first, second;
  deflater.compress(data, first);
  deflater.compress(data, second);
  EXPECT_LT(second.size(), first.size() / 2);
}

TEST(Compression, ABombGivesNoMoreThanWasAskedFor) {
  Deflater deflater;
  std::string bomb;
  for (int i = 0; i < 100; ++i) deflater.compress(std::string(kCompressBytesMax, '\0'), bomb);
  ASSERT_LT(bomb.size(), 32'000u);
  Inflater inflater;
  std::array<char, 1000> out;
  const auto outcome = inflater.inflate(bomb, out);
  EXPECT_EQ(outcome.produced, out.size());
  EXPECT_LT(outcome.consumed, 1000u);
  EXPECT_TRUE(inflater.holds_output());
}

TEST(Compression, GarbageIsBroken) {
  Inflater inflater;
  std::array<char, 100> out;
  EXPECT_TRUE(inflater.inflate("a LOGIN alice secret\r\n", out).broken);
}

// What a client's compressor makes of a command that is the last one compressed.
std::string last_command(const std::string& earlier, const std::string& command, int flush) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string wire;
  auto add = [&](const std::string& data, int how) {
    std::string out(data.size() + 300, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream.avail_in = static_cast<uInt>(data.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream, how);
    wire.append(out, 0, out.size() - stream.avail_out);
  };
  add(earlier, flush == Z_FINISH ? Z_SYNC_FLUSH : flush);
  add(command, flush);
  ::deflateEnd(&stream);
  return wire;
}

// What is read, with `out_bytes` at a time, until `compressed` octets have come; then, from the same input, in clear.
// The wire comes in two pieces.
std::string read_to_the_end(BytesView wire, size_t split, size_t compressed, size_t out_bytes) {
  Inflater inflater;
  InflateEnd end;
  std::string all;
  std::string out(out_bytes, '\0');
  bool ended = false;
  for (BytesView in : {wire.substr(0, split), wire.substr(split)}) {
    while (all.size() < compressed && (!in.empty() || inflater.holds_output())) {
      const auto outcome = inflater.inflate(in, out);
      in.remove_prefix(outcome.consumed);
      all.append(out, 0, outcome.produced);
      if (outcome.produced == 0 && outcome.consumed == 0) break;
    }
    if (all.size() < compressed) continue;
    ended = ended || end.take(inflater, in);
    if (ended) all += in;
  }
  return all;
}

TEST(InflateEnd, FindsWhereTheClientGoesOnInClear) {
  const std::string plain = "b LOGIN alice secret\r\n";
  for (int flush : {Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH}) {
    for (size_t size = 0; size < 40; ++size) {
      std::string earlier;
      for (size_t i = 0; i < size; ++i) earlier += static_cast<char>('a' + i * 7 % 26);
      const std::string text = earlier + "a UNAUTHENTICATE\r\n";
      const std::string wire = last_command(earlier, "a UNAUTHENTICATE\r\n", flush) + plain;
      for (size_t split = 0; split <= wire.size(); ++split) {
        ASSERT_EQ(read_to_the_end(wire, split, text.size(), 1000), text + plain)
            << flush << " " << size << " " << split;
        ASSERT_EQ(read_to_the_end(wire, split, text.size(), 1), text + plain) << flush << " " << size << " " << split;
      }
    }
  }
}

TEST(InflateEnd, TakesNoMoreThanAFlush) {
  Deflater deflater;
  std::string wire;
  deflater.compress("x", wire);
  const std::string nuls(6, '\0');
  EXPECT_EQ(read_to_the_end(wire + nuls + "y", wire.size(), 1, 10), "x" + std::string(5, '\0') + "y");
}

}  // namespace
}  // namespace roost::net
