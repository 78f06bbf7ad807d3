#include "imap/sort.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

using Key = SortCriterion::Key;
using Criteria = std::vector<SortCriterion>;

TEST(Sort, HasTheExamplesOfRfc5256) {
  Sort sort = parsed<Sort>("SORT (SUBJECT) UTF-8 SINCE 1-Feb-1994");
  EXPECT_EQ(sort.criteria, (Criteria{{Key::subject}}));
  EXPECT_EQ(sort.search.charset, "UTF-8");
  EXPECT_EQ(sort.search.key.op, SearchKey::Op::since);
  EXPECT_FALSE(sort.search.uid);
  EXPECT_FALSE(sort.search.give);
  sort = parsed<Sort>("UID SORT (SUBJECT REVERSE DATE) UTF-8 ALL");
  EXPECT_EQ(sort.criteria, (Criteria{{Key::subject}, {Key::date, true}}));
  EXPECT_TRUE(sort.search.uid);
  EXPECT_EQ(parsed<Sort>("SORT (SUBJECT) US-ASCII TEXT \"not in mailbox\"").search.key.text, "not in mailbox");
}

TEST(Sort, KnowsEveryKey) {
  EXPECT_EQ(parsed<Sort>("SORT (arrival cc date from size subject to displayfrom DISPLAYTO) utf-8 ALL").criteria,
            (Criteria{{Key::arrival},
                      {Key::cc},
                      {Key::date},
                      {Key::from},
                      {Key::size},
                      {Key::subject},
                      {Key::to},
                      {Key::display_from},
                      {Key::display_to}}));
}

TEST(Sort, ForgetsAKeyThatCannotDecide) {
  EXPECT_EQ(parsed<Sort>("SORT (DATE REVERSE DATE SIZE DATE) UTF-8 ALL").criteria,
            (Criteria{{Key::date}, {Key::size}}));
}

TEST(Sort, HasReturnOptions) {
  Sort sort = parsed<Sort>("UID SORT RETURN () (REVERSE DATE) UTF-8 UNDELETED UNKEYWORD $Junk");
  EXPECT_TRUE(sort.search.give->all);
  sort = parsed<Sort>("SORT RETURN (MIN COUNT) (DATE) UTF-8 ALL");
  EXPECT_TRUE(sort.search.give->min && sort.search.give->count);
}

TEST(Sort, RefusesWhatIsIncomplete) {
  expect_bad({"SORT", "SORT ()  UTF-8 ALL", "SORT () UTF-8 ALL", "SORT (DATE) UTF-8", "SORT DATE UTF-8 ALL",
              "SORT (REVERSE) UTF-8 ALL", "SORT (REVERSE REVERSE DATE) UTF-8 ALL", "SORT (MODSEQ) UTF-8 ALL",
              "SORT (DATE)  UTF-8 ALL", "SORT (DATE) (UTF-8) ALL", "SORT (DATEX) UTF-8 ALL", "SORT (DATE UTF-8 ALL"});
}

TEST(Sort, RefusesWhatIsNotAnnounced) {
  expect_bad({"SORT (DISPLAYFROM) UTF-8 ALL", "SORT RETURN () (DATE) UTF-8 ALL"}, Dialect());
}

TEST(Thread, HasTheExamplesOfRfc5256) {
  Thread thread = parsed<Thread>("THREAD ORDEREDSUBJECT UTF-8 SINCE 5-MAR-2000");
  EXPECT_EQ(thread.algorithm, Thread::Algorithm::ordered_subject);
  EXPECT_EQ(thread.search.charset, "UTF-8");
  thread = parsed<Thread>("UID THREAD references US-ASCII TEXT \"gewp\"");
  EXPECT_EQ(thread.algorithm, Thread::Algorithm::references);
  EXPECT_TRUE(thread.search.uid);
  EXPECT_EQ(parsed<Thread>("THREAD REFS utf-8 ALL").algorithm, Thread::Algorithm::refs);
}

TEST(Thread, RefusesWhatIsIncompleteOrUnknown) {
  expect_bad({"THREAD", "THREAD REFERENCES", "THREAD REFERENCES UTF-8", "THREAD JWZ UTF-8 ALL",
              "THREAD (REFERENCES) UTF-8 ALL", "THREAD RETURN () REFS UTF-8 ALL"});
}

}  // namespace
}  // namespace roost::imap
