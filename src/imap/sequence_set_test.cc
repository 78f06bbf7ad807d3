#include "imap/sequence_set.h"

#include <gtest/gtest.h>

namespace roost::imap {
namespace {

Bytes resolved(BytesView text, uint32_t star) {
  Bytes out;
  write_uid_set(out, resolve_uids(parse_sequence_set(text).value(), Uid(star)));
  return out;
}

TEST(SequenceSet, HasTheExamplesOfRfc9051) {
  EXPECT_EQ(resolved("2,4:7,9,12:*", 15), "2,4:7,9,12:15");
  EXPECT_EQ(resolved("*:4,5:7", 10), "4:10");
  EXPECT_EQ(resolved("4:2", 10), "2:4");
  EXPECT_EQ(resolved("3291:*", 100), "100:3291");
  EXPECT_EQ(resolved("*", 7), "7");
  EXPECT_EQ(resolved("1:4294967295,*", 7), "1:4294967295");
}

TEST(SequenceSet, RefusesEverythingElse) {
  for (const char* wrong :
       {"",   "0",   "1:", ":1",    "1,", ",1", "1:2:3", "01", "1 2", "4294967296", "99999999999999999999",
        "-1", "1:0", "a",  "1:3;4", "$",  "**", "1:*2",  "+1", "0x1"}) {
    EXPECT_FALSE(parse_sequence_set(wrong)) << wrong;
  }
}

TEST(SequenceSet, IsWrittenAsItWasRead) {
  for (const char* text : {"1", "*", "1:*", "*:4,5:7", "7,3,3,1:2"}) {
    Bytes out;
    write_sequence_set(out, parse_sequence_set(text).value());
    EXPECT_EQ(out, text);
  }
}

TEST(SequenceSet, NumbersMustExist) {
  auto set = [](const char* text) { return parse_sequence_set(text).value(); };
  EXPECT_EQ(resolve_numbers(set("3,1:2,5:*"), 6).value(),
            (std::vector<SeqRange>{{SeqNum(1), SeqNum(3)}, {SeqNum(5), SeqNum(6)}}));
  EXPECT_EQ(resolve_numbers(set("*"), 6).value().size(), 1u);
  EXPECT_EQ(resolve_numbers(set("7"), 6).error().kind, Error::Kind::bad);
  EXPECT_FALSE(resolve_numbers(set("7:*"), 6));
  EXPECT_FALSE(resolve_numbers(set("*"), 0));
  EXPECT_FALSE(resolve_numbers(set("1:*"), 0));
}

TEST(SequenceSet, ReadsAHundredThousandElements) {
  std::string text;
  for (uint32_t i = 100'000; i > 0; --i) text += std::to_string(2 * i) + ",";
  text.pop_back();
  SequenceSet set = parse_sequence_set(text).value();
  EXPECT_EQ(set.ranges.size(), 100'000u);
  EXPECT_EQ(resolve_uids(set, Uid(1)).count(), 100'000u);
}

TEST(KnownUids, HaveNoStar) {
  EXPECT_EQ(parse_uid_set("5:3,1").value(), (UidSet{{Uid(1), Uid(1)}, {Uid(3), Uid(5)}}));
  EXPECT_FALSE(parse_uid_set("1:*"));
}

}  // namespace
}  // namespace roost::imap
