#include <string>
#include <vector>

#include "mail/account_state.h"
#include "mail/engine_test.h"

namespace roost::mail {
namespace {

using Which = Undelete::Which;

Undeleted undelete(TestAccount& account, int64_t time, Which which = Which::left_since,
                   std::optional<std::string> mailbox = {}) {
  return account.must<Undeleted>(Undelete{std::move(mailbox), which, time, false});
}

void expect_sound(TestAccount& account) {
  account.load_all();
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

uint64_t brought(const Undeleted& result) {
  uint64_t messages = 0;
  for (const Undeleted::Place& place : result.places) messages += place.messages;
  return messages;
}

TEST(Undelete, BringsBackWhatWasExpungedUnderNewUids) {
  TestAccount account;
  account.append("INBOX", 3, SystemFlag::flagged, {"k"});
  BlobId blob = account.mailbox().find(Uid(2))->cold.blob;
  account.expunge("INBOX", {{Uid(2), Uid(3)}});
  Undeleted result = undelete(account, account.now - 10);
  ASSERT_EQ(result.places.size(), 1U);
  EXPECT_EQ(result.places[0].mailbox, "INBOX");
  EXPECT_EQ(result.places[0].messages, 2U);
  EXPECT_FALSE(result.places[0].deleted);
  EXPECT_EQ(account.mailbox().uids(), (UidSet{{Uid(1), Uid(1)}, {Uid(4), Uid(5)}}));
  auto row = account.mailbox().find(Uid(4));
  EXPECT_EQ(row->cold.blob, blob);
  EXPECT_EQ(row->hot.flags, SystemFlags(SystemFlag::flagged));
  EXPECT_EQ(account.mailbox().keywords_of(row->hot.keywords).size(), 1U);
  EXPECT_TRUE(collectable_blobs(*account.snapshot, account.now + 1, 0).empty());
  expect_sound(account);
}

TEST(Undelete, BringsBackEachMessageOnce) {
  TestAccount account;
  account.append("INBOX", 2);
  account.expunge("INBOX", {{Uid(1), Uid(1)}});
  EXPECT_EQ(brought(undelete(account, 0)), 1U);
  EXPECT_EQ(brought(undelete(account, 0)), 0U);
  account.expunge("INBOX", {{Uid(3), Uid(3)}});
  EXPECT_EQ(brought(undelete(account, 0)), 1U);
  EXPECT_EQ(account.mailbox().messages(), 2U);
  expect_sound(account);
}

TEST(Undelete, LeavesWhatLeftBefore) {
  TestAccount account;
  account.append("INBOX", 2);
  account.expunge("INBOX", {{Uid(1), Uid(1)}});
  account.now += 3600;
  account.expunge("INBOX", {{Uid(2), Uid(2)}});
  EXPECT_EQ(brought(undelete(account, account.now - 60)), 1U);
  EXPECT_EQ(account.mailbox().messages(), 1U);
}

TEST(Undelete, LeavesWhatWasMovedUnlessItIsAskedForAsItWas) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"Trash", {}});
  account.append("INBOX", 2);
  account.now += 100;
  account.must<Copied>(Copy{account.mailbox().id(), {{Uid(1), Uid(1)}}, "Trash", true});
  EXPECT_EQ(brought(undelete(account, 0)), 0U);
  EXPECT_EQ(brought(undelete(account, account.now - 50, Which::there_at)), 1U);
  EXPECT_EQ(account.mailbox().messages(), 2U);
  EXPECT_EQ(account.mailbox("Trash").messages(), 1U);
  EXPECT_EQ(brought(undelete(account, account.now - 50, Which::there_at)), 0U);
  expect_sound(account);
}

TEST(Undelete, TakesWhatWasThereAtThatTimeOnly) {
  TestAccount account;
  account.append("INBOX", 1);
  account.now += 1000;
  int64_t then = account.now;
  account.now += 1000;
  account.append("INBOX", 1);
  account.expunge("INBOX", {{Uid(1), Uid(2)}});
  EXPECT_EQ(brought(undelete(account, then, Which::there_at)), 1U);
  EXPECT_EQ(account.mailbox().messages(), 1U);
}

