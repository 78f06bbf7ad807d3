#include "mail/engine_test.h"

namespace roost::mail {
namespace {

std::vector<std::string> keywords_of(const Mailbox& mailbox, Uid uid) {
  std::vector<std::string> out;
  for (uint16_t index : mailbox.keywords_of(mailbox.find_hot(uid)->keywords)) out.push_back(mailbox.keywords()[index]);
  return out;
}

TEST(Store, GivesANewModseqOnlyToWhatChanges) {
  TestAccount account;
  account.append("INBOX", 2, SystemFlag::seen);
  Appended unseen = account.append("INBOX", 2);
  Stored stored = account.store("INBOX", {{Uid(1), Uid(99)}}, StoreHow::add, SystemFlag::seen);
  EXPECT_EQ(stored.changed, (UidSet{{Uid(3), Uid(4)}}));
  EXPECT_EQ(stored.modseq, unseen.modseq.next());
  Mailbox inbox = account.mailbox();
  EXPECT_LT(inbox.find_hot(Uid(1))->modseq, stored.modseq);
  EXPECT_EQ(inbox.find_hot(Uid(3))->modseq, stored.modseq);
  EXPECT_EQ(inbox.unseen(), 0U);
  EXPECT_EQ(account.change.find(inbox.id())->flags_changed, stored.changed);
}

TEST(Store, WritesNothingWhereNothingChanges) {
  TestAccount account;
  account.append("INBOX", 1, SystemFlag::seen);
  size_t records = account.log.size();
  Stored stored = account.store("INBOX", {{Uid(1), Uid(5)}}, StoreHow::add, SystemFlag::seen);
  EXPECT_TRUE(stored.changed.empty());
  EXPECT_EQ(stored.modseq, ModSeq(0));
  EXPECT_EQ(account.log.size(), records);
}

TEST(Store, ReplacesAllFlags) {
  TestAccount account;
  account.append("INBOX", 1, SystemFlag::seen | SystemFlag::deleted, {"old"});
  EXPECT_EQ(account.mailbox().deleted_bytes(), 4U);
  account.store("INBOX", {{Uid(1), Uid(1)}}, StoreHow::replace, SystemFlag::answered, {"new"});
  EXPECT_EQ(account.mailbox().find_hot(Uid(1))->flags, SystemFlags(SystemFlag::answered));
  EXPECT_THAT(keywords_of(account.mailbox(), Uid(1)), testing::ElementsAre("new"));
  EXPECT_EQ(account.mailbox().deleted(), 0U);
  EXPECT_EQ(account.mailbox().deleted_bytes(), 0U);
  account.store("INBOX", {{Uid(1), Uid(1)}}, StoreHow::replace, {});
  EXPECT_TRUE(account.mailbox().find_hot(Uid(1))->flags.empty());
  EXPECT_THAT(keywords_of(account.mailbox(), Uid(1)), testing::IsEmpty());
}

TEST(Store, AddsAndRemovesKeywordsWithoutRegardToCase) {
  TestAccount account;
  account.append("INBOX", 1, {}, {"$Work"});
  account.append("INBOX", 1);
  account.store("INBOX", {{Uid(1), Uid(2)}}, StoreHow::add, {}, {"Later", "$work"});
  EXPECT_THAT(keywords_of(account.mailbox(), Uid(1)), testing::ElementsAre("$Work", "Later"));
  EXPECT_THAT(keywords_of(account.mailbox(), Uid(2)), testing::ElementsAre("$Work", "Later"));
  account.store("INBOX", {{Uid(1), Uid(2)}}, StoreHow::remove, {}, {"LATER"});
  EXPECT_THAT(keywords_of(account.mailbox(), Uid(2)), testing::ElementsAre("$Work"));
}

TEST(Store, IgnoresTheRemovalOfAnUnknownKeyword) {
  TestAccount account;
  account.append("INBOX", 1);
  EXPECT_TRUE(account.store("INBOX", {{Uid(1), Uid(1)}}, StoreHow::remove, {}, {"never"}).changed.empty());
  EXPECT_TRUE(account.mailbox().keywords().empty());
}

TEST(Store, RefusesWhatChangedSince) {
  TestAccount account;
  ModSeq first = account.append("INBOX", 2).modseq;
  account.store("INBOX", {{Uid(2), Uid(2)}}, StoreHow::add, SystemFlag::seen);
  Store store{account.mailbox().id(), {{Uid(1), Uid(9)}}, StoreHow::add, SystemFlag::seen, {}, first};
  Stored stored = account.must<Stored>(store);
  EXPECT_EQ(stored.changed, UidSet::single(Uid(1)));
  EXPECT_EQ(stored.modified, UidSet::single(Uid(2)));
  store.unchanged_since = ModSeq(0);
  stored = account.must<Stored>(store);
  EXPECT_TRUE(stored.changed.empty());
  EXPECT_EQ(stored.modified, (UidSet{{Uid(1), Uid(2)}}));
}

TEST(Store, RefusesNothingBecauseSomethingElseChanged) {
  TestAccount account;
  ModSeq first = account.append("INBOX", 2).modseq;
  MailboxId inbox = account.mailbox().id();
  UidSet one = UidSet::single(Uid(1));
  account.store("INBOX", one, StoreHow::add, SystemFlag::flagged, {"lock"});
  EXPECT_EQ(account.must<Stored>(Store{inbox, one, StoreHow::add, SystemFlag::seen, {"new"}, first}).changed, one);
  EXPECT_EQ(account.must<Stored>(Store{inbox, one, StoreHow::add, {}, {"other", "lock"}, first}).modified, one);
  EXPECT_EQ(account.must<Stored>(Store{inbox, one, StoreHow::remove, {}, {"lock"}, first}).changed, one);
  EXPECT_EQ(account.must<Stored>(Store{inbox, one, StoreHow::remove, {}, {"lock"}, first}).modified, one);
  EXPECT_EQ(account.must<Stored>(Store{inbox, one, StoreHow::replace, {}, {}, first}).modified, one);
}

TEST(Store, ZeroAsksWhetherAKeywordExists) {
  TestAccount account;
  account.append("INBOX", 1);
  MailboxId inbox = account.mailbox().id();
  UidSet one = UidSet::single(Uid(1));
  EXPECT_EQ(account.must<Stored>(Store{inbox, one, StoreHow::add, {}, {"lock"}, ModSeq(0)}).changed, one);
  EXPECT_EQ(account.must<Stored>(Store{inbox, one, StoreHow::add, {}, {"lock"}, ModSeq(0)}).modified, one);
  EXPECT_EQ(account.must<Stored>(Store{inbox, one, StoreHow::remove, {}, {"lock"}, ModSeq(0)}).modified, one);
}

TEST(Store, RefusesTooManyKeywordsAndSets) {
  TestAccount account;
  account.append("INBOX", 3);
  account.limits.keyword_sets_per_mailbox_max = 3;
  MailboxId inbox = account.mailbox().id();
  account.store("INBOX", UidSet::single(Uid(1)), StoreHow::add, {}, {"a"});
  account.store("INBOX", UidSet::single(Uid(2)), StoreHow::add, {}, {"b"});
  Store store{inbox, UidSet::single(Uid(3)), StoreHow::add, {}, {"a", "b"}, {}};
  EXPECT_EQ(account.refused(store), Code::limit);
  account.limits = {};
  account.limits.keyword_set_items_per_mailbox_max = 3;
  EXPECT_EQ(account.refused(store), Code::limit);
  account.limits = {};
  account.must<Stored>(store);
}

TEST(Store, LeavesOlderSnapshotsAsTheyWere) {
  TestAccount account;
  account.append("INBOX", 1'000);
  SnapshotPtr before = account.snapshot;
  account.store("INBOX", {{Uid(200), Uid(800)}}, StoreHow::add, SystemFlag::seen | SystemFlag::deleted);
  EXPECT_EQ(before->find("INBOX")->unseen(), 1'000U);
  EXPECT_TRUE(before->find("INBOX")->find_hot(Uid(500))->flags.empty());
  EXPECT_EQ(account.mailbox().unseen(), 399U);
  EXPECT_EQ(account.mailbox().deleted(), 601U);
  EXPECT_EQ(account.mailbox().deleted_bytes(), 601U * 4);
  EXPECT_EQ(account.mailbox().first_unseen(), Uid(1));
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Store, AShortRecordTellsHowManyRowsItsFoldChanges) {
  TestAccount account;
  account.append("INBOX", 1'000);
  account.store("INBOX", {{Uid(200), Uid(800)}}, StoreHow::add, SystemFlag::seen);
  EXPECT_LT(account.log.back().size(), 40U);
  EXPECT_EQ(rows_to_fold(*account.snapshot, account.log.back()), 601U + 1);  // and the stamp
  EXPECT_EQ(rows_to_fold(*account.snapshot, "\xff damaged"), 0U);
}

TEST(Store, RefusesWhenTheMailboxIsGone) {
  TestAccount account;
  EXPECT_EQ(account.refused(Store{MailboxId(99), {{Uid(1), Uid(1)}}, StoreHow::add, SystemFlag::seen, {}, {}}),
            Code::nonexistent);
}

}  // namespace
}  // namespace roost::mail
