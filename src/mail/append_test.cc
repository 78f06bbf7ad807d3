#include "mail/account_state.h"
#include "mail/engine_test.h"

namespace roost::mail {
namespace {

TEST(Append, GivesAscendingUidsAndOneModseq) {
  TestAccount account;
  Appended first = account.append("INBOX", 3);
  EXPECT_EQ(first.first, Uid(1));
  EXPECT_EQ(first.uidvalidity, UidValidity(1000));
  Appended second = account.append("INBOX", 2, SystemFlag::seen);
  EXPECT_EQ(second.first, Uid(4));
  EXPECT_EQ(second.modseq, first.modseq.next());
  Mailbox inbox = account.mailbox();
  EXPECT_EQ(inbox.uidnext(), Uid(6));
  EXPECT_EQ(inbox.messages(), 5U);
  EXPECT_EQ(inbox.unseen(), 3U);
  EXPECT_EQ(inbox.highest_modseq(), second.modseq);
  EXPECT_EQ(inbox.find_hot(Uid(4))->modseq, second.modseq);
  EXPECT_EQ(account.change.find(inbox.id())->appended, (UidSet{{Uid(4), Uid(5)}}));
  EXPECT_EQ(account.change.before, Position(1));
  EXPECT_EQ(account.change.after, Position(2));
}

TEST(Append, KeepsWhatTheMessageSays) {
  TestAccount account;
  NewMessage message = test_message(SystemFlag::flagged, {"$Forwarded", "Work", "work"}, "twelve bytes");
  Append append{std::string("INBOX"), {message}};
  account.must<Appended>(append);
  Mailbox inbox = account.mailbox();
  Row row = inbox.find(Uid(1)).value();
  EXPECT_EQ(row.cold.internal_date, message.internal_date);
  EXPECT_EQ(row.cold.size, 12U);
  EXPECT_EQ(row.cold.email_id, message.email_id);
  EXPECT_EQ(row.cold.thread_id, message.thread_id);
  EXPECT_EQ(row.cold.save_date, account.now);
  EXPECT_EQ(*row.cold.card.tail, *message.card);
  EXPECT_TRUE(row.hot.flags.has(SystemFlag::flagged));
  EXPECT_THAT(inbox.keywords(), testing::ElementsAre("$Forwarded", "Work"));
  EXPECT_THAT(inbox.keywords_of(row.hot.keywords), testing::ElementsAre(0, 1));
  ASSERT_EQ(account.bodies.size(), 1U);
  EXPECT_EQ(account.bodies[0].id, row.cold.blob);
  EXPECT_EQ(*account.bodies[0].data, "twelve bytes");
}

TEST(Append, StoresALargeCardAsABlobOfItsOwn) {
  TestAccount account;
  NewMessage message = test_message();
  message.card = std::make_shared<const Bytes>(20'000, 'c');
  account.must<Appended>(Append{std::string("INBOX"), {message}});
  Row row = account.mailbox().find(Uid(1)).value();
  EXPECT_FALSE(row.cold.card.tail);
  ASSERT_EQ(account.bodies.size(), 2U);
  EXPECT_EQ(row.cold.card.blob, account.bodies[1].id);
  EXPECT_EQ(account.bodies[1].data->size(), 20'000U);
  std::vector<uint64_t> sizes;
  for_each_blob(*account.snapshot, [&](BlobId, uint64_t size) { sizes.push_back(size); });
  EXPECT_THAT(sizes, testing::ElementsAre(4, 20'000));
}

TEST(Append, UsesUpAReservedBlob) {
  TestAccount account;
  Reserved reserved = account.must<Reserved>(ReserveBlobs{3, account.now});
  NewMessage message = test_message();
  message.body = nullptr;
  message.blob = {AccountId(7), reserved.first_serial + 1};
  account.must<Appended>(Append{std::string("INBOX"), {message}});
  EXPECT_EQ(account.mailbox().find(Uid(1))->cold.blob, message.blob);
  EXPECT_THAT(collectable_blobs(*account.snapshot, 0, account.now + 1),
              testing::ElementsAre(BlobId{AccountId(7), reserved.first_serial},
                                   BlobId{AccountId(7), reserved.first_serial + 2}));
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {message}}), Code::unavailable) << "used twice";
}

TEST(Append, RefusesABlobThatIsNotReserved) {
  TestAccount account;
  NewMessage message = test_message();
  message.body = nullptr;
  message.blob = {AccountId(7), 1};
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {message}}), Code::unavailable);
  account.must<Reserved>(ReserveBlobs{1, account.now});
  message.blob.owner = AccountId(8);
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {message}}), Code::unavailable);
}