TEST(Undelete, MakesADeletedMailboxAgainWithWhatWasInIt) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"Work/2026", {"Archive"}});
  account.append("Work/2026", 3, {}, {"k"});
  account.expunge("Work/2026", {{Uid(1), Uid(1)}});
  account.must(DeleteMailbox{"Work/2026"});
  account.must(DeleteMailbox{"Work"});
  EXPECT_EQ(account.snapshot->messages(), 0U);
  Undeleted result = undelete(account, account.now - 10);
  ASSERT_EQ(result.places.size(), 2U);
  EXPECT_EQ(result.places[0].mailbox, "Work");
  EXPECT_TRUE(result.places[1].deleted);
  EXPECT_EQ(account.mailbox("Work/2026").messages(), 3U);
  EXPECT_THAT(account.mailbox("Work/2026").special_use(), testing::ElementsAre("Archive"));
  EXPECT_THAT(account.mailbox("Work/2026").keywords(), testing::ElementsAre("k"));
  EXPECT_EQ(brought(undelete(account, 0)), 0U);
  expect_sound(account);
}

TEST(Undelete, MakesAnEmptyDeletedMailboxAgain) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"Old/Empty", {}});
  account.must<Done>(DeleteMailbox{"Old/Empty"});
  EXPECT_TRUE(undelete(account, account.now + 1).places.empty());
  EXPECT_TRUE(undelete(account, account.now, Which::there_at).places.empty());
  Undeleted result = undelete(account, 0);
  ASSERT_EQ(result.places.size(), 1U);
  EXPECT_EQ(result.places[0].mailbox, "Old/Empty");
  EXPECT_TRUE(result.places[0].deleted);
  EXPECT_EQ(result.places[0].messages, 0U);
  EXPECT_EQ(result.places[0].first_left, account.now);
  EXPECT_EQ(account.mailbox("Old/Empty").messages(), 0U);
  EXPECT_TRUE(undelete(account, 0).places.empty());
  expect_sound(account);
}

TEST(Undelete, FillsANameThatStayedOrWasMadeAgain) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a/b", {}});
  account.append("a", 2);
  account.append("a/b", 1);
  account.must(DeleteMailbox{"a"});  // stays as \Noselect
  account.must(DeleteMailbox{"a/b"});
  account.must<Created>(CreateMailbox{"a/b", {}});
  account.append("a/b", 1);
  EXPECT_EQ(brought(undelete(account, 0)), 3U);
  EXPECT_EQ(account.mailbox("a").messages(), 2U);
  EXPECT_FALSE(account.mailbox("a").noselect());
  EXPECT_EQ(account.mailbox("a/b").messages(), 2U);
  expect_sound(account);
}

TEST(Undelete, OfOneMailboxLeavesTheOthers) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a", {}});
  account.append("a", 1);
  account.append("INBOX", 1);
  account.expunge("INBOX", {{Uid(1), Uid(1)}});
  account.must(DeleteMailbox{"a"});
  EXPECT_EQ(brought(undelete(account, 0, Which::left_since, "a")), 1U);
  EXPECT_EQ(account.mailbox().messages(), 0U);
}

TEST(Undelete, LooksWithoutChangingAnything) {
  TestAccount account;
  account.append("INBOX", 1);
  account.expunge("INBOX", {{Uid(1), Uid(1)}});
  Position before = account.snapshot->position();
  auto result = account.must<Undeleted>(Undelete{{}, Which::left_since, 0, true});
  EXPECT_EQ(brought(result), 1U);
  EXPECT_EQ(account.snapshot->position(), before);
}

TEST(Undelete, WorksAfterACheckpointAndAReopening) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"gone", {}});
  account.append("gone", 2);
  account.append("INBOX", 2);
  account.checkpoint(3600);
  account.must(DeleteMailbox{"gone"});
  account.expunge("INBOX", {{Uid(1), Uid(1)}});
  account.reopen();
  account.checkpoint(3600);
  account.reopen();
  EXPECT_EQ(account.snapshot->state().deleted.size(), 1U);
  EXPECT_EQ(brought(undelete(account, 0)), 3U);
  account.checkpoint(3600);
  account.reopen();
  expect_sound(account);
}

