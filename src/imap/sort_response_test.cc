#include "imap/sort_response.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace roost::imap {
namespace {

struct Member {
  uint32_t number;
  uint32_t children;
};

Bytes threads(std::initializer_list<Member> members) {
  Bytes out;
  ThreadWriter writer;
  writer.start(out);
  for (Member member : members) writer.add(out, member.number, member.children);
  writer.finish(out);
  return out;
}

TEST(ThreadWriter, HasTheExamplesOfRfc5256) {
  EXPECT_EQ(threads({}), "* THREAD\r\n");
  EXPECT_EQ(threads({{2, 0}, {3, 1}, {6, 2}, {4, 1}, {23, 0}, {44, 1}, {7, 1}, {96, 0}}),
            "* THREAD (2)(3 6 (4 23)(44 7 96))\r\n");
  EXPECT_EQ(threads({{0, 2}, {3, 0}, {5, 0}}), "* THREAD ((3)(5))\r\n");
  EXPECT_EQ(threads({{0, 2}, {170, 0}, {179, 0}, {171, 0}, {0, 2}, {188, 2}, {184, 0}, {189, 0}, {185, 1}, {186, 0}}),
            "* THREAD ((170)(179))(171)((188 (184)(189))(185 186))\r\n");
}

TEST(ThreadWriter, EndsEveryListThatEndsAtOnce) {
  EXPECT_EQ(threads({{1, 2}, {2, 0}, {3, 2}, {4, 0}, {5, 2}, {6, 0}, {7, 0}, {8, 0}}),
            "* THREAD (1 (2)(3 (4)(5 (6)(7))))(8)\r\n");
}

TEST(RangesInOrder, RiseOnly) {
  auto ranges = [](std::vector<uint32_t> numbers) { return ranges_in_order(numbers); };
  EXPECT_EQ(ranges({}), std::vector<UidRange>());
  EXPECT_EQ(ranges({7, 8, 9, 3, 2, 1, 10}),
            (std::vector<UidRange>{
                {Uid(7), Uid(9)}, {Uid(3), Uid(3)}, {Uid(2), Uid(2)}, {Uid(1), Uid(1)}, {Uid(10), Uid(10)}}));
  EXPECT_EQ(ranges({4'294'967'295, 1}).size(), 2U);
}

}  // namespace
}  // namespace roost::imap
