#include "mail/engine_test.h"
#include "mail/mailbox_state.h"

namespace roost::mail {
namespace {

TEST(Expunge, TakesWhatHasDeleted) {
  TestAccount account;
  account.append("INBOX", 5);
  account.store("INBOX", {{Uid(2), Uid(4)}}, StoreHow::add, SystemFlag::deleted);
  Expunged expunged = account.must<Expunged>(Expunge{account.mailbox().id(), UidSet{{Uid(3), Uid(9)}}});
  EXPECT_EQ(expunged.uids, (UidSet{{Uid(3), Uid(4)}}));
  EXPECT_EQ(account.change.find(account.mailbox().id())->expunged, expunged.uids);
  Mailbox inbox = account.mailbox();
  EXPECT_EQ(inbox.messages(), 3U);
  EXPECT_EQ(inbox.deleted(), 1U);
  EXPECT_EQ(inbox.bytes(), 12U);
  EXPECT_EQ(inbox.deleted_bytes(), 4U);
  EXPECT_EQ(inbox.highest_modseq(), expunged.modseq);
  EXPECT_FALSE(inbox.find(Uid(3)));
  EXPECT_EQ(inbox.rank(Uid(5)), 2U);
  EXPECT_EQ(inbox.uid_at(2), Uid(5));
  account.must<Expunged>(Expunge{inbox.id(), {}});
  EXPECT_EQ(account.mailbox().uids(), (UidSet{{Uid(1), Uid(1)}, {Uid(5), Uid(5)}}));
}

TEST(Expunge, WritesNothingWhereNothingIsDeleted) {
  TestAccount account;
  account.append("INBOX", 5);
  size_t records = account.log.size();
  EXPECT_EQ(account.must<Expunged>(Expunge{account.mailbox().id(), {}}).modseq, ModSeq(0));
  EXPECT_EQ(account.log.size(), records);
}

TEST(Expunge, LeavesTheMessageReadableForAnHour) {
  TestAccount account;
  account.append("INBOX", 3, SystemFlag::flagged);
  ModSeq gone = account.expunge("INBOX", UidSet::single(Uid(2))).modseq;
  Row row = account.mailbox().find_expunged(Uid(2)).value();
  EXPECT_EQ(row.hot.modseq, gone);
  EXPECT_TRUE(row.hot.flags.has(SystemFlag::flagged));
  EXPECT_FALSE(account.mailbox().find_expunged(Uid(1))) << "it is there";
  account.now += 1'800;
  account.checkpoint();
  account.reopen();
  account.load();
  EXPECT_TRUE(account.mailbox().find_expunged(Uid(2)));
  account.now += 1'800;
  account.checkpoint();
  EXPECT_FALSE(account.mailbox().find_expunged(Uid(2)));
  account.reopen();
  account.load();
  EXPECT_FALSE(account.mailbox().find_expunged(Uid(2)));
}

TEST(Expunge, DropsForgottenRowsFromTheirChunk) {
  TestAccount account;
  account.append("INBOX", 1'000);
  account.expunge("INBOX", {{Uid(1), Uid(700)}});
  account.checkpoint();
  EXPECT_EQ(state_of(account.mailbox()).chunks[0]->rows, 1'000U);
  account.now += 3'600;
  account.checkpoint();
  EXPECT_EQ(state_of(account.mailbox()).chunks[0]->rows, 300U);
  account.expunge("INBOX", {{Uid(701), Uid(1'000)}});
  account.checkpoint();
  account.reopen();
  account.now += 3'600;
  account.checkpoint();
  EXPECT_TRUE(state_of(account.mailbox()).chunks.empty());
}

TEST(Expunge, PutsBodiesOnTheDeadListWithTheirLastReference) {
  TestAccount account;
  account.append("INBOX", 1);
  BlobId blob = account.mailbox().find(Uid(1))->cold.blob;
  account.must<Created>(CreateMailbox{"Copy", {}});
  account.must<Copied>(Copy{account.mailbox().id(), UidSet::single(Uid(1)), std::string("Copy"), false});
  account.expunge("INBOX", UidSet::single(Uid(1)));
  EXPECT_THAT(collectable_blobs(*account.snapshot, account.now + 1, 0), testing::IsEmpty());
  account.now += 10;
  account.expunge("Copy", UidSet::single(Uid(1)));
  EXPECT_THAT(collectable_blobs(*account.snapshot, account.now, 0), testing::IsEmpty());
  EXPECT_THAT(collectable_blobs(*account.snapshot, account.now + 1, 0), testing::ElementsAre(blob));
  account.must<Forgotten>(ForgetBlobs{{blob, BlobId{AccountId(7), 999}, BlobId{AccountId(9), blob.serial}}});
  EXPECT_THAT(collectable_blobs(*account.snapshot, account.now + 1, 0), testing::IsEmpty());
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

}  // namespace
}  // namespace roost::mail
