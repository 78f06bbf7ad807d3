#include "base/random.h"

#include <gtest/gtest.h>

#include <array>

namespace roost {
namespace {

using Octets = std::array<char, 21>;

Octets draw() {
  Octets octets{};
  fill_random(octets.data(), octets.size());
  return octets;
}

TEST(Random, NeverRepeatsItself) {
  EXPECT_NE(draw(), draw());
  EXPECT_NE(random_number(), random_number());
}

TEST(Random, OfASeedIsTheSameAgain) {
  std::array<Octets, 2> first;
  {
    SeededRandomness seeded(7);
    first = {draw(), draw()};
  }
  SeededRandomness seeded(7);
  EXPECT_EQ((std::array{draw(), draw()}), first);
  EXPECT_NE(first[0], first[1]);
}

TEST(Random, IsTheKernelsAgainAfterTheSeeds) {
  Octets first;
  {
    SeededRandomness seeded(7);
    SeededRandomness inner(8);
    first = draw();
  }
  EXPECT_NE(draw(), first);
}

}  // namespace
}  // namespace roost
