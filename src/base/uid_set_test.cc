#include "base/uid_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace roost {
namespace {

constexpr uint32_t kUidMax = 0xffffffff;

UidRange range(uint32_t first, uint32_t last) { return {Uid(first), Uid(last)}; }

Bytes text(const UidSet& set) {
  Bytes out;
  write_uid_set(out, set);
  return out;
}

UidSet random_set(std::mt19937& rng) {
  UidSet set;
  for (size_t i = rng() % 8; i > 0; --i) {
    uint32_t first = 1 + rng() % 40;
    set.insert(range(first, first + rng() % 6));
  }
  return set;
}

std::set<uint32_t> members(const UidSet& set) {
  std::set<uint32_t> out;
  set.for_each([&](Uid uid) { out.insert(uid.value); });
  return out;
}

TEST(UidSet, MergesWhatTouches) {
  EXPECT_EQ(text({range(5, 7), range(1, 2), range(3, 3), range(9, 9)}), "1:3,5:7,9");
  UidSet set{range(1, 2), range(6, 8), range(20, 30)};
  set.insert(range(3, 19));
  EXPECT_EQ(text(set), "1:30");
}

TEST(UidSet, AppendsInAscendingOrder) {
  UidSet set;
  for (uint32_t v : {1, 2, 3, 7, 8, 10, 10}) set.append(Uid(v));
  EXPECT_EQ(text(set), "1:3,7:8,10");
  EXPECT_EQ(set.count(), 6u);
  set.append(Uid(5));
  EXPECT_EQ(text(set), "1:3,5,7:8,10");
}

TEST(UidSet, ReachesTheHighestUid) {
  UidSet set{range(kUidMax, kUidMax)};
  set.insert(range(kUidMax - 1, kUidMax));
  set.append(Uid(kUidMax));
  EXPECT_EQ(text(set), "4294967294:4294967295");
  set.insert(range(1, kUidMax));
  EXPECT_EQ(set.count(), uint64_t{kUidMax});
  set.erase(range(kUidMax, kUidMax));
  EXPECT_FALSE(set.contains(Uid(kUidMax)));
  int calls = 0;
  UidSet{range(kUidMax, kUidMax)}.for_each([&](Uid) { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(UidSet, KnowsItsEnds) {
  EXPECT_FALSE(UidSet{}.first());
  UidSet set{range(4, 6), range(9, 9)};
  EXPECT_EQ(set.first(), Uid(4));
  EXPECT_EQ(set.last(), Uid(9));
  EXPECT_EQ(set.nth(3), Uid(9));
  EXPECT_FALSE(set.nth(4));
}

TEST(UidSet, AgreesWithASetOfNumbers) {
  std::mt19937 rng(1);
  for (int round = 0; round < 5000; ++round) {
    UidSet a = random_set(rng);
    UidSet b = random_set(rng);
    auto x = members(a);
    auto y = members(b);
    std::set<uint32_t> both, less, sum = x;
    sum.insert(y.begin(), y.end());
    for (uint32_t v : x) (y.contains(v) ? both : less).insert(v);
    ASSERT_EQ(members(a.intersect(b)), both) << round;
    ASSERT_EQ(members(a.subtract(b)), less) << round;
    ASSERT_EQ(members(a.unite(b)), sum) << round;
    UidSet c = a;
    for (const UidRange& r : b) c.erase(r);
    ASSERT_EQ(c, a.subtract(b)) << round;
    for (uint32_t v = 1; v < 50; ++v) ASSERT_EQ(a.contains(Uid(v)), x.contains(v)) << round;
    ASSERT_EQ(a.count(), x.size());
  }
}

}  // namespace
}  // namespace roost
