#include "mail/persistent_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <map>
#include <string>

namespace roost::mail {
namespace {

using Map = PersistentMap<int, std::string>;
using Truth = std::map<int, std::string>;

Truth entries(const Map& map) {
  Truth out;
  map.for_each([&out](int key, const std::string& value) {
    bool ascending = out.empty() || out.rbegin()->first < key;
    RC_ASSERT(ascending);
    out.emplace(key, value);
    return true;
  });
  return out;
}

void expect_same(const Map& map, const Truth& truth) {
  RC_ASSERT(map.size() == truth.size());
  RC_ASSERT(entries(map) == truth);
  for (int key = -1; key < 66; ++key) {
    auto it = truth.find(key);
    const std::string* found = map.find(key);
    RC_ASSERT((found != nullptr) == (it != truth.end()));
    auto lower = truth.lower_bound(key);
    const auto* from = map.lower_bound(key);
    RC_ASSERT((from != nullptr) == (lower != truth.end()));
    if (from != nullptr) RC_ASSERT(from->first == lower->first);
    auto upper = truth.upper_bound(key);
    const auto* floor = map.floor(key);
    RC_ASSERT((floor != nullptr) == (upper != truth.begin()));
    if (floor != nullptr) RC_ASSERT(floor->first == std::prev(upper)->first);
    std::vector<int> tail;
    map.for_each_from(key, [&tail](int k, const std::string&) {
      tail.push_back(k);
      return tail.size() < 3;
    });
    std::vector<int> expected;
    for (; lower != truth.end() && expected.size() < 3; ++lower) expected.push_back(lower->first);
    RC_ASSERT(tail == expected);
  }
}

RC_GTEST_PROP(PersistentMap, AgreesWithStdMapInEveryVersion, ()) {
  auto steps = *rc::gen::container<std::vector<std::pair<int, bool>>>(
      rc::gen::pair(rc::gen::inRange(0, 64), rc::gen::arbitrary<bool>()));
  std::vector<std::pair<Map, Truth>> versions(1);
  for (auto [key, add] : steps) {
    auto [map, truth] = versions.back();
    if (add) {
      map.set(key, std::to_string(versions.size()));
      truth[key] = std::to_string(versions.size());
    } else {
      map.erase(key);
      truth.erase(key);
    }
    versions.emplace_back(std::move(map), std::move(truth));
  }
  for (const auto& [map, truth] : versions) expect_same(map, truth);
}

RC_GTEST_PROP(PersistentMap, IsMadeFromSortedEntries, ()) {
  Truth truth;
  for (int key : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 64))) truth[key] = std::to_string(key);
  Map map = Map::from_sorted({truth.begin(), truth.end()});
  expect_same(map, truth);
}

TEST(PersistentMap, StaysBalancedWhenKeysAscend) {
  PersistentMap<uint32_t, uint32_t> map;
  for (uint32_t i = 0; i < 100'000; ++i) map.set(i, i);
  for (uint32_t i = 0; i < 100'000; i += 2) map.erase(i);
  EXPECT_EQ(map.size(), 50'000U);
  EXPECT_EQ(*map.find(99'999U), 99'999U);
  EXPECT_EQ(map.find(99'998U), nullptr);
}

}  // namespace
}  // namespace roost::mail
