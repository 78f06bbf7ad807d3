// \Seen of users who have one of their own in a mailbox of somebody else.
#include "mail/engine_test.h"

namespace roost::mail {
namespace {

constexpr AccountId kFred(21);
constexpr AccountId kGeorge(22);
const SystemFlags kSeen = SystemFlag::seen;

Actor guest(AccountId account, const std::string& name) {
  Actor actor = Actor::visiting(name);
  actor.own_seen = account;
  return actor;
}

// Team, in which fred and george may do everything, with `count` messages.
struct Shared {
  TestAccount account;

  explicit Shared(size_t count, Rights rights = Rights::all()) {
    account.must<Created>(CreateMailbox{"Team", {}});
    for (const char* name : {"fred", "george"}) {
      account.must(SetAcl{"Team", name, SetAcl::How::replace, rights});
    }
    if (count > 0) account.append("Team", count);
  }

  Stored store_as(const Actor& actor, UidSet uids, StoreHow how, SystemFlags flags) {
    account.actor = actor;
    Stored stored = account.store("Team", std::move(uids), how, flags);
    account.actor = Actor();
    return stored;
  }
  Mailbox seen_by(AccountId reader) {
    shown = read_by(reader, account.snapshot);
    return shown->find("Team").value();
  }
  SystemFlags flags_for(AccountId reader, uint32_t uid) { return seen_by(reader).find_hot(Uid(uid))->flags; }

