#include "imapd/view.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "mail/checkpoint.h"
#include "mail/engine.h"

namespace roost::imapd {
namespace {

// An account whose INBOX holds messages without bodies.
class Inbox {
 public:
  Inbox() : snapshot_(mail::empty_account(AccountId(1), UidValidity(1))) {}

  void append(uint32_t count) {
    mail::Append append{.mailbox = "INBOX"};
    for (uint32_t i = 0; i < count; ++i) {
      mail::NewMessage message;
      message.size = 1;
      message.blob = BlobId{AccountId(1), ++serial_};
      message.card = std::make_shared<const Bytes>("card");
      append.messages.push_back(std::move(message));
    }
    commit(mail::ReserveBlobs{.count = count});
    if (count > 0) commit(std::move(append));
  }
  void expunge(UidSet uids) {
    commit(mail::Store{.mailbox = mailbox().id(), .uids = uids, .flags = SystemFlag::deleted});
    commit(mail::Expunge{.mailbox = mailbox().id(), .only = uids});
  }
  void flag(UidSet uids) {
    commit(mail::Store{.mailbox = mailbox().id(), .uids = std::move(uids), .flags = SystemFlag::flagged});
  }

  mail::Mailbox mailbox() const { return *snapshot_->find("INBOX"); }
  const mail::SnapshotPtr& snapshot() const { return snapshot_; }
  Selected select() const {
    return {.mailbox = mailbox().id(),
            .uidnext = mailbox().uidnext(),
            .exists = mailbox().messages(),
            .modseq = mailbox().highest_modseq()};
  }
  bool advance_to_now(Selected& selected) const {
    auto delta = mail::changes_since(mailbox(), selected.modseq);
    return advance(selected, mailbox(), std::get<mail::MailboxDelta>(delta));
  }

 private:
  void commit(mail::Operation operation) {
    mail::EngineLimits limits;
    mail::PlanContext context{.limits = &limits, .now = 1};
    auto outcome = mail::plan(*snapshot_, operation, context);
    auto& planned = std::get<mail::Planned>(outcome);
    if (planned.effects.encoded.empty()) return;
    Bytes record = mail::make_record({planned.effects});
    auto folded = mail::fold(snapshot_, record, snapshot_->position().next());
    snapshot_ = std::get<mail::Folded>(folded).snapshot;
  }

