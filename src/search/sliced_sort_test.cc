#include "search/sliced_sort.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

#include "search/test_mailbox_test.h"

namespace roost::search {
namespace {

TEST(SlicedSort, SortsHoweverOftenItIsInterrupted) {
  ImpatientClock clock;
  for (size_t size : {0, 1, 255, 256, 257, 1000, 5000, 16384}) {
    std::vector<uint32_t> items(size);
    std::iota(items.begin(), items.end(), 0U);
    for (uint32_t& item : items) item = item * 2654435761U;
    std::vector<uint32_t> expected = items;
    std::ranges::sort(expected);
    SlicedSort<uint32_t, std::less<>> sort(items, {});
    size_t slices = 1;
    for (;; ++slices) {
      Slice slice(clock, TimePoint());
      if (sort.run(slice)) break;
    }
    EXPECT_EQ(sort.items(), expected);
    EXPECT_GE(slices, size / 256);
  }
}

}  // namespace
}  // namespace roost::search
