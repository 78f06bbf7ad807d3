#include "mail/repair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mail/account_state.h"
#include "mail/engine_test.h"
#include "mail/jump.h"

namespace roost::mail {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// An account as a repair finds it: the pages of its last checkpoint without some, and the tail.
struct RepairTest : testing::Test {
  std::vector<LoadedPage> left(std::vector<PageId> wanted) {
    std::vector<LoadedPage> out;
    for (PageId id : wanted) {
      if (auto it = account.pages.find(id); it != account.pages.end()) out.push_back({id, it->second});
    }
    return out;
  }

  Repair repair() {
    auto root = root_without_lost(account.root, left(root_pages(account.root).value()), said).value();
    SnapshotPtr snapshot = open_root(account.snapshot->state().id, root.root, root.pages).value();
    snapshot = with_what_is_left(snapshot, left(pages_of_rows(*snapshot)), said).value();
    for (uint64_t at = account.root_position.value; at < account.log.size(); ++at) {
      auto outcome = fold(snapshot, account.log[at], Position(at + 1));
      EXPECT_TRUE(std::holds_alternative<Folded>(outcome)) << at;
      snapshot = std::get<Folded>(outcome).snapshot;
    }
    plan.position = snapshot->position();
    Repair done = repaired(*snapshot, plan, said);
    EXPECT_THAT(check_snapshot(*done.snapshot), IsEmpty());
    return done;
  }

  const MailboxState& state(std::string_view name = "INBOX") {
    return **account.snapshot->state().mailboxes.find(account.mailbox(name).id());
  }