  SnapshotPtr shown;
  const Actor fred = guest(kFred, "fred");
  const Actor george = guest(kGeorge, "george");
};

TEST(OwnSeen, IsShownToItsUserAlone) {
  Shared shared(2);
  ModSeq before = shared.seen_by(AccountId(0)).highest_modseq();
  Stored stored = shared.store_as(shared.fred, UidSet::single(Uid(1)), StoreHow::add, kSeen);
  EXPECT_EQ(stored.changed, UidSet::single(Uid(1)));
  EXPECT_EQ(shared.flags_for(kFred, 1), kSeen);
  EXPECT_EQ(shared.flags_for(kGeorge, 1), SystemFlags());
  EXPECT_EQ(shared.flags_for(AccountId(0), 1), SystemFlags());
  EXPECT_EQ(shared.seen_by(kFred).unseen(), 1U);
  EXPECT_EQ(shared.seen_by(kFred).first_unseen(), Uid(2));
  EXPECT_EQ(shared.seen_by(kGeorge).unseen(), 2U);
  EXPECT_EQ(shared.seen_by(kFred).highest_modseq(), stored.modseq);
  EXPECT_EQ(shared.seen_by(kFred).find_hot(Uid(1))->modseq, stored.modseq);
  EXPECT_EQ(shared.seen_by(kGeorge).highest_modseq(), before);
  EXPECT_EQ(shared.seen_by(AccountId(0)).find_hot(Uid(1))->modseq, before);
  EXPECT_THAT(check_snapshot(*shared.account.snapshot), testing::IsEmpty());
}

TEST(OwnSeen, IsNotTheOwners) {
  Shared shared(2);
  shared.account.store("Team", UidSet::single(Uid(2)), StoreHow::add, kSeen);
  EXPECT_EQ(shared.flags_for(kFred, 2), SystemFlags());
  EXPECT_EQ(shared.seen_by(kFred).unseen(), 2U);
  EXPECT_EQ(shared.seen_by(AccountId(0)).unseen(), 1U);
}

TEST(OwnSeen, IsToldToItsUserAlone) {
  Shared shared(2);
  ModSeq before = shared.account.snapshot->modseq();
  shared.store_as(shared.fred, {{Uid(1), Uid(2)}}, StoreHow::add, kSeen);
  const MailboxChange& change = shared.account.change.mailboxes.at(0);
  EXPECT_TRUE(change.flags_changed.empty());
  EXPECT_EQ(change.flags_changed_for(kFred), (UidSet{{Uid(1), Uid(2)}}));
  EXPECT_TRUE(change.flags_changed_for(kGeorge).empty());
  EXPECT_TRUE(change.flags_changed_for(AccountId(0)).empty());
  auto since = [&](AccountId reader) {
    return std::get<MailboxDelta>(changes_since(shared.seen_by(reader), before)).changed;
  };
  EXPECT_EQ(since(kFred), (UidSet{{Uid(1), Uid(2)}}));
  EXPECT_TRUE(since(kGeorge).empty());
  EXPECT_TRUE(since(AccountId(0)).empty());
}

TEST(OwnSeen, GoesWithTheOtherFlagsOfAStoreInOneOperation) {
  Shared shared(1);
  Stored stored =
      shared.store_as(shared.fred, UidSet::single(Uid(1)), StoreHow::replace, SystemFlag::seen | SystemFlag::flagged);
  EXPECT_EQ(shared.flags_for(kFred, 1), SystemFlag::seen | SystemFlag::flagged);
  EXPECT_EQ(shared.flags_for(kGeorge, 1), SystemFlags(SystemFlag::flagged));
  EXPECT_EQ(shared.seen_by(kGeorge).find_hot(Uid(1))->modseq, stored.modseq);
  shared.store_as(shared.george, UidSet::single(Uid(1)), StoreHow::replace, {});
  EXPECT_EQ(shared.flags_for(kFred, 1), kSeen);
}

TEST(OwnSeen, CountsForUnchangedSinceOfItsUserAlone) {
  Shared shared(1);
  MailboxId team = shared.account.mailbox("Team").id();
  ModSeq before = shared.account.snapshot->modseq();
  shared.store_as(shared.fred, UidSet::single(Uid(1)), StoreHow::add, kSeen);
  Store store{team, UidSet::single(Uid(1)), StoreHow::remove, SystemFlag::seen | SystemFlag::flagged, {}, before};
  shared.account.actor = shared.fred;
  EXPECT_EQ(shared.account.must<Stored>(store).modified, UidSet::single(Uid(1)));
  store.how = StoreHow::add;
  shared.account.actor = shared.george;
  EXPECT_EQ(shared.account.must<Stored>(store).changed, UidSet::single(Uid(1)));
}

TEST(OwnSeen, NeedsTheRightToKeepIt) {
  Shared shared(1, Right::lookup | Right::read | Right::insert | Right::write);
  shared.account.actor = shared.fred;
  MailboxId team = shared.account.mailbox("Team").id();
  EXPECT_EQ(shared.account.refused(Store{team, UidSet::single(Uid(1)), StoreHow::add, kSeen, {}, {}}), Code::no_perm);
  shared.account.append("Team", 1, SystemFlag::seen | SystemFlag::flagged);
  EXPECT_EQ(shared.flags_for(kFred, 2), SystemFlags(SystemFlag::flagged));
  shared.account.must<Copied>(Copy{team, UidSet::single(Uid(2)), std::string("Team")});
  EXPECT_EQ(shared.flags_for(kFred, 3), SystemFlags(SystemFlag::flagged));
}

TEST(OwnSeen, OfWhatIsAppendedIsItsAuthors) {
  Shared shared(0);
  shared.account.actor = shared.fred;
  shared.account.append("Team", 2, kSeen);
  EXPECT_EQ(shared.seen_by(kFred).unseen(), 0U);
  EXPECT_EQ(shared.seen_by(kGeorge).unseen(), 2U);
  EXPECT_EQ(shared.seen_by(AccountId(0)).unseen(), 2U);
  EXPECT_TRUE(shared.account.change.mailboxes.at(0).seen_changed.empty());
}

TEST(OwnSeen, GoesWithCopiesAndMovesOfAnybody) {
  Shared shared(5);
  shared.account.must<Created>(CreateMailbox{"Old", {}});
  shared.account.store("Team", UidSet::single(Uid(5)), StoreHow::add, kSeen);
  shared.store_as(shared.fred, {{Uid(2), Uid(3)}, {Uid(5), Uid(5)}}, StoreHow::add, kSeen);
  MailboxId team = shared.account.mailbox("Team").id();
  shared.account.must<Copied>(Copy{team, {{Uid(1), Uid(2)}, {Uid(4), Uid(5)}}, std::string("Old"), true});
  EXPECT_EQ(shared.seen_by(kFred).unseen(), 0U);
  SnapshotPtr shown = read_by(kFred, shared.account.snapshot);
  std::vector<bool> seen;
  shown->find("Old")->for_each_hot(Uid(1), Uid(9), [&](Uid, const Hot& hot) {
    seen.push_back(hot.flags.has(SystemFlag::seen));
    return true;
  });
  EXPECT_THAT(seen, testing::ElementsAre(false, true, false, true));
  EXPECT_EQ(shared.account.mailbox("Old").unseen(), 3U);
  EXPECT_THAT(check_snapshot(*shared.account.snapshot), testing::IsEmpty());
}

TEST(OwnSeen, EndsWithTheMessage) {
  Shared shared(3);
  shared.store_as(shared.fred, {{Uid(1), Uid(3)}}, StoreHow::add, kSeen);
  ModSeq before = shared.seen_by(kFred).highest_modseq();
  shared.account.expunge("Team", {{Uid(1), Uid(2)}});
  EXPECT_EQ(shared.seen_by(kFred).unseen(), 0U);
  shared.account.append("Team", 1);
  EXPECT_EQ(shared.seen_by(kFred).unseen(), 1U);
  shared.account.expunge("Team", {{Uid(1), Uid(9)}});
  EXPECT_EQ(shared.seen_by(kFred).unseen(), 0U);
  EXPECT_GT(shared.seen_by(kFred).highest_modseq(), before);
  EXPECT_THAT(check_snapshot(*shared.account.snapshot), testing::IsEmpty());
}

TEST(OwnSeen, SurvivesCheckpoints) {
  Shared shared(10'000);
  shared.store_as(shared.fred, {{Uid(100), Uid(9'000)}}, StoreHow::add, kSeen);
  shared.store_as(shared.george, UidSet::single(Uid(4'096)), StoreHow::add, kSeen);
  shared.store_as(shared.fred, UidSet::single(Uid(4'095)), StoreHow::remove, kSeen);
  shared.account.checkpoint();
  size_t pages = shared.account.pages.size();
  shared.account.reopen();
  shared.account.load_all();
  EXPECT_EQ(shared.seen_by(kFred).unseen(), 10'000U - 8'900U);
  EXPECT_EQ(shared.seen_by(kGeorge).unseen(), 9'999U);
  EXPECT_EQ(shared.seen_by(kFred).highest_modseq(), shared.account.snapshot->modseq());
  EXPECT_THAT(check_snapshot(*shared.account.snapshot), testing::IsEmpty());
  shared.account.append("INBOX", 1);
  shared.account.checkpoint();
  EXPECT_EQ(shared.account.pages.size(), pages + 3);  // INBOX's rows and cards; theirs stay as they are
  shared.account.reopen();
  EXPECT_EQ(shared.seen_by(kFred).unseen(), 10'000U - 8'900U);
}

TEST(OwnSeen, IsRefusedWhereThereIsNoRoom) {
  Shared shared(20);
  shared.account.limits.own_seen_runs_per_mailbox_max = 10;
  UidSet every_second;
  for (uint32_t uid = 1; uid < 20; uid += 2) every_second.append(Uid(uid));
  shared.account.actor = shared.fred;
  MailboxId team = shared.account.mailbox("Team").id();
  EXPECT_EQ(shared.account.refused(Store{team, every_second, StoreHow::add, kSeen, {}, {}}), Code::limit);
  EXPECT_EQ(shared.store_as(shared.fred, {{Uid(1), Uid(20)}}, StoreHow::add, kSeen).changed.count(), 20U);
}

TEST(OwnSeen, StaysOverAJump) {
  Shared shared(2);
  shared.store_as(shared.fred, UidSet::single(Uid(1)), StoreHow::add, kSeen);
  ModSeq seen = shared.seen_by(kFred).highest_modseq();
  shared.account.must(Jump{});
  EXPECT_EQ(shared.flags_for(kFred, 1), kSeen);
  EXPECT_EQ(shared.seen_by(kFred).unseen(), 1U);
  EXPECT_GT(shared.seen_by(kFred).find_hot(Uid(1))->modseq.value, seen.value + JumpDistance{}.modseqs);
  EXPECT_EQ(shared.seen_by(kFred).highest_modseq(), shared.seen_by(kGeorge).highest_modseq());
  shared.store_as(shared.fred, UidSet::single(Uid(2)), StoreHow::add, kSeen);
  shared.account.checkpoint();
  shared.account.reopen();
  EXPECT_EQ(shared.seen_by(kFred).unseen(), 0U);
}

}  // namespace
}  // namespace roost::mail
