#include "mail/former.h"

#include "mail/engine_test.h"

namespace roost::mail {
namespace {

// What the account held at `time`, with all rows.
FormerAccount look(TestAccount& account, int64_t time, const std::unordered_set<uint64_t>& gone = {}) {
  FormerAccount former(*account.snapshot, {});
  for (const FormerMailbox& one : former_mailboxes(*account.snapshot, time, {})) {
    account.load(pages_of_former(*account.snapshot, one.id));
    former.add(*account.snapshot, one, time, gone, true);
  }
  return former;
}

std::vector<std::string> names(const Snapshot& snapshot) {
  std::vector<std::string> out;
  snapshot.for_each_mailbox([&](const Mailbox& mailbox) {
    out.push_back(mailbox.name());
    return true;
  });
  return out;
}

struct FormerMailboxes : testing::Test {
  TestAccount account;
  int64_t later() { return account.now += 1000; }
};

TEST_F(FormerMailboxes, ShowWhatWasThereUnderItsUids) {
  account.append("INBOX", 3, SystemFlag::flagged, {"k"});
  int64_t then = later();
  later();
  account.append("INBOX", 1);
  account.store("INBOX", {{Uid(1), Uid(1)}}, StoreHow::add, SystemFlag::deleted);
  account.expunge("INBOX", {{Uid(1), Uid(1)}});
  SnapshotPtr former = look(account, then).snapshot();
  Mailbox inbox = former->find("INBOX").value();
  EXPECT_EQ(inbox.uids(), (UidSet{{Uid(1), Uid(3)}}));
  EXPECT_EQ(inbox.messages(), 3U);
  EXPECT_EQ(inbox.unseen(), 3U);
  EXPECT_EQ(inbox.deleted(), 0U);
  EXPECT_EQ(inbox.uidnext(), Uid(4));
  EXPECT_EQ(inbox.uidvalidity(), account.mailbox().uidvalidity());
  EXPECT_EQ(inbox.find(Uid(1))->hot.flags, SystemFlags(SystemFlag::flagged));
  EXPECT_EQ(inbox.keywords_of(inbox.find(Uid(1))->hot.keywords).size(), 1U);
  EXPECT_EQ(inbox.uid_at(0), Uid(1));
  EXPECT_EQ(inbox.rank(Uid(3)), 2U);
  EXPECT_FALSE(inbox.find(Uid(4)));
  EXPECT_FALSE(inbox.find_expunged(Uid(4)));
  EXPECT_TRUE(inbox.missing_pages().empty());
}

TEST_F(FormerMailboxes, AreTheSameFromPages) {
  account.append("INBOX", 700);
  int64_t then = later();
  later();
  account.expunge("INBOX", {{Uid(10), Uid(20)}, {Uid(300), Uid(600)}});
  account.append("INBOX", 30);
  account.checkpoint(100'000);
  account.reopen();
  SnapshotPtr former = look(account, then).snapshot();
  Mailbox inbox = former->find("INBOX").value();
  EXPECT_EQ(inbox.uids(), (UidSet{{Uid(1), Uid(700)}}));
  EXPECT_EQ(inbox.messages(), 700U);
  EXPECT_EQ(inbox.uidnext(), Uid(701));
  auto changes = changes_since(inbox, ModSeq(1));
  EXPECT_TRUE(std::get<MailboxDelta>(changes).expunged.empty());
  account.load();
  EXPECT_EQ(account.mailbox().messages(), 418U) << "what is there is as it was";
}

TEST_F(FormerMailboxes, LeaveOutWhatHeldNothing) {
  int64_t before = account.now;
  later();
  account.must<Created>(CreateMailbox{"New", {}});
  account.append("New", 1);
  EXPECT_THAT(names(*look(account, before).snapshot()), testing::IsEmpty());
  EXPECT_THAT(names(*look(account, account.now).snapshot()), testing::ElementsAre("New"));
}

TEST_F(FormerMailboxes, OfSeveralOfOneNameShowTheOneThatWasThere) {
  account.must<Created>(CreateMailbox{"Box", {}});
  account.append("Box", 2);
  int64_t first = later();
  later();
  account.must(DeleteMailbox{"Box"});
  account.must<Created>(CreateMailbox{"Box", {}});
  account.append("Box", 1);
  int64_t second = later();
  later();
  account.must(DeleteMailbox{"Box"});
  EXPECT_EQ(look(account, first).snapshot()->find("Box")->messages(), 2U);
  EXPECT_EQ(look(account, second).snapshot()->find("Box")->messages(), 1U);
  EXPECT_FALSE(look(account, account.now + 1).snapshot()->find("Box"));
  EXPECT_EQ(former_mailboxes(*account.snapshot, first, "Box").size(), 1U);
  EXPECT_TRUE(former_mailboxes(*account.snapshot, first, "Other").empty());
}

TEST_F(FormerMailboxes, OfWhatWasMovedOnlyWhatIsSomewhere) {
  account.must<Created>(CreateMailbox{"Archive", {}});
  account.append("INBOX", 2);
  int64_t then = later();
  later();
  MailboxId inbox = account.mailbox().id();
  account.must<Copied>(Copy{inbox, {{Uid(1), Uid(2)}}, "Archive", true});
  std::vector<BlobId> doubtful = doubtful_bodies(*account.snapshot, inbox, then);
  ASSERT_EQ(doubtful.size(), 2U);
  EXPECT_EQ(look(account, then).snapshot()->find("INBOX")->messages(), 2U);
  SnapshotPtr without = look(account, then, {doubtful[0].serial}).snapshot();
  EXPECT_EQ(without->find("INBOX")->uids(), (UidSet{{Uid(2), Uid(2)}}));
  account.expunge("Archive", {{Uid(1), Uid(2)}});
  EXPECT_TRUE(doubtful_bodies(*account.snapshot, inbox, then).empty()) << "they are on the dead list";
}

TEST_F(FormerMailboxes, AreNotKeptOnceWhatTheyShowIsForgotten) {
  account.append("INBOX", 2);
  int64_t then = later();
  later();
  account.expunge("INBOX", {{Uid(1), Uid(1)}});
  FormerAccount with_expunged = look(account, then);
  FormerAccount as_it_is = look(account, account.now + 1);
  ASSERT_EQ(with_expunged.sources().size(), 1U);
  EXPECT_TRUE(is_kept(*account.snapshot, with_expunged.sources()[0]));
  account.now += 5000;
  account.checkpoint(3600);
  EXPECT_FALSE(is_kept(*account.snapshot, with_expunged.sources()[0]));
  EXPECT_TRUE(is_kept(*account.snapshot, as_it_is.sources()[0]));
  account.expunge("INBOX", {{Uid(2), Uid(2)}});
  EXPECT_TRUE(is_kept(*account.snapshot, as_it_is.sources()[0]));
  account.now += 5000;
  account.checkpoint(3600);
  EXPECT_FALSE(is_kept(*account.snapshot, as_it_is.sources()[0])) << "expunged since, and forgotten";
}

}  // namespace
}  // namespace roost::mail
