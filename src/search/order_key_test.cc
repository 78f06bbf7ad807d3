#include "search/order_key.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace roost::search {
namespace {

template <class... Values>
OrderKeys::Entry entry_of(OrderKeys& keys, uint32_t item, const Values&... values) {
  keys.begin();
  (keys.add(values), ...);
  return keys.end(item);
}

TEST(OrderKeys, OrderTextsAndNumbersAsTheyAre) {
  RC_ASSERT(rc::check([](std::string a, int64_t m, std::string b, int64_t n) {
    OrderKeys keys;
    auto x = entry_of(keys, 1, BytesView(a), m);
    auto y = entry_of(keys, 2, BytesView(b), n);
    // As octets, not as chars.
    auto by_octets = [](const std::string& s) { return std::vector<uint8_t>(s.begin(), s.end()); };
    auto expected = std::pair(by_octets(a), m) <=> std::pair(by_octets(b), n);
    RC_ASSERT(OrderKeys::Less(keys)(x, y) == (expected <= 0));  // the items decide between equal ones
    RC_ASSERT(OrderKeys::Less(keys)(y, x) == (expected > 0));
  }));
}

TEST(OrderKeys, PutTheEmptyTextFirstOrInReverseLast) {
  OrderKeys keys;
  auto text = [&](BytesView value, bool reverse) {
    keys.begin();
    keys.add(value, reverse);
    return keys.end(0);
  };
  OrderKeys::Less less(keys);
  EXPECT_TRUE(less(text("", false), text(BytesView("\0", 1), false)));
  EXPECT_TRUE(less(text("a", false), text("ab", false)));
  EXPECT_TRUE(less(text("ab", true), text("a", true)));
  EXPECT_TRUE(less(text("a", true), text("", true)));
}

}  // namespace
}  // namespace roost::search
