// The small persistent structures under the rows: columns, lists that grow, maps by serial.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <map>
#include <numeric>

#include "mail/append_list.h"
#include "mail/column.h"
#include "mail/keyword_table.h"
#include "mail/serial_map.h"
#include "mail/traces.h"

namespace roost::mail {
namespace {

TEST(Column, IsSharedUntilHistoriesPart) {
  std::vector<int> one{1};
  std::vector<int> two{2};
  ColumnPtr<int> first = extend_column<int>(nullptr, 0, one, 256);
  ColumnPtr<int> second = extend_column<int>(first, 1, two, 256);
  EXPECT_EQ(second, first);
  ColumnPtr<int> other = extend_column<int>(first, 1, one, 256);
  EXPECT_NE(other, first) << "somebody else has written there";
  EXPECT_EQ((*second)[1], 2);
  EXPECT_EQ((*other)[1], 1);
  EXPECT_EQ((*other)[0], 1);
}

TEST(Column, GrowsToItsLimitOnly) {
  std::vector<int> many(100, 5);
  ColumnPtr<int> column = extend_column<int>(nullptr, 0, many, 256);
  EXPECT_EQ(column->capacity(), 128U);
  column = extend_column<int>(column, 100, many, 256);
  EXPECT_EQ(column->capacity(), 256U);
  EXPECT_EQ(column->claim(200, 57), nullptr);
  EXPECT_NE(column->claim(200, 56), nullptr);
}

TEST(AppendList, KeepsEveryVersion) {
  std::vector<AppendList<int, 4>> versions(1);
  for (int i = 0; i < 100; ++i) {
    versions.push_back(versions.back());
    versions.back().push_back(i);
    AppendList<int, 4> branch = versions[static_cast<size_t>(i)];
    branch.push_back(-1);
    EXPECT_EQ(branch[static_cast<uint32_t>(i)], -1);
  }
  for (uint32_t size = 0; size < versions.size(); ++size) {
    ASSERT_EQ(versions[size].size(), size);
    for (uint32_t i = 0; i < size; ++i) ASSERT_EQ(versions[size][i], static_cast<int>(i));
  }
}

RC_GTEST_PROP(SerialMap, AgreesWithStdMap, ()) {
  SerialMap<uint32_t> map;
  std::map<uint64_t, uint32_t> truth;
  for (int round = 0; round < 5; ++round) {
    auto serials = *rc::gen::container<std::vector<uint64_t>>(
        rc::gen::oneOf(rc::gen::inRange<uint64_t>(1, 20), rc::gen::inRange<uint64_t>(4'090, 12'300)));
    std::ranges::sort(serials);
    bool down = *rc::gen::arbitrary<bool>();
    auto change = [down](uint64_t, const uint32_t* value) -> std::optional<uint32_t> {
      if (!down) return value != nullptr ? *value + 1 : 1;
      if (value == nullptr || *value == 1) return std::nullopt;
      return *value - 1;
    };
    map.update(serials, change);
    for (uint64_t serial : serials) {
      auto it = truth.find(serial);
      auto next = change(serial, it != truth.end() ? &it->second : nullptr);
      if (next) {
        truth[serial] = *next;
      } else {
        truth.erase(serial);
      }
    }
    std::map<uint64_t, uint32_t> all;
    map.for_each([&all](uint64_t serial, uint32_t value) { all[serial] = value; });
    RC_ASSERT(all == truth);
    RC_ASSERT(map.size() == truth.size());
    for (uint64_t serial : serials) {
      const uint32_t* found = map.find(serial);
      RC_ASSERT((found != nullptr) == truth.contains(serial));
    }
  }
}

TEST(KeywordTable, FindsNamesInAnyCaseAndSetsByTheirMembers) {
  KeywordTable table;
  std::vector<std::string> names{"$Forwarded", "Work"};
  table.add(names);
  KeywordTable before = table;
  EXPECT_EQ(table.find("WORK"), 1);
  EXPECT_EQ(table.find("absent"), std::nullopt);
  EXPECT_EQ(table.find_set({}), KeywordSet(0));
  KeywordSet both = table.add_set({0, 1});
  EXPECT_EQ(table.find_set({0, 1}), both);
  EXPECT_THAT(table.set(both), testing::ElementsAre(0, 1));
  EXPECT_THAT(table.set(KeywordSet(77)), testing::IsEmpty());
  EXPECT_EQ(before.set_count(), 1U);
}

TEST(Traces, AreReadFromTheEndAndDroppedFromTheBeginning) {
  Traces traces;
  for (uint32_t i = 1; i <= 10'000; ++i) traces.add(UidSet::single(Uid(2 * i)), ModSeq(i));
  EXPECT_EQ(traces.size(), 10'000U);
  EXPECT_EQ(traces.sealed().size(), 2U);
  EXPECT_EQ(traces.young().back().modseq, ModSeq(10'000));
  EXPECT_EQ(traces.floor_for(1, 20'000), ModSeq(0));
  ModSeq floor = traces.floor_for(1, 10'000);
  EXPECT_EQ(floor, ModSeq(kTraceBlockMax));
  Traces before = traces;
  traces.raise_floor(floor);
  EXPECT_EQ(traces.size(), 10'000U - kTraceBlockMax);
  EXPECT_EQ(before.size(), 10'000U);
  traces.raise_floor(ModSeq(10'000));
  EXPECT_EQ(traces.size(), 0U);
  EXPECT_EQ(traces.floor(), ModSeq(10'000));
}

TEST(Traces, TakeAnExpungeOfManyRanges) {
  UidSet uids;
  for (uint32_t i = 1; i <= 9'000; ++i) uids.append(Uid(3 * i));
  Traces traces;
  traces.add(uids, ModSeq(5));
  EXPECT_EQ(traces.size(), 9'000U);
  EXPECT_EQ(traces.floor_for(1, 9'000), ModSeq(5));
}

}  // namespace
}  // namespace roost::mail
