#include "message/matcher.h"

#include <gtest/gtest.h>

#include <random>

namespace roost::message {
namespace {

bool found(BytesView needle, BytesView text, size_t piece) {
  Matcher matcher{Bytes(needle)};
  for (size_t i = 0; i < text.size(); i += piece) matcher.feed(text.substr(i, piece));
  return matcher.matched();
}

TEST(Matcher, FindsAStringWhereverPiecesAreCut) {
  BytesView text = "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG AND RUNS";
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    EXPECT_TRUE(found("THE QUICK", text, piece));
    EXPECT_TRUE(found("FOX JUMPS OVER THE LAZY DOG", text, piece));
    EXPECT_TRUE(found("RUNS", text, piece));
    EXPECT_TRUE(found("X", text, piece));
    EXPECT_FALSE(found("FOXES", text, piece));
    EXPECT_FALSE(found("RUNS ", text, piece));
  }
}

TEST(Matcher, FindsTheEmptyStringAtOnce) { EXPECT_TRUE(Matcher("").matched()); }

TEST(Matcher, FindsNothingAcrossTexts) {
  Matcher matcher("AB");
  matcher.feed("A");
  matcher.next_text();
  EXPECT_FALSE(matcher.feed("B"));
  EXPECT_TRUE(matcher.feed("AB"));
  matcher.reset();
  EXPECT_FALSE(matcher.matched());
}

TEST(Matcher, AgreesWithPlainSearchOnRandomTexts) {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    Bytes text(random() % 120, '\0');
    for (char& c : text) c = static_cast<char>('A' + random() % 2);
    Bytes needle(1 + random() % 9, '\0');
    for (char& c : needle) c = static_cast<char>('A' + random() % 2);
    ASSERT_EQ(found(needle, text, 1 + random() % 70), text.find(needle) != Bytes::npos) << needle << " in " << text;
  }
}

TEST(Matcher, StaysLinearOnTextsMadeAgainstIt) {
  Bytes text(10'000'000, 'A');
  Bytes needle = Bytes(5000, 'A') + "B" + Bytes(4999, 'A');
  Matcher matcher(needle);
  EXPECT_FALSE(matcher.feed(text));
}

}  // namespace
}  // namespace roost::message
