#include "mail/engine_test.h"

namespace roost::mail {
namespace {

Replace replacing(const TestAccount& account, Uid uid, std::string to, NewMessage message = test_message()) {
  return {account.mailbox().id(), uid, std::move(to), std::move(message)};
}

TEST(Replace, IsOneOperationWithOneModseq) {
  TestAccount account;
  account.append("INBOX", 3);
  ModSeq before = account.mailbox().highest_modseq();
  size_t records = account.log.size();
  NewMessage message = test_message(SystemFlag::draft, {"Note"}, "new body");
  Appended appended = account.must<Appended>(replacing(account, Uid(2), "INBOX", message));
  EXPECT_EQ(account.log.size(), records + 1);
  EXPECT_EQ(appended.first, Uid(4));
  EXPECT_EQ(appended.modseq, before.next());
  EXPECT_EQ(account.mailbox().uids(), (UidSet{{Uid(1), Uid(1)}, {Uid(3), Uid(4)}}));
  EXPECT_EQ(account.mailbox().highest_modseq(), appended.modseq);
  const MailboxChange* change = account.change.find(account.mailbox().id());
  ASSERT_NE(change, nullptr);
  EXPECT_EQ(change->appended, UidSet::single(Uid(4)));
  EXPECT_EQ(change->expunged, UidSet::single(Uid(2)));
  EXPECT_EQ(account.since("INBOX", before).expunged, UidSet::single(Uid(2)));
  ASSERT_EQ(account.bodies.size(), 1U);
  EXPECT_EQ(account.bodies[0].id, account.mailbox().find(Uid(4))->cold.blob);
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

// RFC 8508 1: nothing is inherited from the message that is replaced.
TEST(Replace, InheritsNothing) {
  TestAccount account;
  account.append("INBOX", 1, SystemFlag::flagged, {"Work"});
  account.now += 100;
  account.must<Appended>(replacing(account, Uid(1), "INBOX"));
  Row row = account.mailbox().find(Uid(2)).value();
  EXPECT_TRUE(row.hot.flags.empty());
  EXPECT_THAT(account.mailbox().keywords_of(row.hot.keywords), testing::IsEmpty());
  EXPECT_EQ(row.cold.save_date, account.now);
}

TEST(Replace, GoesToAnotherMailbox) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"Sent", {}});
  account.append("INBOX", 1);
  BlobId old_body = account.mailbox().find(Uid(1))->cold.blob;
  Appended appended = account.must<Appended>(replacing(account, Uid(1), "Sent"));
  EXPECT_EQ(account.mailbox().messages(), 0U);
  EXPECT_EQ(account.mailbox("Sent").uids(), UidSet::single(Uid(1)));
  EXPECT_EQ(account.mailbox().highest_modseq(), appended.modseq);
  EXPECT_EQ(account.mailbox("Sent").highest_modseq(), appended.modseq);
  EXPECT_EQ(account.change.mailboxes.size(), 2U);
  EXPECT_TRUE(account.mailbox().find_expunged(Uid(1)));
  EXPECT_THAT(collectable_blobs(*account.snapshot, account.now + 1, 0), testing::ElementsAre(old_body));
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Replace, RefusesWhenEitherSideIsMissing) {
  TestAccount account;
  account.append("INBOX", 1);
  EXPECT_EQ(account.refused(replacing(account, Uid(2), "INBOX")), Code::expunge_issued);
  EXPECT_EQ(account.refused(replacing(account, Uid(1), "Absent")), Code::try_create);
  EXPECT_EQ(account.refused(Replace{MailboxId(99), Uid(1), "INBOX", test_message()}), Code::nonexistent);
  EXPECT_EQ(account.mailbox().uids(), UidSet::single(Uid(1)));
}

TEST(Replace, LoadsWhatItNeeds) {
  TestAccount account;
  account.append("INBOX", 40);
  account.checkpoint();
  account.reopen();
  Appended appended = account.must<Appended>(replacing(account, Uid(20), "INBOX"));
  EXPECT_EQ(appended.first, Uid(41));
  account.load();
  EXPECT_FALSE(account.mailbox().contains(Uid(20)));
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

}  // namespace
}  // namespace roost::mail
