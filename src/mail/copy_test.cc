#include "mail/engine_test.h"

namespace roost::mail {
namespace {

std::vector<std::string> keywords_of(const Mailbox& mailbox, Uid uid) {
  std::vector<std::string> out;
  for (uint16_t index : mailbox.keywords_of(mailbox.find_hot(uid)->keywords)) out.push_back(mailbox.keywords()[index]);
  return out;
}

Copied copy(TestAccount& account, std::string_view from, UidSet uids, std::string to, bool move) {
  return account.must<Copied>(Copy{account.mailbox(from).id(), std::move(uids), std::move(to), move});
}

TEST(Copy, KeepsTheMessageAndItsFlags) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"Target", {}});
  account.append("Target", 2, {}, {"other", "b"});
  account.append("INBOX", 3, SystemFlag::seen, {"a", "B"});
  account.now += 100;
  Copied copied = copy(account, "INBOX", {{Uid(2), Uid(9)}}, "Target", false);
  EXPECT_EQ(copied.source, (UidSet{{Uid(2), Uid(3)}}));
  EXPECT_EQ(copied.target, (UidSet{{Uid(3), Uid(4)}}));
  EXPECT_EQ(copied.uidvalidity, account.mailbox("Target").uidvalidity());
  Row source = account.mailbox().find(Uid(2)).value();
  Row target = account.mailbox("Target").find(Uid(3)).value();
  EXPECT_EQ(target.cold.blob, source.cold.blob);
  EXPECT_EQ(target.cold.email_id, source.cold.email_id);
  EXPECT_EQ(target.cold.card.tail, source.cold.card.tail);
  EXPECT_EQ(target.cold.internal_date, source.cold.internal_date);
  EXPECT_EQ(target.cold.save_date, account.now);
  EXPECT_EQ(target.hot.flags, source.hot.flags);
  EXPECT_EQ(target.hot.modseq, copied.modseq);
  EXPECT_THAT(keywords_of(account.mailbox("Target"), Uid(3)), testing::UnorderedElementsAre("a", "b"));
  EXPECT_EQ(account.mailbox().messages(), 3U);
  EXPECT_EQ(account.change.mailboxes.size(), 1U);
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Move, LeavesATraceAndNoSecondReference) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"Target", {}});
  account.append("INBOX", 3);
  BlobId blob = account.mailbox().find(Uid(2))->cold.blob;
  Copied moved = copy(account, "INBOX", UidSet::single(Uid(2)), "Target", true);
  EXPECT_EQ(account.mailbox().uids(), (UidSet{{Uid(1), Uid(1)}, {Uid(3), Uid(3)}}));
  EXPECT_EQ(account.mailbox().highest_modseq(), moved.modseq);
  EXPECT_EQ(account.mailbox("Target").highest_modseq(), moved.modseq);
  EXPECT_EQ(account.since("INBOX", ModSeq(moved.modseq.value - 1)).expunged, UidSet::single(Uid(2)));
  EXPECT_EQ(account.change.mailboxes.size(), 2U);
  EXPECT_TRUE(account.mailbox().find_expunged(Uid(2)));
  account.expunge("Target", UidSet::single(Uid(1)));
  EXPECT_THAT(collectable_blobs(*account.snapshot, account.now + 1, 0), testing::ElementsAre(blob));
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Move, WithinAMailboxGivesANewUid) {
  TestAccount account;
  account.append("INBOX", 2, SystemFlag::answered, {"k"});
  Copied moved = copy(account, "INBOX", UidSet::single(Uid(1)), "INBOX", true);
  EXPECT_EQ(moved.target, UidSet::single(Uid(3)));
  EXPECT_EQ(account.mailbox().uids(), (UidSet{{Uid(2), Uid(3)}}));
  EXPECT_THAT(keywords_of(account.mailbox(), Uid(3)), testing::ElementsAre("k"));
  EXPECT_EQ(account.mailbox().messages(), 2U);
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Copy, OfALargeMailboxIntoItselfDoublesIt) {
  TestAccount account;
  account.append("INBOX", 20'000);
  copy(account, "INBOX", {{Uid(1), Uid(20'000)}}, "INBOX", false);
  EXPECT_EQ(account.mailbox().uids(), (UidSet{{Uid(1), Uid(40'000)}}));
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
  account.checkpoint();
  account.reopen();
  account.load_all();
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Copy, SharesPackedCards) {
  TestAccount account;
  account.append("INBOX", 3);
  account.checkpoint();
  account.must<Created>(CreateMailbox{"Target", {}});
  copy(account, "INBOX", {{Uid(1), Uid(3)}}, "Target", false);
  CardRef card = account.mailbox("Target").find(Uid(2))->cold.card;
  EXPECT_EQ(card.segment, account.mailbox().find(Uid(2))->cold.card.segment);
  EXPECT_EQ(card.index, 1U);
  account.must(DeleteMailbox{"Target"});
  account.checkpoint();
  EXPECT_TRUE(account.pages.contains(card.segment));
  account.expunge("INBOX", {{Uid(1), Uid(3)}});
  account.now += 3'600;
  account.checkpoint();
  EXPECT_FALSE(account.pages.contains(card.segment));
}

TEST(Copy, DoesNothingForMessagesThatAreNotThere) {
  TestAccount account;
  size_t records = account.log.size();
  Copied copied = copy(account, "INBOX", {{Uid(1), Uid(9)}}, "INBOX", true);
  EXPECT_TRUE(copied.source.empty());
  EXPECT_EQ(account.log.size(), records);
}

TEST(Copy, RefusesWhenAllAreWantedAndOneIsGone) {
  TestAccount account;
  EXPECT_EQ(account.refused(Copy{.from = account.mailbox().id(),
                                 .uids = UidSet::single(Uid(5)),
                                 .to = std::string("INBOX"),
                                 .all_or_none = true}),
            Code::expunge_issued);
}

TEST(Copy, RefusesWhenTheTargetIsMissing) {
  TestAccount account;
  account.append("INBOX", 1);
  EXPECT_EQ(account.refused(Copy{account.mailbox().id(), UidSet::single(Uid(1)), std::string("Absent"), false}),
            Code::try_create);
}

}  // namespace
}  // namespace roost::mail
