#include "mail/engine_test.h"

namespace roost::mail {
namespace {

std::vector<std::string> names(const TestAccount& account, std::string_view prefix = {}) {
  std::vector<std::string> out;
  account.snapshot->for_each_mailbox(
      [&out](const Mailbox& mailbox) {
        out.push_back(mailbox.name() + (mailbox.noselect() ? " (noselect)" : ""));
        return true;
      },
      prefix);
  return out;
}

TEST(Create, MakesSuperiorNames) {
  TestAccount account;
  Created created = account.must<Created>(CreateMailbox{"a/b/c/", {}});
  EXPECT_THAT(names(account), testing::ElementsAre("INBOX", "a", "a/b", "a/b/c"));
  EXPECT_EQ(account.mailbox("a/b/c").id(), created.mailbox);
  EXPECT_EQ(account.mailbox("a/b/c").uidvalidity(), created.uidvalidity);
  EXPECT_TRUE(account.snapshot->has_children("a"));
  EXPECT_FALSE(account.snapshot->has_children("a/b/c"));
  EXPECT_THAT(names(account, "a/b"), testing::ElementsAre("a/b", "a/b/c"));
  EXPECT_TRUE(account.change.find(created.mailbox)->list_changed);
  EXPECT_EQ(account.refused(CreateMailbox{"a/b", {}}), Code::already_exists);
  EXPECT_EQ(account.refused(CreateMailbox{"INBOX", {}}), Code::already_exists);
}

TEST(Create, RefusesNamesThatCannotBe) {
  TestAccount account;
  for (const char* name : {"", "/", "/a", "a//b", "a\nb", "a\x7f", "a//", "a\xff", "\xed\xa0\x80"}) {
    EXPECT_EQ(account.refused(CreateMailbox{name, {}}), Code::cannot) << name;
  }
  EXPECT_EQ(account.refused(CreateMailbox{std::string(1'001, 'x'), {}}), Code::limit);
  std::string deep = "x";
  for (int i = 0; i < 64; ++i) deep += "/x";
  EXPECT_EQ(account.refused(CreateMailbox{deep, {}}), Code::limit);
  account.limits.mailboxes_max = 3;
  EXPECT_EQ(account.refused(CreateMailbox{"a/b/c", {}}), Code::limit);
  account.must<Created>(CreateMailbox{"a/b", {}});
}

TEST(Create, GivesASpecialUseToOneMailboxOnly) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"Sent Mail", {"sent", "Important"}});
  EXPECT_THAT(account.mailbox("Sent Mail").special_use(), testing::ElementsAre("Sent", "Important"));
  EXPECT_EQ(account.refused(CreateMailbox{"Other", {"SENT"}}), Code::use_attr);
  EXPECT_EQ(account.refused(CreateMailbox{"Other", {"All"}}), Code::use_attr);
  EXPECT_EQ(account.refused(CreateMailbox{"Other", {"Unheard"}}), Code::use_attr);
  EXPECT_FALSE(account.snapshot->find("Other"));
}

TEST(Create, AfterDeleteGivesAnotherIdAndUidvalidity) {
  TestAccount account;
  Created first = account.must<Created>(CreateMailbox{"a", {}});
  account.must(DeleteMailbox{"a"});
  Created second = account.must<Created>(CreateMailbox{"a", {}});
  EXPECT_GT(second.mailbox, first.mailbox);
  EXPECT_GT(second.uidvalidity, first.uidvalidity);
}

TEST(Delete, TakesMessagesAndTheirBodies) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a", {}});
  account.append("a", 3);
  MailboxId id = account.mailbox("a").id();
  account.checkpoint();
  account.must(DeleteMailbox{"a"});
  EXPECT_THAT(names(account), testing::ElementsAre("INBOX"));
  EXPECT_TRUE(account.change.find(id)->deleted);
  EXPECT_EQ(account.snapshot->messages(), 0U);
  EXPECT_EQ(collectable_blobs(*account.snapshot, account.now + 1, 0).size(), 3U);
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
  account.now += 3601;  // until then it can come back
  account.checkpoint(3600);
  account.reopen();
  EXPECT_EQ(account.pages.size(), 2U) << "entries and dead bodies";
}

TEST(Delete, KeepsTheNameWhileItHasChildren) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a/b/c", {}});
  account.append("a", 2);
  account.must(DeleteMailbox{"a"});
  EXPECT_THAT(names(account), testing::ElementsAre("INBOX", "a (noselect)", "a/b", "a/b/c"));
  EXPECT_EQ(account.mailbox("a").messages(), 0U);
  EXPECT_EQ(account.refused(DeleteMailbox{"a"}), Code::has_children);
  EXPECT_EQ(account.refused(Append{std::string("a"), {test_message()}}), Code::try_create);
  account.must(DeleteMailbox{"a/b"});
  account.must(DeleteMailbox{"a/b/c"});
  EXPECT_THAT(names(account), testing::ElementsAre("INBOX", "a (noselect)", "a/b (noselect)"));
  account.must(DeleteMailbox{"a/b"});
  account.must(DeleteMailbox{"a"});
  EXPECT_THAT(names(account), testing::ElementsAre("INBOX"));
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Delete, RefusesInboxAndWhatIsNotThere) {
  TestAccount account;
  EXPECT_EQ(account.refused(DeleteMailbox{"INBOX"}), Code::cannot);
  EXPECT_EQ(account.refused(DeleteMailbox{"absent"}), Code::nonexistent);
}

TEST(Create, OfANoselectNameMakesItSelectable) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a/b", {}});
  MailboxId before = account.mailbox("a").id();
  account.must(DeleteMailbox{"a"});
  account.must<Created>(CreateMailbox{"a", {}});
  EXPECT_THAT(names(account), testing::ElementsAre("INBOX", "a", "a/b"));
  EXPECT_NE(account.mailbox("a").id(), before);
}

