#include "search/link_forest.h"

#include <gtest/gtest.h>

#include <random>

namespace roost::search {
namespace {

TEST(LinkForest, AgreesWithParentsThatAreWalked) {
  std::mt19937 random(7);
  constexpr uint32_t kNodes = 60;
  constexpr uint32_t kNone = kNodes;
  LinkForest forest;
  std::vector<uint32_t> parents(kNodes, kNone);
  for (uint32_t i = 0; i < kNodes; ++i) EXPECT_EQ(forest.add(), i);
  auto walked = [&](uint32_t node) {
    while (parents[node] != kNone) node = parents[node];
    return node;
  };
  for (int step = 0; step < 20'000; ++step) {
    uint32_t a = random() % kNodes;
    uint32_t b = random() % kNodes;
    if (parents[a] != kNone && random() % 2 == 0) {
      forest.cut(a);
      parents[a] = kNone;
    } else if (parents[a] == kNone && walked(b) != a) {
      forest.link(a, b);
      parents[a] = b;
    }
    ASSERT_EQ(forest.root(b), walked(b)) << "step " << step;
  }
}

TEST(LinkForest, KeepsItsTimeInAChainThatIsAsDeepAsItIsLong) {
  constexpr uint32_t kNodes = 200'000;
  LinkForest forest;
  for (uint32_t i = 0; i < kNodes; ++i) forest.add();
  for (uint32_t i = 1; i < kNodes; ++i) forest.link(i, i - 1);
  // Walked one by one these would be 10^10 steps.
  for (uint32_t i = 0; i < kNodes; ++i) ASSERT_EQ(forest.root(kNodes - 1 - i / 2), 0U);
}

}  // namespace
}  // namespace roost::search
