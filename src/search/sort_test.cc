#include "search/sort.h"

#include <gtest/gtest.h>

#include "search/ordering_test.h"

namespace roost::search {
namespace {

using Key = SortCriterion::Key;

std::vector<uint32_t> sorted(std::vector<SortCriterion> criteria, const std::vector<TestMessage>& messages) {
  Sorting sorting(std::move(criteria));
  order(sorting, messages);
  std::vector<uint32_t> uids;
  for (Uid uid : sorting.result()) uids.push_back(uid.value);
  return uids;
}

using Uids = std::vector<uint32_t>;

TEST(Sorting, GoesByTheFirstCriterionThenTheNextThenTheMailbox) {
  std::vector<TestMessage> messages = {{.subject = "B", .sent = 5},
                                       {.subject = "A", .sent = 7},
                                       {.subject = "B", .sent = 4},
                                       {.subject = "A", .sent = 7},
                                       {.subject = "", .sent = 9}};
  EXPECT_EQ(sorted({{Key::subject}}, messages), (Uids{5, 2, 4, 1, 3}));
  EXPECT_EQ(sorted({{Key::subject}, {Key::date}}, messages), (Uids{5, 2, 4, 3, 1}));
  EXPECT_EQ(sorted({{Key::subject}, {Key::date, true}}, messages), (Uids{5, 2, 4, 1, 3}));
  // RFC 5256 3: REVERSE does not turn the order of the mailbox around.
  EXPECT_EQ(sorted({{Key::subject, true}}, messages), (Uids{1, 3, 2, 4, 5}));
}

TEST(Sorting, ComparesNumbersAsNumbers) {
  std::vector<TestMessage> messages = {{.sent = 0, .arrived = 300, .size = 1'000},
                                       {.sent = -5, .arrived = 20, .size = 999},
                                       {.sent = 5, .size = 10'000}};
  EXPECT_EQ(sorted({{Key::size}}, messages), (Uids{2, 1, 3}));
  EXPECT_EQ(sorted({{Key::arrival}}, messages), (Uids{3, 2, 1}));
  EXPECT_EQ(sorted({{Key::date}}, messages), (Uids{2, 1, 3}));
  EXPECT_EQ(sorted({{Key::date, true}}, messages), (Uids{3, 1, 2}));
}

TEST(Sorting, ReadsNoCardForWhatTheRowSays) {
  EXPECT_FALSE(Sorting({{Key::arrival}, {Key::size}}).reads_cards());
  EXPECT_TRUE(Sorting({{Key::arrival}, {Key::date}}).reads_cards());
}

TEST(Sorting, TakesTheInternalDateWhereThereIsNoOther) {
  Sorting sorting({{Key::date}});
  mail::Cold early{.uid = Uid(1), .internal_date = {50, 0}};
  mail::Cold late{.uid = Uid(2), .internal_date = {40, 0}};
  ASSERT_TRUE(sorting.add(early, nullptr));
  ASSERT_TRUE(sorting.add(late, nullptr));
  Slice slice(system_clock(), TimePoint::max());
  ASSERT_TRUE(sorting.finish(slice));
  EXPECT_EQ(sorting.result(), (std::vector<Uid>{Uid(2), Uid(1)}));
}

}  // namespace
}  // namespace roost::search
