#include "search/trigrams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roost::search {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Trigram of(char a, char b, char c) {
  return Trigram{static_cast<uint8_t>(a)} << 16 | Trigram{static_cast<uint8_t>(b)} << 8 | static_cast<uint8_t>(c);
}

std::vector<Trigram> trigrams(TrigramSet& set) {
  std::vector<Trigram> all;
  for (const TrigramWord& word : set.words()) {
    for (uint32_t bit = 0; bit < kTrigramsPerWord; ++bit) {
      if ((word.bits >> bit & 1) != 0) all.push_back(word.number * kTrigramsPerWord + bit);
    }
  }
  EXPECT_EQ(all.size(), set.size());
  return all;
}

TEST(TrigramSet, HasEachOnceWhereverTheTextIsCut) {
  TrigramSet set;
  for (const char* piece : {"A", "BC", "", "ABC"}) EXPECT_TRUE(set.text(piece));
  EXPECT_THAT(trigrams(set), UnorderedElementsAre(of('A', 'B', 'C'), of('B', 'C', 'A'), of('C', 'A', 'B')));
}

TEST(TrigramSet, EndsWithItsText) {
  TrigramSet set;
  set.text("AB");
  set.next_text();
  set.text("CD");
  EXPECT_THAT(trigrams(set), IsEmpty());
  set.text("\xff");
  EXPECT_THAT(trigrams(set), UnorderedElementsAre(of('C', 'D', '\xff')));
}

TEST(TrigramSet, KnowsNothingOfTheMessageBefore) {
  TrigramSet set;
  set.text("ABCD");
  set.clear();
  set.text("BCD");
  EXPECT_THAT(trigrams(set), UnorderedElementsAre(of('B', 'C', 'D')));
}

TEST(TrigramSet, GivesUpWhereThereAreTooMany) {
  TrigramSet set;
  Bytes text;
  bool wanted = true;
  for (uint32_t i = 0; i <= kTrigramsPerMessageMax && wanted; ++i) {
    text.assign({static_cast<char>(i >> 16), static_cast<char>(i >> 8), static_cast<char>(i)});
    wanted = set.text(text);
    set.next_text();
  }
  EXPECT_FALSE(wanted);
  EXPECT_TRUE(set.too_many());
  set.clear();
  EXPECT_FALSE(set.too_many());
}

TEST(NeedleTrigrams, AreNoneOfWhatIsTooShort) {
  EXPECT_THAT(needle_trigrams(""), IsEmpty());
  EXPECT_THAT(needle_trigrams("AB"), IsEmpty());
  EXPECT_THAT(needle_trigrams("ABC"), UnorderedElementsAre(of('A', 'B', 'C')));
  EXPECT_THAT(needle_trigrams("AAAAA"), UnorderedElementsAre(of('A', 'A', 'A')));
}

TEST(NeedleTrigrams, AreFewOfALongNeedleAndAllFoundInIt) {
  Bytes needle;
  for (int i = 0; i < 5'000; ++i) needle.push_back(static_cast<char>('A' + i * i % 97));
  TrigramSet set;
  set.text(needle);
  auto few = needle_trigrams(needle);
  EXPECT_LE(few.size(), kTrigramsPerNeedleMax);
  EXPECT_THAT(trigrams(set), testing::IsSupersetOf(few));
}

}  // namespace
}  // namespace roost::search