TEST(Rename, TakesTheWholeTree) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a/b/c", {}});
  account.must<Created>(CreateMailbox{"ab", {}});
  account.must<Created>(CreateMailbox{"a!", {}});
  account.append("a/b", 2);
  MailboxId id = account.mailbox("a/b").id();
  account.must(RenameMailbox{"a", "x/y/"});
  EXPECT_THAT(names(account), testing::ElementsAre("INBOX", "a!", "ab", "x", "x/y", "x/y/b", "x/y/b/c"));
  EXPECT_EQ(account.mailbox("x/y/b").id(), id);
  EXPECT_EQ(account.mailbox("x/y/b").messages(), 2U);
  EXPECT_TRUE(account.change.find(id)->list_changed);
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
}

TEST(Rename, RefusesWhatCannotBe) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a/b", {}});
  account.must<Created>(CreateMailbox{"c", {}});
  EXPECT_EQ(account.refused(RenameMailbox{"absent", "x"}), Code::nonexistent);
  EXPECT_EQ(account.refused(RenameMailbox{"a", "c"}), Code::already_exists);
  EXPECT_EQ(account.refused(RenameMailbox{"a", "a"}), Code::already_exists);
  EXPECT_EQ(account.refused(RenameMailbox{"a", "INBOX"}), Code::already_exists);
  EXPECT_EQ(account.refused(RenameMailbox{"a", "a/x"}), Code::cannot);
  EXPECT_EQ(account.refused(RenameMailbox{"a", "a/b/x"}), Code::cannot);
  EXPECT_EQ(account.refused(RenameMailbox{"a", std::string(999, 'x')}), Code::limit) << "its child's name";
  EXPECT_EQ(account.refused(RenameMailbox{"a", "x//y"}), Code::cannot);
}

TEST(Rename, OfTheLastChildLeavesItsNoselectParent) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a/b/c", {}});
  account.must(DeleteMailbox{"a"});
  account.must(DeleteMailbox{"a/b"});
  account.must(RenameMailbox{"a/b/c", "a/d"});
  EXPECT_THAT(names(account), testing::ElementsAre("INBOX", "a (noselect)", "a/b (noselect)", "a/d"));
  account.must(RenameMailbox{"a", "e"});
  EXPECT_THAT(names(account), testing::ElementsAre("INBOX", "e (noselect)", "e/b (noselect)", "e/d"));
  account.must(RenameMailbox{"e/d", "f"});
  EXPECT_THAT(names(account), testing::ElementsAre("INBOX", "e (noselect)", "e/b (noselect)", "f"));
}