  mail::SnapshotPtr snapshot_;
  uint64_t serial_ = 0;
};

UidSet uids(std::initializer_list<uint32_t> values) {
  UidSet set;
  for (uint32_t value : values) set.append(Uid(value));
  return set;
}

imap::SequenceSet sequence(std::string_view text) { return imap::parse_sequence_set(text).value(); }

TEST(View, NumbersWhatIsThere) {
  Inbox inbox;
  inbox.append(5);
  inbox.expunge(uids({2}));
  Selected selected = inbox.select();
  View view(selected, inbox.snapshot());
  EXPECT_EQ(view.exists(), 4u);
  EXPECT_EQ(view.uid(SeqNum(2)), Uid(3));
  EXPECT_EQ(view.seq(Uid(5)), SeqNum(4));
  EXPECT_EQ(view.last(), Uid(5));
  EXPECT_FALSE(view.contains(Uid(2)));
  EXPECT_EQ(view.resolve(sequence("2:*"), false), uids({3, 4, 5}));
  EXPECT_EQ(view.resolve(sequence("9:*"), true), uids({5}));
  EXPECT_EQ(view.resolve(sequence("2:3"), true), uids({3}));
  EXPECT_FALSE(view.resolve(sequence("5"), false));
  EXPECT_EQ(view.resolve_search(sequence("5,4:9"), false), uids({5}));
}

TEST(View, KeepsTheNumbersOfGhosts) {
  Inbox inbox;
  inbox.append(5);
  Selected selected = inbox.select();
  inbox.expunge(uids({2, 3}));
  inbox.append(2);
  ASSERT_TRUE(inbox.advance_to_now(selected));
  View view(selected, inbox.snapshot());
  EXPECT_EQ(view.exists(), 5u);
  for (uint32_t n = 1; n <= 5; ++n) {
    EXPECT_EQ(view.uid(SeqNum(n)), Uid(n));
    EXPECT_EQ(view.seq(Uid(n)), SeqNum(n));
  }
  EXPECT_EQ(view.resolve(sequence("1:*"), false), uids({1, 2, 3, 4, 5}));
  EXPECT_EQ(view.resolve(sequence("6:7"), true), uids({}));  // the client does not know them
  EXPECT_EQ(view.ghosts(), uids({2, 3}));
}

TEST(View, OwesFlagsOfWhatTheClientKnowsAndIsStillThere) {
  Inbox inbox;
  inbox.append(4);
  Selected selected = inbox.select();
  inbox.append(1);
  inbox.flag(uids({2, 3, 5}));
  inbox.expunge(uids({3}));
  ASSERT_TRUE(inbox.advance_to_now(selected));
  EXPECT_EQ(selected.flags_owed, uids({2}));
}

// As after a RENAME of INBOX that lies behind another node's checkpoint: every uid below UIDNEXT is noted as expunged.
TEST(View, KnowsHowManyAreGoneWhereNobodyKnowsWhich) {
  Inbox inbox;
  inbox.append(10);
  inbox.expunge({{Uid(1), Uid(5)}});
  Selected selected = inbox.select();
  inbox.expunge({{Uid(6), Uid(10)}});
  mail::MailboxDelta delta{.expunged = {{Uid(1), Uid(10)}}, .highest = inbox.mailbox().highest_modseq()};
  EXPECT_TRUE(advance(selected, inbox.mailbox(), delta));
  EXPECT_EQ(selected.ghosts.count(), 5U);
  EXPECT_FALSE(selected.ghosts_known);
}

TEST(View, AnEmptyMailboxHasNoNumbers) {
  Inbox inbox;
  Selected selected = inbox.select();
  View view(selected, inbox.snapshot());
  EXPECT_EQ(view.last(), Uid());
  EXPECT_FALSE(view.resolve(sequence("*"), false));
  EXPECT_EQ(view.resolve_search(sequence("1:*"), false), uids({}));
  EXPECT_EQ(view.resolve(sequence("1:*"), true), uids({}));
  EXPECT_EQ(view.all(), uids({}));
}

// Appends and expunges at random: the view is the list that a client keeps.
RC_GTEST_PROP(View, IsTheListThatAClientKeeps, (const std::vector<std::pair<bool, uint8_t>>& steps)) {
  Inbox inbox;
  inbox.append(6);
  Selected selected = inbox.select();
  std::vector<uint32_t> known;
  inbox.mailbox().uids().for_each([&](Uid uid) { known.push_back(uid.value); });
  for (auto [append, argument] : steps) {
    if (append) {
      inbox.append(argument % 4);
    } else {
      uint32_t uid = argument % inbox.mailbox().uidnext().value;
      if (uid > 0) inbox.expunge(UidSet::single(Uid(uid)));
    }
    RC_ASSERT(inbox.advance_to_now(selected));
    View view(selected, inbox.snapshot());
    RC_ASSERT(view.exists() == known.size());
    for (size_t i = 0; i < known.size(); ++i) {
      RC_ASSERT(view.uid(SeqNum(static_cast<uint32_t>(i) + 1)) == Uid(known[i]));
      RC_ASSERT(view.seq(Uid(known[i])).value == i + 1);
      RC_ASSERT(view.contains(Uid(known[i])));
      RC_ASSERT(view.ghosts().contains(Uid(known[i])) != inbox.mailbox().contains(Uid(known[i])));
    }
  }
}

}  // namespace
}  // namespace roost::imapd