TEST(Append, RefusesWhenTheMailboxIsMissing) {
  TestAccount account;
  EXPECT_EQ(account.refused(Append{std::string("Absent"), {test_message()}}), Code::try_create);
}

TEST(Append, RefusesWhenUidsRunOut) {
  TestAccount account;
  AccountState state = account.snapshot->state();
  auto inbox = std::make_shared<MailboxState>(**state.mailboxes.find(MailboxId(1)));
  inbox->uidnext = Uid(UINT32_MAX - 1);
  state.mailboxes.set(MailboxId(1), inbox);
  account.snapshot = std::make_shared<const Snapshot>(std::make_shared<const AccountState>(std::move(state)));
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {test_message(), test_message()}}), Code::limit);
  account.append("INBOX", 1);
  EXPECT_EQ(account.mailbox().uidnext(), Uid(UINT32_MAX));
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {test_message()}}), Code::limit);
}

TEST(Append, RefusesWhenModseqsRunOut) {
  TestAccount account;
  AccountState state = account.snapshot->state();
  state.modseq = ModSeq(INT64_MAX - 1);
  account.snapshot = std::make_shared<const Snapshot>(std::make_shared<const AccountState>(std::move(state)));
  EXPECT_EQ(account.append("INBOX", 1).modseq, ModSeq(INT64_MAX));
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {test_message()}}), Code::limit);
}

TEST(Append, RefusesTooManyKeywords) {
  TestAccount account;
  account.limits.keywords_per_mailbox_max = 2;
  account.append("INBOX", 1, {}, {"a", "b"});
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {test_message({}, {"c"})}}), Code::limit);
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {test_message({}, {std::string(256, 'k')})}}), Code::limit);
  account.append("INBOX", 1, {}, {"B"});
  EXPECT_EQ(account.mailbox().messages(), 2U);
}

TEST(Append, LeavesOlderSnapshotsAsTheyWere) {
  TestAccount account;
  std::vector<SnapshotPtr> versions;
  for (uint32_t i = 0; i < 600; ++i) {
    versions.push_back(account.snapshot);
    account.append("INBOX", 1 + i % 3);
  }
  uint32_t expected = 0;
  for (uint32_t i = 0; i < versions.size(); ++i) {
    Mailbox inbox = versions[i]->find("INBOX").value();
    ASSERT_EQ(inbox.messages(), expected);
    ASSERT_EQ(inbox.uids().count(), expected);
    ASSERT_FALSE(inbox.find_hot(Uid(expected + 1)));
    expected += 1 + i % 3;
  }
}

TEST(Append, GivesAllMessagesOfALargeBatch) {
  TestAccount account;
  account.append("INBOX", 40'000);
  Mailbox inbox = account.mailbox();
  EXPECT_EQ(inbox.uids(), (UidSet{{Uid(1), Uid(40'000)}}));
  EXPECT_EQ(inbox.uid_at(39'999), Uid(40'000));
  EXPECT_EQ(inbox.uid_at(40'000), std::nullopt);
  EXPECT_EQ(inbox.rank(Uid(20'000)), 19'999U);
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

}  // namespace
}  // namespace roost::mail