TEST(Undelete, EndsWithTheRetention) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"gone", {}});
  account.append("gone", 2);
  account.append("INBOX", 1);
  account.checkpoint(3600);
  account.must(DeleteMailbox{"gone"});
  account.expunge("INBOX", {{Uid(1), Uid(1)}});
  account.now += 3601;
  account.checkpoint(3600);
  account.reopen();
  EXPECT_EQ(account.snapshot->state().deleted.size(), 0U);
  EXPECT_EQ(brought(undelete(account, 0)), 0U);
  expect_sound(account);
}

TEST(Undelete, KeepsMessagesOfARenamedInbox) {
  TestAccount account;
  account.append("INBOX", 3);
  account.expunge("INBOX", {{Uid(2), Uid(2)}});
  account.must(RenameMailbox{"INBOX", "old"});
  Undeleted result = undelete(account, 0);
  EXPECT_EQ(account.mailbox("old").messages(), 3U);
  EXPECT_EQ(brought(undelete(account, 0)), 0U);
  expect_sound(account);
}

TEST(Undelete, GivesAMailboxItsRightsAgain) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"shared", {}});
  account.must<Done>(SetAcl{"shared", "bob", SetAcl::How::replace, Rights(Right::lookup) | Right::read});
  account.append("shared", 1);
  Acl before = account.mailbox("shared").acl();
  account.must(DeleteMailbox{"shared"});
  EXPECT_EQ(brought(undelete(account, 0)), 1U);
  EXPECT_EQ(account.mailbox("shared").acl(), before);
  expect_sound(account);
}

TEST(Undelete, IsNotHeldToTheQuotaAndWhatIsKeptDoesNotCount) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"box", {}});
  account.append("box", 2);
  account.append("INBOX", 2);
  account.expunge("INBOX", {{Uid(1), Uid(2)}});
  account.must(DeleteMailbox{"box"});
  EXPECT_EQ(account.snapshot->usage(), (QuotaUsage{.mailboxes = 1}));
  account.must<Done>(SetQuota{QuotaLimits{.storage_kib = 0, .messages = 0, .mailboxes = 1}});
  EXPECT_EQ(brought(undelete(account, 0)), 4U);
  EXPECT_EQ(account.snapshot->usage().messages, 4U);
  EXPECT_EQ(account.snapshot->usage().mailboxes, 2U);
  account.checkpoint();
  account.reopen();
  EXPECT_EQ(account.snapshot->usage().mailboxes, 2U);
  expect_sound(account);
}

TEST(Retention, IsShorterForSomeUses) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"Junk", {"Junk"}});
  account.append("Junk", 1);
  account.append("INBOX", 1);
  BlobId junk = account.mailbox("Junk").find(Uid(1))->cold.blob;
  account.expunge("Junk", {{Uid(1), Uid(1)}});
  account.expunge("INBOX", {{Uid(1), Uid(1)}});
  RetentionTimes times{.now = account.now + 101, .expunged_rows_seconds = 1000, .of_uses = {{"Junk", 100}}};
  EXPECT_THAT(std::get<0>(expired_blobs(*account.snapshot, times)), testing::ElementsAre(junk));
  times.now = account.now + 99;
  EXPECT_THAT(std::get<0>(expired_blobs(*account.snapshot, times)), testing::IsEmpty());
}

TEST(Retention, EndsAtOnceWithAPurge) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"gone", {}});
  account.append("gone", 2);
  account.append("INBOX", 10);
  account.expunge("INBOX", {{Uid(1), Uid(1)}});
  account.must(DeleteMailbox{"gone"});
  account.checkpoint(3600);
  account.must<Forgotten>(ForgetBlobs{collectable_blobs(*account.snapshot, account.now + 1, 0)});
  for (;;) {
    auto outcome = make_checkpoint(account.snapshot, {.now = account.now, .purge = true});
    if (auto* need = std::get_if<Need>(&outcome)) {
      account.load(need->pages);
      continue;
    }
    account.snapshot = std::get<Checkpoint>(outcome).snapshot;
    break;
  }
  EXPECT_EQ(account.snapshot->state().deleted.size(), 0U);
  EXPECT_FALSE(account.mailbox().find_expunged(Uid(1)));
  EXPECT_EQ(account.mailbox().messages(), 9U);
  EXPECT_EQ(brought(undelete(account, 0)), 0U);
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

}  // namespace
}  // namespace roost::mail
