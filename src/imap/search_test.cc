#include "imap/search.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

using Op = SearchKey::Op;

// The tree in a short form: (& a b), (| a b), (! a); flags by their bits.
std::string shape(const SearchKey& key) {
  switch (key.op) {
    case Op::and_:
    case Op::or_:
    case Op::not_: {
      std::string out = key.op == Op::and_ ? "(&" : key.op == Op::or_ ? "(|" : "(!";
      for (const SearchKey& child : key.children) out += " " + shape(child);
      return out + ")";
    }
    case Op::all: return "all";
    case Op::recent: return "recent";
    case Op::flag: return "f" + std::to_string(static_cast<int>(key.flag));
    case Op::numbers: return "#" + std::to_string(key.set.ranges.size());
    default: return key.name + ":" + key.text;
  }
}

std::string shape_of(const std::string& keys) { return shape(parsed<Search>("SEARCH " + keys).key); }

TEST(Search, HasTheExamplesOfRfc9051) {
  SearchKey key = parsed<Search>("SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"").key;
  EXPECT_EQ(key.children[1].date, parse_date_text("1-Feb-1994").value());
  EXPECT_EQ(key.children[2].children[0].text, "Smith");
  EXPECT_EQ(shape_of("TEXT \"string not in mailbox\""), ":string not in mailbox");
  Search s = parsed<Search>("SEARCH CHARSET UTF-8 TEXT {12}\r\n\xd0\xbc\xd0\xbe\xd1\x8f \xd0\xbc\xd0\xb0\xd0");
  EXPECT_EQ(s.charset, "UTF-8");
  s = parsed<Search>("SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"");
  EXPECT_TRUE(s.give->min && s.give->count);
  EXPECT_FALSE(s.give->all);
  EXPECT_TRUE(parsed<Search>("SEARCH RETURN () FLAGGED").give->all);
  EXPECT_TRUE(parsed<Search>("UID SEARCH RETURN (SAVE) $").give->save);
  EXPECT_FALSE(parsed<Search>("SEARCH ALL").give);
}

TEST(Search, KnowsFlags) {
  EXPECT_EQ(shape_of("SEEN UNSEEN ANSWERED UNANSWERED"), "(& f1 (! f1) f2 (! f2))");
  EXPECT_EQ(shape_of("Flagged UnFlagged deleted undeleted draft undraft"), "(& f4 (! f4) f8 (! f8) f16 (! f16))");
  EXPECT_EQ(shape_of("NEW OLD RECENT"), "(& recent (! f1) (! recent) recent)");
  EXPECT_EQ(shape_of("KEYWORD $Junk UNKEYWORD b"), "(& :$Junk (! :b))");
}

TEST(Search, KnowsEveryOtherKey) {
  for (const char* keys : {"BCC a",
                           "BEFORE 1-Feb-1994",
                           "BODY a",
                           "CC a",
                           "FROM a",
                           "HEADER a b",
                           "HEADER Message-ID \"\"",
                           "LARGER 0",
                           "ON \"1-Feb-1994\"",
                           "SENTBEFORE 1-Feb-1994",
                           "SENTON 1-Feb-1994",
                           "SENTSINCE 1-Feb-1994",
                           "SINCE 1-Feb-1994",
                           "SMALLER 5",
                           "SUBJECT a",
                           "TEXT a",
                           "TO a",
                           "UID 1:*",
                           "1,3:5",
                           "*",
                           "$",
                           "OLDER 5",
                           "YOUNGER 86400",
                           "MODSEQ 0",
                           "MODSEQ \"/flags/\\\\draft\" all 620162338",
                           "EMAILID M6d99ac3275bb4e",
                           "THREADID T-_1",
                           "SAVEDBEFORE 1-Feb-1994",
                           "SAVEDON 1-Feb-1994",
                           "SAVEDSINCE 1-Feb-1994",
                           "SAVEDATESUPPORTED",
                           "n 5"}) {
    std::string text = refused(std::string("SEARCH ") + keys);
    EXPECT_EQ(text == "accepted", std::string(keys) != "n 5") << keys << ": " << text;
  }
  EXPECT_EQ(parsed<Search>("SEARCH MODSEQ \"/flags/\\\\draft\" all 620162338").key.name, "/flags/\\draft");
}

TEST(Search, FlattensNesting) {
  EXPECT_EQ(shape_of("OR 1 OR 2 OR 3 4"), "(| #1 #1 #1 #1)");
  EXPECT_EQ(shape_of("OR OR OR 1 2 3 4"), "(| #1 #1 #1 #1)");
  EXPECT_EQ(shape_of("OR (OR 1 2) (3)"), "(| #1 #1 #1)");
  EXPECT_EQ(shape_of("((1) (2 (3)))"), "(& #1 #1 #1)");
  EXPECT_EQ(shape_of("NOT NOT 1"), "#1");
  EXPECT_EQ(shape_of("NOT NOT NOT UNSEEN"), "f1");
  EXPECT_EQ(shape_of("OR NOT NOT OR 1 2 SEEN NOT (1 SEEN)"), "(& (| #1 #1 f1) (! (& #1 f1)))");
  EXPECT_EQ(shape_of("OR (1 SEEN) NOT OR 1 2 ALL"), "(& (| (& #1 f1) (! (| #1 #1))) all)");
}

TEST(Search, TakesWhatClientsSend) {
  Search s = parsed<Search>("SEARCH CHARSET UTF-8 (SUBJECT \"Gr\xc3\xbc\xc3\x9f\x65\")");
  EXPECT_EQ(s.key.text, "Gr\xc3\xbc\xc3\x9f\x65");
  EXPECT_EQ(shape_of("5 UNDELETED"), "(& #1 (! f8))");
  EXPECT_EQ(parsed<Search>("search charset \"utf-8\" all").charset, "utf-8");
}

TEST(Search, TakesLongChains) {
  std::string right, left, flat = "SEARCH ";
  for (int i = 0; i < 5000; ++i) {
    right += "OR SEEN ";
    left += "OR ";
  }
  EXPECT_EQ(parsed<Search>("SEARCH " + right + "ALL").key.children.size(), 5001u);
  for (int i = 0; i < 5000; ++i) left += "SEEN ";
  EXPECT_EQ(parsed<Search>("SEARCH " + left + "ALL").key.children.size(), 5001u);
  std::string nots;
  for (int i = 0; i < 100'001; ++i) nots += "NOT ";
  EXPECT_EQ(shape_of(nots + "ALL"), "(! all)");
}

TEST(Search, BoundsDepthAndNumber) {
  std::string deep(kSearchDepthMax, '(');
  EXPECT_EQ(shape_of(deep + "ALL" + std::string(kSearchDepthMax, ')')), "all");
  EXPECT_TRUE(refused("SEARCH " + std::string(100'000, '(') + "ALL").starts_with("NO "));
  std::string alternating;
  for (int i = 0; i < 1000; ++i) alternating += "OR SEEN NOT ";
  EXPECT_TRUE(refused("SEARCH " + alternating + "ALL").starts_with("NO "));
  std::string many = "SEARCH ALL";
  for (size_t i = 0; i < kSearchKeysMax; ++i) many += " ALL";
  EXPECT_TRUE(refused(many).starts_with("NO "));
}

TEST(Search, RefusesEverythingElse) {
  expect_bad({"SEARCH",
              "SEARCH ",
              "SEARCH ()",
              "SEARCH (ALL",
              "SEARCH ALL)",
              "SEARCH ALL ",
              "SEARCH  ALL",
              "SEARCH FOO",
              "SEARCH OR ALL",
              "SEARCH OR ALL ",
              "SEARCH NOT",
              "SEARCH NOT ",
              "SEARCH (NOT)",
              "SEARCH (OR ALL)",
              "SEARCH SUBJECT",
              "SEARCH HEADER a",
              "SEARCH SINCE 31-Feb-2000",
              "SEARCH SINCE \"1-Feb-1994",
              "SEARCH LARGER -1",
              "SEARCH LARGER 9223372036854775808",
              "SEARCH UID x",
              "SEARCH 0",
              "SEARCH OLDER 0",
              "SEARCH CHARSET UTF-8",
              "SEARCH CHARSET",
              "SEARCH RETURN (FOO) ALL",
              "SEARCH RETURN (MIN)",
              "SEARCH RETURN MIN ALL",
              "SEARCH KEYWORD \\Seen",
              "SEARCH MODSEQ \"x\" some 5",
              "SEARCH EMAILID .",
              "SEARCH SEENX",
              "SEARCH ALL(ALL)",
              "SEARCH SUBJECT {1+}\r\nab",
              "SEARCH SUBJECT \xc3\xa4"});
  Dialect d;
  expect_bad({"SEARCH RETURN (MIN) ALL", "SEARCH $", "SEARCH OLDER 5", "SEARCH MODSEQ 5", "SEARCH EMAILID x",
              "SEARCH SAVEDON 1-Feb-1994"},
             d);
}

TEST(Search, TakesTheUidsOnOneSideOfAUid) {
  using Range = SequenceSet::Range;
  EXPECT_EQ(parsed<Search>("SEARCH UIDAFTER 25000").key.set.ranges, (std::vector<Range>{{25001, 4294967295}}));
  EXPECT_EQ(parsed<Search>("SEARCH uidbefore 25000").key.set.ranges, (std::vector<Range>{{1, 24999}}));
  EXPECT_TRUE(parsed<Search>("SEARCH UIDAFTER 4294967295").key.set.empty());
  EXPECT_TRUE(parsed<Search>("SEARCH UIDBEFORE 1").key.set.empty());
  EXPECT_EQ(parsed<Search>("SEARCH UIDBEFORE 1").key.op, SearchKey::Op::uids);
  expect_bad({"SEARCH UIDAFTER", "SEARCH UIDAFTER 0", "SEARCH UIDBEFORE *", "SEARCH UIDBEFORE 1:2"});
}

}  // namespace
}  // namespace roost::imap
