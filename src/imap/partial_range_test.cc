#include "imap/partial_range.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

TEST(PartialRange, HasTheExamplesOfRfc9394) {
  EXPECT_EQ(parsed<Search>("UID SEARCH RETURN (PARTIAL -1:-100) UNDELETED UNKEYWORD $Junk").give->partial,
            (PartialRange{1, 100, true}));
  EXPECT_EQ(parsed<Search>("UID SEARCH RETURN (PARTIAL 23500:24000) UNDELETED").give->partial,
            (PartialRange{23'500, 24'000, false}));
  EXPECT_EQ(parsed<Fetch>("UID FETCH 25900:26600 (UID FLAGS) (PARTIAL -1:-3)").partial, (PartialRange{1, 3, true}));
  for (const char* both : {"UID FETCH 25900:26600 (UID FLAGS) (PARTIAL -1:-30 CHANGEDSINCE 98305)",
                           "UID FETCH 25900:26600 (UID FLAGS) (CHANGEDSINCE 98305 PARTIAL -1:-30)"}) {
    Fetch fetch = parsed<Fetch>(both);
    EXPECT_EQ(fetch.partial, (PartialRange{1, 30, true}));
    EXPECT_EQ(fetch.changed_since, ModSeq(98'305));
  }
}

TEST(PartialRange, IsWrittenAsItCame) {
  for (const char* range : {"1:1", "500:400", "-1:-4294967295", "-7:-2"}) {
    Bytes out;
    write_partial_range(out, *parsed<Search>(std::string("SEARCH RETURN (PARTIAL ") + range + ") ALL").give->partial);
    EXPECT_EQ(out, range);
  }
}

TEST(PartialRange, IsRefusedTwiceOrWithAllOrWithMessageNumbers) {
  expect_bad({"SEARCH RETURN (PARTIAL 1:2 PARTIAL 3:4) ALL", "SEARCH RETURN (PARTIAL 1:2 ALL) ALL",
              "SEARCH RETURN (ALL PARTIAL 1:2) ALL", "SEARCH RETURN (PARTIAL) ALL", "SEARCH RETURN (PARTIAL 1) ALL",
              "SEARCH RETURN (PARTIAL 0:1) ALL", "SEARCH RETURN (PARTIAL 1:*) ALL", "SEARCH RETURN (PARTIAL -1:2) ALL",
              "SEARCH RETURN (PARTIAL 1:-2) ALL", "FETCH 1 FLAGS (PARTIAL 1:2)",
              "UID FETCH 1 FLAGS (PARTIAL 1:2 PARTIAL 1:2)"});
  expect_bad({"SEARCH RETURN (PARTIAL 1:2) ALL", "UID FETCH 1 FLAGS (PARTIAL 1:2)"}, Dialect());
}

}  // namespace
}  // namespace roost::imap
