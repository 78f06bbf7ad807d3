#include "mail/account_state.h"
#include "mail/engine_test.h"

namespace roost::mail {
namespace {

TEST(ChangesSince, TellsEachMessageOnce) {
  TestAccount account;
  ModSeq start = account.mailbox().highest_modseq();
  ModSeq first = account.append("INBOX", 4).modseq;
  account.store("INBOX", {{Uid(2), Uid(3)}}, StoreHow::add, SystemFlag::seen);
  account.store("INBOX", {{Uid(3), Uid(3)}}, StoreHow::add, SystemFlag::flagged);
  Expunged gone = account.expunge("INBOX", UidSet::single(Uid(4)));
  EXPECT_EQ(account.since("INBOX", start).changed, (UidSet{{Uid(1), Uid(3)}}));
  EXPECT_EQ(account.since("INBOX", start).expunged, gone.uids);
  EXPECT_EQ(account.since("INBOX", first).changed, (UidSet{{Uid(2), Uid(3)}}));
  EXPECT_TRUE(account.since("INBOX", gone.modseq).changed.empty());
  EXPECT_TRUE(account.since("INBOX", gone.modseq).expunged.empty());
  EXPECT_EQ(account.since("INBOX", first).highest, gone.modseq);
}

TEST(ChangesSince, KnowsOnlyTheMailboxsOwnModseqs) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a", {}});
  ModSeq here = account.append("a", 1).modseq;
  account.append("INBOX", 10);
  EXPECT_EQ(account.mailbox("a").highest_modseq(), here);
  EXPECT_GT(account.snapshot->modseq(), here);
}

TEST(ChangesSince, TellsEverythingAbsentBelowTheFloor) {
  TestAccount account;
  account.limits.traces_per_mailbox_max = 3;
  ModSeq start = account.append("INBOX", 20).modseq;
  std::vector<ModSeq> modseqs;
  for (uint32_t uid = 2; uid <= 12; uid += 2) {
    modseqs.push_back(account.expunge("INBOX", UidSet::single(Uid(uid))).modseq);
  }
  EXPECT_GT(state_of(account.mailbox()).traces.floor(), start);
  EXPECT_EQ(account.since("INBOX", start).expunged.count(), 6U);
  EXPECT_EQ(account.since("INBOX", modseqs[4]).expunged, UidSet::single(Uid(12)));
  UidSet many;
  for (uint32_t uid = 1; uid <= 19; uid += 2) many.append(Uid(uid));
  ModSeq bulk = account.expunge("INBOX", many).modseq;
  EXPECT_EQ(state_of(account.mailbox()).traces.floor(), bulk) << "more ranges than the limit";
  EXPECT_EQ(account.since("INBOX", modseqs.back()).expunged.count(), 16U);
  EXPECT_TRUE(account.since("INBOX", bulk).expunged.empty());
}

TEST(ChangesSince, AsksOnlyForChunksThatChanged) {
  TestAccount account;
  account.append("INBOX", 40'000);
  account.checkpoint();
  ModSeq since = account.mailbox().highest_modseq();
  account.store("INBOX", UidSet::single(Uid(20'000)), StoreHow::add, SystemFlag::seen);
  account.checkpoint();
  account.reopen();
  auto outcome = changes_since(account.mailbox(), since);
  ASSERT_TRUE(std::holds_alternative<Need>(outcome));
  EXPECT_EQ(std::get<Need>(outcome).pages.size(), 1U);
  EXPECT_EQ(account.since("INBOX", since).changed, UidSet::single(Uid(20'000)));
}

TEST(ChangesSince, ReadsOldTracesFromTheirPages) {
  TestAccount account;
  account.append("INBOX", 2'000);
  ModSeq start = account.mailbox().highest_modseq();
  UidSet odd;
  for (uint32_t uid = 1; uid < 2'000; uid += 2) odd.append(Uid(uid));
  ModSeq bulk = account.expunge("INBOX", odd).modseq;
  account.checkpoint();
  account.expunge("INBOX", UidSet::single(Uid(2)));
  account.checkpoint();
  account.reopen();
  EXPECT_EQ(account.since("INBOX", bulk).expunged, UidSet::single(Uid(2)));
  EXPECT_EQ(account.since("INBOX", start).expunged.count(), 1'001U);
  account.load_all();
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

}  // namespace
}  // namespace roost::mail