TEST(Rename, OfInboxMovesItsMessagesOnly) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"INBOX/child", {}});
  account.append("INBOX", 3, SystemFlag::seen, {"k"});
  account.expunge("INBOX", UidSet::single(Uid(2)));
  ModSeq before = account.mailbox().highest_modseq();
  UidValidity uidvalidity = account.mailbox().uidvalidity();
  account.must(RenameMailbox{"INBOX", "old/mail"});
  EXPECT_THAT(names(account), testing::ElementsAre("INBOX", "INBOX/child", "old", "old/mail"));
  Mailbox inbox = account.mailbox();
  EXPECT_EQ(inbox.messages(), 0U);
  EXPECT_EQ(inbox.uidnext(), Uid(4));
  EXPECT_EQ(inbox.uidvalidity(), uidvalidity);
  EXPECT_EQ(account.since("INBOX", before).expunged, (UidSet{{Uid(1), Uid(3)}}));
  EXPECT_TRUE(inbox.find_expunged(Uid(1))) << "views still show it";
  EXPECT_TRUE(inbox.find_expunged(Uid(2)));
  Mailbox old = account.mailbox("old/mail");
  EXPECT_NE(old.uidvalidity(), uidvalidity);
  EXPECT_EQ(old.uids(), (UidSet{{Uid(1), Uid(1)}, {Uid(3), Uid(3)}}));
  EXPECT_THAT(old.keywords(), testing::ElementsAre("k"));
  EXPECT_TRUE(old.find_expunged(Uid(2))) << "it comes back there, if it does";
  EXPECT_EQ(account.change.find(inbox.id())->expunged, (UidSet{{Uid(1), Uid(3)}}));
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
  EXPECT_EQ(account.append("INBOX", 1).first, Uid(4));
}

TEST(Rename, OfInboxWorksOnPagesThatAreNotInMemory) {
  TestAccount account;
  account.append("INBOX", 100);
  account.checkpoint();
  account.reopen();
  account.must(RenameMailbox{"INBOX", "old"});
  EXPECT_EQ(account.mailbox("old").messages(), 100U);
  EXPECT_FALSE(account.mailbox("old").missing_pages().empty()) << "needs no rows";
  account.load("old");
  EXPECT_TRUE(account.mailbox("old").missing_pages().empty());
  EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
  account.checkpoint();
  account.reopen();
  account.load_all();
  EXPECT_EQ(account.mailbox("old").uids().count(), 100U);
}

TEST(Rename, OfInboxAgainAndAgainKeepsAFewOldViews) {
  TestAccount account;
  for (int i = 0; i < 20; ++i) {
    account.append("INBOX", 1);
    account.must(RenameMailbox{"INBOX", "old" + std::to_string(i)});
  }
  EXPECT_TRUE(account.mailbox().find_expunged(Uid(20)));
  EXPECT_FALSE(account.mailbox().find_expunged(Uid(1)));
  account.now += 3'600;
  account.checkpoint();
  EXPECT_FALSE(account.mailbox().find_expunged(Uid(20)));
}

TEST(Subscribe, TakesNamesThatNeedNotExist) {
  TestAccount account;
  account.must(Subscribe{"nowhere", true});
  account.must(Subscribe{"INBOX", true});
  EXPECT_TRUE(account.change.find(account.mailbox().id())->list_changed);
  size_t records = account.log.size();
  account.must(Subscribe{"INBOX", true});
  account.must(Subscribe{"absent", false});
  EXPECT_EQ(account.log.size(), records);
  account.checkpoint();
  account.must(Subscribe{"another", true});
  account.checkpoint();
  account.reopen();
  std::vector<std::string> subscribed;
  account.snapshot->for_each_subscription([&](const std::string& name) {
    subscribed.push_back(name);
    return true;
  });
  EXPECT_THAT(subscribed, testing::ElementsAre("INBOX", "another", "nowhere"));
  account.must(Subscribe{"nowhere", false});
  account.checkpoint();
  account.reopen();
  EXPECT_FALSE(account.snapshot->subscribed("nowhere"));
  account.limits.subscriptions_max = 2;
  EXPECT_EQ(account.refused(Subscribe{"one more", true}), Code::limit);
}

TEST(ClaimRecent, HasNoModseq) {
  TestAccount account;
  ModSeq modseq = account.append("INBOX", 3).modseq;
  account.must(ClaimRecent{account.mailbox().id(), Uid(3)});
  EXPECT_EQ(account.mailbox().recent_uid(), Uid(3));
  account.must(ClaimRecent{account.mailbox().id(), Uid(2)});
  EXPECT_EQ(account.mailbox().recent_uid(), Uid(3));
  account.must(ClaimRecent{account.mailbox().id(), Uid(100)});
  EXPECT_EQ(account.mailbox().recent_uid(), Uid(4));
  account.must(ClaimRecent{MailboxId(50), Uid(100)});
  EXPECT_EQ(account.snapshot->modseq(), modseq);
}

}  // namespace
}  // namespace roost::mail
