#include "accounts/parse_guard.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "accounts/guarded_parser.h"
#include "message/card.h"

namespace roost::accounts {
namespace {

struct Guard : testing::Test {
  std::string path = testing::TempDir() + "guard." + std::to_string(getpid());
  ~Guard() override { std::filesystem::remove(path); }

  static Fingerprint of(BytesView text) {
    Fingerprinter fingerprinter;
    fingerprinter.add(text);
    return fingerprinter.value();
  }
  // A process that dies while it parses this.
  void die_parsing(const std::string& text) {
    pid_t child = fork();
    if (child == 0) {
      auto guard = open_parse_guard(path);
      auto note = (*guard)->note(of(text));
      _exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
  }
  Bytes parse(ParseGuard& guard, BytesView text, size_t piece, BytesView trace = {}) {
    GuardedParser parser(guard);
    parser.feed_trace(trace);
    for (size_t at = 0; at < text.size(); at += piece) parser.feed(text.substr(at, piece));
    return parser.finish();
  }
};

TEST_F(Guard, AFingerprintIsTheSameHoweverTheMessageIsCut) {
  Fingerprinter pieces;
  for (char c : std::string("some message")) pieces.add(BytesView(&c, 1));
  EXPECT_EQ(pieces.value(), of("some message"));
}

TEST_F(Guard, WhatEndedWellIsNotPoisoned) {
  {
    (void)(*open_parse_guard(path))->note(of("good"));
  }
  EXPECT_FALSE((*open_parse_guard(path))->poisoned(of("good")));
}

TEST_F(Guard, WhatKilledAProcessIsPoisonedFromThenOn) {
  die_parsing("bad");
  for (int i = 0; i < 2; ++i) {
    auto guard = open_parse_guard(path);
    ASSERT_TRUE(guard);
    EXPECT_TRUE((*guard)->poisoned(of("bad")));
    EXPECT_FALSE((*guard)->poisoned(of("good")));
  }
}

// docs/formats/parse_guard.md
TEST_F(Guard, TheFileIsAsItsFormatSays) {
  die_parsing("bad");
  {
    (void)open_parse_guard(path);
  }
  std::ifstream in(path, std::ios::binary);
  std::string file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  ASSERT_EQ(file.size(), 20'496U);
  Decoder words(file);
  EXPECT_EQ(words.raw(8), "ROOSTPG1");
  EXPECT_EQ(words.u64(), 1U);
  EXPECT_EQ(words.raw(4096), std::string(4096, 0));
  EXPECT_EQ(words.u64(), crc32c("bad"));
  EXPECT_EQ(words.u64(), 3U);
  EXPECT_EQ(words.raw(16'368), std::string(16'368, 0));
  EXPECT_EQ(words.left(), 0U);
}

TEST_F(Guard, ANoteInsideAnotherTakesItsPlaceUntilItEnds) {
  pid_t child = fork();
  if (child == 0) {
    auto guard = open_parse_guard(path);
    auto outer = (*guard)->note(of("outer"));
    {
      auto inner = (*guard)->note(of("inner"));
    }
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  auto guard = open_parse_guard(path);
  EXPECT_TRUE((*guard)->poisoned(of("outer")));
  EXPECT_FALSE((*guard)->poisoned(of("inner")));
}

TEST_F(Guard, AFileThatIsNoGuardsIsReplaced) {
  std::ofstream(path) << std::string(100'000, 'x');
  auto guard = open_parse_guard(path);
  ASSERT_TRUE(guard);
  EXPECT_FALSE((*guard)->poisoned(of("anything")));
}

TEST_F(Guard, KeepsTheNewestOfManyPoisoned) {
  for (int i = 0; i < 5; ++i) die_parsing("bad " + std::to_string(i));
  auto guard = open_parse_guard(path);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE((*guard)->poisoned(of("bad " + std::to_string(i))));
}

TEST_F(Guard, APoisonedMessageGetsAnOpaqueCardHoweverItArrives) {
  std::string text = "Subject: x\r\n\r\n" + std::string(100'000, 'y');
  die_parsing(text.substr(0, 64 * 1024));  // in the second block
  auto guard = open_parse_guard(path);
  for (size_t piece : {1'000, 32'768, 40'000, 200'000}) {
    auto card = message::decode_card(parse(**guard, text, piece));
    EXPECT_TRUE(card->opaque);
    EXPECT_EQ(card->size, text.size());
    EXPECT_TRUE(message::decode_card(parse(**guard, text, piece, "Received: now\r\n"))->opaque);
  }
  EXPECT_FALSE(message::decode_card(parse(**guard, text.substr(1), 1'000))->opaque);
}

TEST_F(Guard, PiecesMakeTheSameCardAsTheWhole) {
  auto guard = no_parse_guard();
  std::string text = "Subject: x\r\n\r\n" + std::string(100'000, 'y');
  Bytes whole = message::encode_card(message::make_card(message::parse(text)));
  for (size_t piece : {1, 1'000, 32'768, 40'000, 200'000}) EXPECT_EQ(parse(*guard, text, piece), whole);
}

}  // namespace
}  // namespace roost::accounts
