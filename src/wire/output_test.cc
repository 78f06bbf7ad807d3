#include "wire/output.h"

#include <gtest/gtest.h>

namespace roost::wire {
namespace {

TEST(OutputBuffer, AsksToBeWrittenAtABatch) {
  OutputBuffer output(100);
  output.buffer().append(99, 'x');
  EXPECT_FALSE(output.should_flush());
  output.buffer() += 'x';
  EXPECT_TRUE(output.should_flush());
  EXPECT_EQ(output.take().size(), 100u);
  EXPECT_TRUE(output.empty());
}

TEST(OutputBuffer, DoesNotKeepAnUnusualSize) {
  OutputBuffer output(1000);
  output.buffer().append(900, 'x');
  output.clear();
  EXPECT_GE(output.buffer().capacity(), 900u);
  output.buffer().append(100'000, 'x');
  output.clear();
  EXPECT_LT(output.buffer().capacity(), 1000u);
}

}  // namespace
}  // namespace roost::wire
