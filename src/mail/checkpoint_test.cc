#include "mail/checkpoint.h"

#include <set>
#include "mail/account_state.h"

#include "mail/engine_test.h"

namespace roost::mail {
namespace {

std::set<PageId> page_ids(const TestAccount& account) {
  std::set<PageId> out;
  for (const auto& [id, data] : account.pages) out.insert(id);
  return out;
}

// Pages that one more checkpoint writes.
size_t written_by_checkpoint(TestAccount& account) {
  std::set<PageId> before = page_ids(account);
  account.checkpoint();
  size_t fresh = 0;
  for (PageId id : page_ids(account)) fresh += before.contains(id) ? 0 : 1;
  return fresh;
}

TEST(Checkpoint, OpensAsTheSameState) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a/b", {"Sent"}});
  account.append("INBOX", 300, SystemFlag::seen, {"k", "l"});
  account.append("a/b", 2);
  account.store("INBOX", {{Uid(5), Uid(9)}}, StoreHow::add, {}, {"m"});
  account.must(Subscribe{"a/b", true});
  account.must(ClaimRecent{account.mailbox().id(), Uid(7)});
  account.checkpoint();
  account.reopen();
  EXPECT_EQ(account.snapshot->position(), Position(account.log.size()));
  Mailbox inbox = account.mailbox();
  EXPECT_EQ(inbox.messages(), 300U);
  EXPECT_EQ(inbox.recent_uid(), Uid(7));
  EXPECT_FALSE(inbox.missing_pages().empty());
  account.load();
  EXPECT_TRUE(account.mailbox().missing_pages().empty());
  EXPECT_THAT(account.mailbox().keywords(), testing::ElementsAre("k", "l", "m"));
  EXPECT_EQ(account.mailbox().keywords_of(account.mailbox().find_hot(Uid(6))->keywords).size(), 3U);
  EXPECT_THAT(account.mailbox("a/b").special_use(), testing::ElementsAre("Sent"));
  EXPECT_TRUE(account.snapshot->subscribed("a/b"));
  account.load_all();
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

// Chunks of 2,000 messages with \\Seen, 900 of which the first has it and ten are gone, and 400 without.
TestAccount three_chunks() {
  TestAccount account;
  account.append("INBOX", 2'000, SystemFlag::seen);
  account.checkpoint();
  account.append("INBOX", 900);
  account.store("INBOX", UidSet::single(Uid(2'001)), StoreHow::add, SystemFlag::seen);
  account.expunge("INBOX", {{Uid(2'100), Uid(2'109)}});
  account.checkpoint();
  account.append("INBOX", 400);
  account.checkpoint();
  account.reopen();
  return account;
}

TEST(Checkpoint, SelectNeedsThePageOfTheFirstUnseenMessageAlone) {
  TestAccount account = three_chunks();
  ASSERT_EQ(state_of(account.mailbox()).chunks.size(), 3U);
  Rows rows = account.mailbox().rows_to_open(account.mailbox().uidnext());
  EXPECT_FALSE(rows.with_cold);
  EXPECT_EQ(account.mailbox().missing_pages(rows).size(), 1U);
  account.load(account.mailbox().missing_pages(rows));
  Mailbox inbox = account.mailbox();
  EXPECT_TRUE(inbox.missing_pages(rows).empty());
  EXPECT_EQ(inbox.missing_pages(kAllFlags).size(), 2U);
  ASSERT_EQ(inbox.first_unseen(), Uid(2'002));
  EXPECT_EQ(inbox.rank(Uid(2'002)), 2'001U);
  EXPECT_EQ(inbox.rank(Uid(2'110)), 2'099U);
}

TEST(Checkpoint, SelectNeedsNoPageWhereNothingWasRead) {
  TestAccount account;
  account.append("INBOX", 300);
  account.checkpoint();
  account.reopen();
  EXPECT_TRUE(account.mailbox().missing_pages(account.mailbox().rows_to_open(Uid(1))).empty());
  EXPECT_EQ(account.mailbox().first_unseen(), Uid(1));
  EXPECT_EQ(account.mailbox().rank(Uid(1)), 0U);
  EXPECT_EQ(account.mailbox().live(UidSet{{Uid(200), Uid(900)}}), (UidSet{{Uid(200), Uid(300)}}));
}

TEST(Checkpoint, WhatIsRecentIsKnownWithoutTheRowsOfChunksThatLackNoMessage) {
  TestAccount account = three_chunks();
  Rows rows = account.mailbox().rows_to_open(Uid(1'500));
  account.load(account.mailbox().missing_pages(rows));
  EXPECT_EQ(account.mailbox().missing_pages(kAllFlags).size(), 2U);
  UidSet recent{{Uid(1'500), Uid(3'200)}};
  EXPECT_EQ(account.mailbox().live(recent), recent.subtract(UidSet{{Uid(2'100), Uid(2'109)}}));
  EXPECT_EQ(account.mailbox().rank(Uid(1'500)), 1'499U);
  EXPECT_EQ(account.mailbox().uid_at(1'499), Uid(1'500));
  EXPECT_EQ(account.mailbox().uid_at(2'999), Uid(3'010));
}

TEST(Checkpoint, WritesNothingButTheRootWhenNothingChanged) {
  TestAccount account;
  account.append("INBOX", 3);
  account.checkpoint();
  EXPECT_EQ(checkpoint_bytes(*account.snapshot), 0U);
  EXPECT_EQ(written_by_checkpoint(account), 0U);
}

TEST(Checkpoint, RewritesOnlyTheHotPartWhereFlagsChanged) {
  TestAccount account;
  account.append("INBOX", 40'000);
  account.checkpoint();
  account.store("INBOX", UidSet::single(Uid(20'000)), StoreHow::add, SystemFlag::seen);
  EXPECT_GT(checkpoint_bytes(*account.snapshot), 0U);
  EXPECT_EQ(written_by_checkpoint(account), 2U) << "the hot page and the page of entries";
}

TEST(Checkpoint, RewritesOnlyTheEntriesThatChanged) {
  TestAccount account;
  for (int i = 0; i < 3'000; ++i) {
    account.must<Created>(CreateMailbox{"mailbox number " + std::to_string(i) + " of many", {}});
    account.must(Subscribe{"mailbox number " + std::to_string(i) + " of many", true});
  }
  account.checkpoint();
  size_t entry_pages = account.snapshot->state().layout->mailboxes.size();
  size_t subscription_pages = account.snapshot->state().layout->subscriptions.size();
  EXPECT_GT(entry_pages, 2U);
  EXPECT_GT(subscription_pages, 1U);
  account.must<Created>(CreateMailbox{"one more", {}});
  EXPECT_EQ(written_by_checkpoint(account), 1U);
  account.must(Subscribe{"a first one", true});
  EXPECT_EQ(written_by_checkpoint(account), 1U);
  account.must(DeleteMailbox{"mailbox number 1500 of many"});
  EXPECT_EQ(written_by_checkpoint(account), 2U) << "and that of what is kept of deleted mailboxes";
  EXPECT_EQ(account.snapshot->state().layout->mailboxes.size(), entry_pages);
  account.reopen();
  EXPECT_EQ(account.snapshot->mailbox_count(), 3'001U);
  account.load_all();
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Checkpoint, MergesChunksAsTheyGrow) {
  TestAccount account;
  for (int i = 0; i < 200; ++i) {
    account.append("INBOX", 10);
    account.checkpoint();
    ASSERT_LE(state_of(account.mailbox()).chunks.size(), 11U);
    if (i % 20 == 0) account.reopen();
  }
  account.load_all();
  EXPECT_EQ(account.mailbox().uids(), (UidSet{{Uid(1), Uid(2'000)}}));
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Checkpoint, AppendNeedsNoOlderChunk) {
  TestAccount account;
  account.append("INBOX", 100);
  account.checkpoint();
  account.reopen();
  size_t missing = account.mailbox().missing_pages().size();
  account.append("INBOX", 1);
  EXPECT_EQ(account.mailbox().missing_pages().size(), missing);
}

TEST(Checkpoint, PacksCardsOfAllMailboxesIntoSegments) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a", {}});
  account.append("INBOX", 2);
  account.append("a", 2);
  std::vector<Bytes> cards;
  for (const char* name : {"INBOX", "a"}) {
    for (uint32_t uid : {1, 2}) cards.push_back(*account.mailbox(name).find(Uid(uid))->cold.card.tail);
  }
  account.checkpoint();
  size_t next = 0;
  for (const char* name : {"INBOX", "a"}) {
    for (uint32_t uid : {1, 2}) {
      CardRef card = account.mailbox(name).find(Uid(uid))->cold.card;
      EXPECT_FALSE(card.tail);
      EXPECT_EQ(card_in_segment(account.pages.at(card.segment), card.index), cards[next++]);
    }
  }
  EXPECT_EQ(account.snapshot->state().segment_cards.size(), 1U);
}

TEST(Checkpoint, GoesOnFromARefoldedTail) {
  TestAccount account;
  account.append("INBOX", 10);
  auto made = std::get<Checkpoint>(make_checkpoint(account.snapshot, {account.now, 3'600}));
  account.append("INBOX", 5);  // while the checkpoint was being written
  for (CheckpointPage& page : made.pages) account.pages.emplace(page.id, std::move(page.data));
  account.root = made.root;
  account.root_position = made.position;
  account.snapshot = made.snapshot;
  ASSERT_TRUE(account.fold_record(Bytes(account.log.back())));
  EXPECT_EQ(account.mailbox().messages(), 15U);
  account.reopen();
  account.load_all();
  EXPECT_EQ(account.mailbox().uids(), (UidSet{{Uid(1), Uid(15)}}));
}

TEST(Checkpoint, KeepsBlobsReservedAndDead) {
  TestAccount account;
  account.must<Reserved>(ReserveBlobs{5, account.now});
  account.append("INBOX", 3);
  account.must<Copied>(Copy{account.mailbox().id(), {{Uid(1), Uid(2)}}, std::string("INBOX"), false});
  account.expunge("INBOX", {{Uid(2), Uid(3)}});
  account.checkpoint();
  auto before = collectable_blobs(*account.snapshot, account.now + 1, account.now + 1);
  EXPECT_EQ(before.size(), 6U);
  account.reopen();
  EXPECT_EQ(collectable_blobs(*account.snapshot, account.now + 1, account.now + 1), before);
  account.must<Forgotten>(ForgetBlobs{before});
  account.checkpoint();
  account.reopen();
  EXPECT_TRUE(collectable_blobs(*account.snapshot, account.now + 1, account.now + 1).empty());
  account.load_all();
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Checkpoint, IsRefusedForAnotherAccount) {
  TestAccount account;
  account.checkpoint();
  std::vector<LoadedPage> pages;
  for (PageId page : root_pages(account.root).value()) pages.push_back({page, account.pages.at(page)});
  EXPECT_FALSE(open_root(AccountId(8), account.root, pages));
  EXPECT_FALSE(open_root(AccountId(7), account.root, {}));
  EXPECT_TRUE(open_root(AccountId(7), account.root, pages));
}

TEST(Checkpoint, DropsADeletedMailboxThoughItCannotBeRead) {
  TestAccount account;
  account.append("INBOX", 3);
  account.must<Created>(CreateMailbox{"a", {}});
  account.append("a", 4);
  account.must(DeleteMailbox{"a"});
  account.checkpoint();
  account.reopen();
  const AccountState& state = account.snapshot->state();
  PageId damaged = state.deleted.find(MailboxId(2))->get()->chunks[0]->cold_page;
  RetentionTimes later{.now = account.now + 4'000};
  auto first = make_checkpoint(account.snapshot, later, {damaged});
  account.load(std::get<Need>(first).pages);  // of those that stay, to count their cards
  auto made = make_checkpoint(account.snapshot, later, {damaged});
  ASSERT_TRUE(std::holds_alternative<Checkpoint>(made));
  const auto& checkpoint = std::get<Checkpoint>(made);
  EXPECT_THAT(checkpoint.unread, testing::ElementsAre("a"));
  EXPECT_THAT(checkpoint.dropped, testing::Contains(damaged));
  account.snapshot = checkpoint.snapshot;
  EXPECT_EQ(account.snapshot->state().deleted.size(), 0U);
  account.load_all();
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Checkpoint, LeavesAChunkThatCannotBeReadAlone) {
  TestAccount account;
  account.append("INBOX", 10);
  account.checkpoint();
  account.reopen();
  PageId damaged = account.snapshot->state().mailboxes.find(MailboxId(1))->get()->chunks[0]->cold_page;
  account.append("INBOX", 9);
  auto made = make_checkpoint(account.snapshot, {.now = account.now}, {damaged});
  ASSERT_TRUE(std::holds_alternative<Checkpoint>(made));
  auto inbox = std::get<Checkpoint>(made).snapshot->state().mailboxes.find(MailboxId(1));
  EXPECT_EQ((*inbox)->chunks.size(), 2U);
  EXPECT_EQ((*inbox)->messages, 19U);
  EXPECT_THAT(std::get<Checkpoint>(made).unread, testing::IsEmpty());
}

TEST(CheckSnapshot, FindsWhatIsWrong) {
  TestAccount account;
  account.append("INBOX", 3);
  AccountState state = account.snapshot->state();
  auto inbox = std::make_shared<MailboxState>(**state.mailboxes.find(MailboxId(1)));
  ++inbox->unseen;
  state.mailboxes.set(MailboxId(1), std::move(inbox));
  ++state.bytes;
  state.body_counts.update({1, 900}, [](uint64_t, const uint32_t*) { return std::optional(2U); });
  state.dead_blobs.update({2}, [](uint64_t, const int64_t*) { return std::optional<int64_t>(5); });
  Snapshot wrong(std::make_shared<const AccountState>(std::move(state)));
  EXPECT_THAT(check_snapshot(wrong), testing::SizeIs(5));
}

}  // namespace
}  // namespace roost::mail
