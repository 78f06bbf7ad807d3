#include "imap/uid_batches.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

TEST(UidBatches, HasASizeAndPerhapsARange) {
  UidBatches all = parsed<UidBatches>("UIDBATCHES 2000");
  EXPECT_EQ(all.size, 2000u);
  EXPECT_FALSE(all.wanted);
  UidBatches some = parsed<UidBatches>("uidbatches 500 10:20");
  ASSERT_TRUE(some.wanted);
  EXPECT_EQ(some.wanted->first, 10u);
  EXPECT_EQ(some.wanted->last, 20u);
  EXPECT_TRUE(parsed<UidBatches>("UIDBATCHES 4294967295 4294967295:4294967295").wanted);
}

TEST(UidBatches, RefusesWhatIsNoSizeAndNoRange) {
  expect_bad({"UIDBATCHES", "UIDBATCHES 0", "UIDBATCHES x", "UIDBATCHES 4294967296", "UIDBATCHES 5 ", "UIDBATCHES 5 1",
              "UIDBATCHES 5 0:1", "UIDBATCHES 5 1:0", "UIDBATCHES 5 1:*", "UIDBATCHES 5 1:2:3", "UIDBATCHES 5 1:2 3"});
}

TEST(UidBatches, CallsARangeTheWrongWayRoundABugOfTheClient) {
  auto result = parse_command(frame_of("t UIDBATCHES 500 3:2"), full_dialect());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().error.kind, Error::Kind::bad);
  EXPECT_EQ(result.error().error.code, Code::client_bug);
}

TEST(UidBatchesWriter, WritesRangesFromTheHighestDown) {
  Bytes out;
  UidBatchesWriter some(out, "A143");
  some.batch(Uid(215295), Uid(99696));
  some.batch(Uid(99695), Uid(1));
  some.finish();
  UidBatchesWriter none(out, "A\\");
  none.finish();
  EXPECT_EQ(out, "* UIDBATCHES (TAG \"A143\") 215295:99696,99695:1\r\n* UIDBATCHES (TAG \"A\\\\\")\r\n");
}

}  // namespace
}  // namespace roost::imap
