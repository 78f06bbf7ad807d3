#include "search/query.h"

#include <gtest/gtest.h>

namespace roost::search {
namespace {

TEST(DayNumber, CountsDaysSince1970) {
  EXPECT_EQ(day_number(Day{1970, 1, 1}), 0);
  EXPECT_EQ(day_number(Day{1969, 12, 31}), -1);
  EXPECT_EQ(day_number(Day{2000, 3, 1}), 11'017);
}

TEST(DayNumber, GoesOnBeyondAMonthsEnd) { EXPECT_EQ(day_number(Day{2025, 2, 30}), day_number(Day{2025, 3, 2})); }

TEST(DayNumber, OfAnInstantIsTheDayWhereItWasWritten) {
  EXPECT_EQ(day_number(0, 0), 0);
  EXPECT_EQ(day_number(0, -1), -1);
  EXPECT_EQ(day_number(-1, 0), -1);
  EXPECT_EQ(day_number(-1, 1), 0);
  EXPECT_EQ(day_number(23 * 3600, 60), 1);
  EXPECT_EQ(day_number(23 * 3600, 59), 0);
  EXPECT_EQ(day_number(86'400, -24 * 60), 0);
  EXPECT_EQ(day_number(86'399, -24 * 60), -1);
}

TEST(DayNumber, DoesNotOverflow) {
  EXPECT_EQ(day_number(INT64_MAX, 32'767), INT64_MAX / 86'400 + 23);
  EXPECT_LT(day_number(INT64_MIN, -32'768), INT64_MIN / 86'400);
}

Query nested(uint32_t depth) {
  Query query = Flag{SystemFlag::seen};
  for (uint32_t i = 1; i < depth; ++i) query = Not{{std::move(query)}};
  return query;
}

TEST(CheckQuery, RefusesWhatIsNestedTooDeeply) {
  QueryLimits limits;
  EXPECT_TRUE(check_query(nested(limits.depth_max), limits));
  EXPECT_EQ(check_query(nested(limits.depth_max + 1), limits).error().code, Code::limit);
}

TEST(CheckQuery, RefusesTooManyKeys) {
  QueryLimits limits;
  And all;
  all.of.assign(limits.nodes_max - 1, Query(Flag{SystemFlag::seen}));
  EXPECT_TRUE(check_query(all, limits));
  all.of.emplace_back(Flag{SystemFlag::seen});
  EXPECT_EQ(check_query(all, limits).error().code, Code::limit);
}

TEST(CheckQuery, RefusesTooManyAndTooLongStrings) {
  QueryLimits limits;
  Or many;
  many.of.assign(limits.needles_max + 1, Query(InText{"x"}));
  EXPECT_EQ(check_query(many, limits).error().code, Code::limit);
  EXPECT_EQ(check_query(InBody{std::string(limits.needle_bytes_max + 1, 'x')}, limits).error().code, Code::limit);
  EXPECT_TRUE(check_query(InBody{std::string(limits.needle_bytes_max, 'x')}, limits));
}

}  // namespace
}  // namespace roost::search
