#include "mail/account_state.h"
#include "mail/engine_test.h"

namespace roost::mail {
namespace {

TEST(Jump, LeavesBehindWhatTheLostTimeCanHaveUsed) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a", {}});
  account.append("INBOX", 3);
  account.checkpoint();
  account.reopen();
  ModSeq seen(account.snapshot->modseq().value + 7);
  account.must(Jump{.distance = {.uids = 100, .modseqs = 1000, .uidvalidities = 10}, .uidvalidity_min = 5000});
  EXPECT_EQ(account.mailbox().uidnext(), Uid(104));
  EXPECT_GE(account.snapshot->modseq(), ModSeq(1000));
  MailboxDelta delta = account.since("INBOX", seen);
  EXPECT_EQ(delta.changed, (UidSet{{Uid(1), Uid(3)}}));
  EXPECT_EQ(delta.expunged, (UidSet{{Uid(4), Uid(103)}}));
  EXPECT_GE(account.must<Created>(CreateMailbox{"b", {}}).uidvalidity, UidValidity(5000));
  account.append("INBOX", 1);
  EXPECT_TRUE(account.mailbox().contains(Uid(104)));
  account.checkpoint();
  account.reopen();
  account.load_all();
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

// RFC 9051 2.3.1.1. What comes back has the UIDVALIDITY that it had, under which its UIDs mean what they meant; of a
// mailbox that was deleted and made again in the lost time it is another one, but for that lower than the last.
TEST(Jump, GivesNoUidvalidityASecondTime) {
  TestAccount account;
  UidValidity before = account.must<Created>(CreateMailbox{"a", {}}).uidvalidity;
  TestAccount lost = account;
  UidValidity last;
  for (int i = 0; i < 20; ++i) {
    lost.must(DeleteMailbox{"a"});
    last = lost.must<Created>(CreateMailbox{"a", {}}).uidvalidity;
    EXPECT_GT(last, before);
  }
  account.must(Jump{});
  EXPECT_EQ(account.mailbox("a").uidvalidity(), before);
  account.must(DeleteMailbox{"a"});
  EXPECT_GT(account.must<Created>(CreateMailbox{"a", {}}).uidvalidity, last);
  EXPECT_GT(account.must<Created>(CreateMailbox{"b", {}}).uidvalidity, last);
}

TEST(Jump, LeavesNoUidsForWhatComesBackIntoAMailboxWithoutUidsLeft) {
  TestAccount account;
  account.append("INBOX", 1);
  account.expunge("INBOX", {{Uid(1), Uid(1)}});
  for (int i = 0; i < 40; ++i) account.must(Jump{.distance = {.uids = UINT32_MAX, .modseqs = 1, .uidvalidities = 0}});
  account.append("INBOX", UINT32_MAX - account.mailbox().uidnext().value);
  EXPECT_EQ(account.refused(Undelete{{}, Undelete::Which::left_since, 0, false}), Code::limit);
}

}  // namespace
}  // namespace roost::mail