  TestAccount account;
  RepairPlan plan;
  std::vector<std::string> said;
};

TEST_F(RepairTest, ChangesNothingThatIsWhole) {
  account.append("INBOX", 20);
  account.checkpoint();
  account.append("INBOX", 3);
  Repair done = repair();
  EXPECT_THAT(said, IsEmpty());
  EXPECT_FALSE(done.lost_messages);
  EXPECT_EQ(done.snapshot->find("INBOX")->messages(), 23U);
  EXPECT_EQ(done.snapshot->find("INBOX")->highest_modseq(), account.mailbox().highest_modseq());
}

TEST_F(RepairTest, KeepsMessagesWithoutTheirFlags) {
  account.append("INBOX", 20, SystemFlag::seen);
  account.checkpoint();
  account.pages.erase(state().chunks[0]->hot_page);
  account.store("INBOX", {{Uid(5), Uid(5)}}, StoreHow::add, SystemFlag::flagged);
  Repair done = repair();
  Mailbox inbox = *done.snapshot->find("INBOX");
  EXPECT_EQ(inbox.messages(), 20U);
  EXPECT_EQ(inbox.unseen(), 20U);
  EXPECT_TRUE(inbox.find_hot(Uid(5))->flags.has(SystemFlag::flagged));
  EXPECT_GT(inbox.find_hot(Uid(6))->modseq, account.mailbox().highest_modseq()) << "clients hear of it";
  EXPECT_THAT(said, Contains(HasSubstr("mailbox INBOX: the flags of the 20 messages with UIDs from 1 to 20 are lost")));
}

TEST_F(RepairTest, NamesTheUidsOfMessagesThatAreLostAndTellsClientsThatTheyAreGone) {
  account.append("INBOX", 20);
  account.must<Created>(CreateMailbox{"a", {}});
  account.append("a", 4);
  account.checkpoint();
  account.pages.erase(state().chunks[0]->cold_page);
  account.append("INBOX", 2);
  account.expunge("INBOX", {{Uid(3), Uid(3)}});
  Repair done = repair();
  Mailbox inbox = *done.snapshot->find("INBOX");
  EXPECT_TRUE(done.lost_messages);
  EXPECT_EQ(inbox.uids(), (UidSet{{Uid(21), Uid(22)}}));
  EXPECT_EQ(inbox.uidnext(), Uid(23));
  EXPECT_EQ(done.snapshot->find("a")->messages(), 4U);
  EXPECT_THAT(said, Contains(HasSubstr("mailbox INBOX: of UIDs 1:2,4:20 nothing is left")));
  auto delta = std::get<MailboxDelta>(changes_since(inbox, account.mailbox().highest_modseq()));
  EXPECT_EQ(delta.expunged, (UidSet{{Uid(1), Uid(2)}, {Uid(4), Uid(20)}}));
}

TEST_F(RepairTest, KeepsWhatUsersHaveSeenOfWhatIsLeft) {
  account.append("INBOX", 20);
  account.must<Created>(CreateMailbox{"a", {}});
  account.append("a", 4);
  account.actor.own_seen = AccountId(21);
  account.store("INBOX", {{Uid(1), Uid(9)}}, StoreHow::add, SystemFlag::seen);
  account.store("a", {{Uid(1), Uid(3)}}, StoreHow::add, SystemFlag::seen);
  account.checkpoint();
  account.pages.erase(state().chunks[0]->cold_page);
  SnapshotPtr read = read_by(AccountId(21), repair().snapshot);
  EXPECT_EQ(read->find("INBOX")->messages(), 0U);
  EXPECT_EQ(read->find("a")->unseen(), 1U);
  account.pages.erase(account.snapshot->state().layout->seen[0].page);
  EXPECT_EQ(read_by(AccountId(21), repair().snapshot)->find("a")->unseen(), 4U);
  EXPECT_THAT(said, Contains(HasSubstr("2 blocks of what users have seen")));
}

TEST_F(RepairTest, LosesWhatUsersHaveSeenWithTheEntriesOfMailboxes) {
  account.append("INBOX", 2);
  account.actor.own_seen = AccountId(21);
  account.store("INBOX", {{Uid(1), Uid(2)}}, StoreHow::add, SystemFlag::seen);
  account.checkpoint();
  account.pages.erase(account.snapshot->state().layout->mailboxes[0].page);
  EXPECT_EQ(repair().snapshot->find("INBOX")->messages(), 0U);
  EXPECT_THAT(said, Contains(HasSubstr("what users have seen in mailboxes of others is lost")));
}

TEST_F(RepairTest, MakesAnInboxWhereTheEntriesOfMailboxesAreLost) {
  account.append("INBOX", 20);
  account.must(Subscribe{"x", true});
  account.checkpoint();
  UidValidity before = account.mailbox().uidvalidity();
  account.pages.erase(account.snapshot->state().layout->mailboxes[0].page);
  account.pages.erase(account.snapshot->state().layout->subscriptions[0].page);
  Repair done = repair();
  Mailbox inbox = *done.snapshot->find("INBOX");
  EXPECT_EQ(inbox.messages(), 0U);
  EXPECT_GT(inbox.uidvalidity(), before);
  EXPECT_THAT(said, Contains(HasSubstr("1 entries of mailboxes")));
  EXPECT_THAT(said, Contains(HasSubstr("1 subscriptions")));
}

TEST_F(RepairTest, CountsBodiesAndCardsAgain) {
  account.append("INBOX", 20);
  account.must<Created>(CreateMailbox{"a", {}});
  account.must<Copied>(Copy{account.mailbox().id(), {{Uid(1), Uid(9)}}, std::string("a")});
  account.expunge("INBOX", {{Uid(12), Uid(13)}});
  account.checkpoint();
  std::vector<PageId> wanted;
  const AccountState& whole = account.snapshot->state();
  auto lose = [&](const auto& map) {
    map.spans().for_each([&](uint64_t, const auto& span) {
      account.pages.erase(span.page);
      return true;
    });
  };
  lose(whole.body_counts);
  lose(whole.dead_blobs);
  lose(whole.segment_cards);
  Repair done = repair();
  EXPECT_EQ(done.snapshot->state().body_counts.size(), 9U);
  EXPECT_EQ(done.snapshot->state().segment_cards.size(), whole.segment_cards.size());
  EXPECT_EQ(said.size(), 3U);
}

TEST_F(RepairTest, KeepsWhatHasLeftAndCanComeBack) {
  account.append("INBOX", 3);
  account.must<Created>(CreateMailbox{"a", {}});
  account.append("a", 4, SystemFlag::flagged);
  account.expunge("INBOX", {{Uid(2), Uid(2)}});
  account.must(DeleteMailbox{"a"});
  account.checkpoint();
  plan.went_back = true;
  account.snapshot = repair().snapshot;
  EXPECT_THAT(said, Not(Contains(HasSubstr("deleted mailbox"))));
  auto back = account.must<Undeleted>(Undelete{{}, Undelete::Which::left_since, 0, false});
  EXPECT_EQ(back.places.size(), 2U);
  EXPECT_EQ(account.mailbox("a").messages(), 4U);
  EXPECT_EQ(account.mailbox("INBOX").messages(), 3U);
  EXPECT_THAT(check_snapshot(*account.snapshot), IsEmpty());
}

TEST_F(RepairTest, NamesWhatOfADeletedMailboxCannotComeBack) {
  account.must<Created>(CreateMailbox{"a", {}});
  account.append("a", 100);
  account.checkpoint();
  PageId lost = state("a").chunks[0]->cold_page;
  account.append("a", 4);  // too few to be merged into the same chunk
  account.must(DeleteMailbox{"a"});
  account.append("INBOX", 2);
  account.checkpoint();
  account.pages.erase(lost);
  account.snapshot = repair().snapshot;
  EXPECT_THAT(said, Contains(HasSubstr("deleted mailbox a: UIDs 1:100 cannot come back any more")));
  auto back = account.must<Undeleted>(Undelete{{}, Undelete::Which::left_since, 0, false});
  EXPECT_EQ(back.places.size(), 1U);
  EXPECT_EQ(account.mailbox("a").messages(), 4U);
  EXPECT_EQ(account.mailbox("INBOX").messages(), 2U);
}

TEST_F(RepairTest, JumpsWhereTheEndOfTheLogMayBeLost) {
  account.append("INBOX", 20);
  constexpr JumpDistance kJump;
  plan.went_back = true;
  account.checkpoint();
  ModSeq before = account.mailbox().highest_modseq();
  Repair done = repair();
  Mailbox inbox = *done.snapshot->find("INBOX");
  EXPECT_EQ(inbox.uidnext(), Uid(21 + kJump.uids));
  EXPECT_GT(inbox.highest_modseq().value, before.value + kJump.modseqs - 10);
  auto delta = std::get<MailboxDelta>(changes_since(inbox, ModSeq(before.value + 5)));
  EXPECT_EQ(delta.expunged, (UidSet{{Uid(21), Uid(20 + kJump.uids)}}));
  EXPECT_EQ(delta.changed, (UidSet{{Uid(1), Uid(20)}})) << "flags that the lost records set are to be taken back";
}

}  // namespace
}  // namespace roost::mail
