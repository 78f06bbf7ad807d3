#include "mail/metadata.h"

#include "mail/account_state.h"
#include "mail/engine_test.h"

namespace roost::mail {
namespace {

constexpr AccountId kUser{7};
constexpr AccountId kShared{0};

class MetadataTest : public testing::Test {
 protected:
  MetadataTest() { account.must<Created>(CreateMailbox{"a", {}}); }

  MetadataSet set(std::optional<std::string> mailbox, AccountId user, std::string name, std::optional<Bytes> value) {
    SetMetadata operation{.mailbox = std::move(mailbox)};
    operation.entries.push_back({user, std::move(name), std::move(value)});
    return account.must<MetadataSet>(operation);
  }
  MetadataSet use(const std::string& mailbox, std::vector<std::string> uses) {
    return account.must<MetadataSet>(SetMetadata{.mailbox = mailbox, .special_use = std::move(uses)});
  }
  // "none" where there is none.
  Bytes value(std::string_view mailbox, AccountId user, std::string_view name) {
    MailboxId id = mailbox.empty() ? MailboxId(0) : account.mailbox(mailbox).id();
    const Bytes* found = account.snapshot->metadata(id, user, name);
    return found != nullptr ? *found : "none";
  }
  void expect_sound() { EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty()); }

  TestAccount account;
};

TEST_F(MetadataTest, PrivateAndSharedEntriesOfMailboxesAndTheAccountAreApart) {
  set("a", kUser, "/private/comment", "mine");
  set("a", AccountId(8), "/private/comment", "another's");
  set("a", kShared, "/shared/comment", "ours");
  set(std::nullopt, kUser, "/private/comment", "on the server");
  EXPECT_EQ(value("a", kUser, "/private/comment"), "mine");
  EXPECT_EQ(value("a", AccountId(8), "/private/comment"), "another's");
  EXPECT_EQ(value("a", kShared, "/shared/comment"), "ours");
  EXPECT_EQ(value("", kUser, "/private/comment"), "on the server");
  EXPECT_EQ(value("INBOX", kUser, "/private/comment"), "none");
  set("a", kUser, "/private/comment", std::nullopt);
  EXPECT_EQ(value("a", kUser, "/private/comment"), "none");
  EXPECT_EQ(value("a", AccountId(8), "/private/comment"), "another's");
  expect_sound();
}

TEST_F(MetadataTest, ListsWhatIsBelowAName) {
  for (const char* name : {"/private/a", "/private/a!", "/private/a/b", "/private/a/b/c", "/private/ab", "/private"}) {
    set("a", kUser, name, "v");
  }
  std::vector<std::string> names;
  account.snapshot->for_each_metadata(account.mailbox("a").id(), kUser, "/private/a",
                                      [&](const std::string& name, const Bytes&) { names.push_back(name); });
  EXPECT_THAT(names, testing::ElementsAre("/private/a", "/private/a/b", "/private/a/b/c"));
}

TEST_F(MetadataTest, AChangeRaisesTheMailboxesModSeqAndIsTold) {
  ModSeq before = account.mailbox("a").highest_modseq();
  MetadataSet done = set("a", kShared, "/shared/comment", "x");
  EXPECT_GT(done.modseq, before);
  EXPECT_EQ(account.mailbox("a").highest_modseq(), done.modseq);
  ASSERT_EQ(account.change.metadata.size(), 1U);
  EXPECT_EQ(account.change.metadata[0].mailbox, account.mailbox("a").id());
  EXPECT_EQ(account.change.metadata[0].entry, "/shared/comment");
  EXPECT_EQ(account.change.metadata[0].modseq, done.modseq);
  set("a", kShared, "/shared/comment", "x");
  EXPECT_EQ(account.mailbox("a").highest_modseq(), done.modseq) << "nothing changed";
  EXPECT_THAT(account.change.metadata, testing::IsEmpty());
}

TEST_F(MetadataTest, GoesWithARenameAndStaysWithInbox) {
  set("a", kUser, "/private/comment", "mine");
  account.must(RenameMailbox{"a", "b"});
  EXPECT_EQ(value("b", kUser, "/private/comment"), "mine");
  set("INBOX", kUser, "/private/comment", "inbox's");
  account.must(RenameMailbox{"INBOX", "old"});
  EXPECT_EQ(value("INBOX", kUser, "/private/comment"), "inbox's");
  EXPECT_EQ(value("old", kUser, "/private/comment"), "inbox's");
  set("old", kUser, "/private/comment", std::nullopt);
  EXPECT_EQ(value("INBOX", kUser, "/private/comment"), "inbox's");
  expect_sound();
}

TEST_F(MetadataTest, IsDeletedWithItsMailbox) {
  set("a", kUser, "/private/comment", "mine");
  account.must(DeleteMailbox{"a"});
  EXPECT_EQ(account.snapshot->metadata_bytes(), 0U);
  account.must<Created>(CreateMailbox{"a/b", {}});
  EXPECT_EQ(value("a", kUser, "/private/comment"), "none");
  set("a", kUser, "/private/comment", "mine");
  account.must(DeleteMailbox{"a"});
  EXPECT_EQ(value("a", kUser, "/private/comment"), "none") << "a name without a mailbox";
  set("a", kUser, "/private/comment", "of the name");
  account.must<Created>(CreateMailbox{"a", {}});
  EXPECT_EQ(value("a", kUser, "/private/comment"), "none");
  EXPECT_EQ(account.snapshot->metadata_bytes(), 0U);
  expect_sound();
}

TEST_F(MetadataTest, HasLimitsForEachUserAndForTheAccount) {
  account.limits.metadata_entries_max = 2;
  set("a", kUser, "/private/a", "1");
  set("a", kUser, "/private/b", "2");
  EXPECT_TRUE(set("a", kUser, "/private/c", "3").too_many);
  EXPECT_EQ(value("a", kUser, "/private/c"), "none");
  EXPECT_FALSE(set("a", kUser, "/private/b", "4").too_many) << "is there already";
  EXPECT_FALSE(set("a", kShared, "/shared/a", "5").too_many) << "shared ones count apart";
  EXPECT_FALSE(set("INBOX", kUser, "/private/a", "6").too_many) << "so do other mailboxes'";
  account.limits.metadata_entries_max = 1;
  EXPECT_FALSE(set("a", kUser, "/private/b", std::nullopt).too_many);
  account.limits.metadata_bytes_per_account_max = account.snapshot->metadata_bytes() + 10;
  SetMetadata large{.mailbox = "a", .entries = {{kUser, "/private/a", Bytes(100, 'x')}}};
  EXPECT_EQ(account.refused(large), Code::over_quota);
  EXPECT_EQ(account.refused(SetMetadata{.mailbox = "none"}), Code::nonexistent);
}

TEST_F(MetadataTest, AllEntriesOfACommandAreSetOrNone) {
  account.limits.metadata_entries_max = 1;
  SetMetadata both{.mailbox = "a", .entries = {{kUser, "/private/a", "1"}, {kUser, "/private/b", "2"}}};
  EXPECT_TRUE(account.must<MetadataSet>(both).too_many);
  EXPECT_EQ(value("a", kUser, "/private/a"), "none");
  SetMetadata with_use{.mailbox = "a", .entries = {{kUser, "/private/a", "1"}}, .special_use = {{"Unheard"}}};
  EXPECT_EQ(account.refused(with_use), Code::use_attr);
  EXPECT_EQ(value("a", kUser, "/private/a"), "none");
}

TEST_F(MetadataTest, ASpecialUseMovesFromOneMailboxToAnother) {
  account.must<Created>(CreateMailbox{"b", {"Drafts", "Sent"}});
  MetadataSet done = use("a", {"drafts", "Trash"});
  EXPECT_THAT(account.mailbox("a").special_use(), testing::ElementsAre("Drafts", "Trash"));
  EXPECT_THAT(account.mailbox("b").special_use(), testing::ElementsAre("Sent"));
  EXPECT_THAT(done.lost_use, testing::ElementsAre(account.mailbox("b").id()));
  EXPECT_TRUE(account.change.find(account.mailbox("b").id())->list_changed);
  ASSERT_EQ(account.change.metadata.size(), 2U);
  EXPECT_EQ(account.change.metadata[0].entry, kSpecialUseEntry);
  use("a", {});
  EXPECT_THAT(account.mailbox("a").special_use(), testing::IsEmpty());
  account.must<Created>(CreateMailbox{"c/d", {}});
  account.must(DeleteMailbox{"c"});
  EXPECT_EQ(account.refused(SetMetadata{.mailbox = "c", .special_use = {{"Trash"}}}), Code::use_attr);
}

TEST_F(MetadataTest, ACheckpointRewritesItOnlyWhereItChanged) {
  set("a", kUser, "/private/comment", Bytes(60'000, 'x'));
  set("INBOX", kUser, "/private/comment", Bytes(60'000, 'y'));
  EXPECT_GT(checkpoint_bytes(*account.snapshot), 120'000U);
  account.checkpoint();
  EXPECT_EQ(checkpoint_bytes(*account.snapshot), 0U);
  auto metadata_pages = [&] {
    std::vector<PageId> out;
    for (const auto& page : account.snapshot->state().layout->metadata) out.push_back(page.page);
    return out;
  };
  std::vector<PageId> before = metadata_pages();
  ASSERT_EQ(before.size(), 2U);
  account.append("a", 3);
  account.checkpoint();
  EXPECT_EQ(metadata_pages(), before);
  set("a", kUser, "/private/comment", "short");
  account.checkpoint();
  EXPECT_EQ(metadata_pages().front(), before.front()) << "INBOX's";
  EXPECT_NE(metadata_pages().back(), before.back());
  account.reopen();
  EXPECT_EQ(value("a", kUser, "/private/comment"), "short");
  EXPECT_EQ(value("INBOX", kUser, "/private/comment"), Bytes(60'000, 'y'));
  account.load_all();
  expect_sound();
}

TEST(Names, AreToldInTheOrderOfWhatHappened) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a/b", {}});
  ASSERT_EQ(account.change.names.size(), 2U);
  EXPECT_EQ(account.change.names[0].name, "a");
  EXPECT_EQ(account.change.names[1].name, "a/b");
  EXPECT_EQ(account.change.names[0].operation, account.change.names[1].operation);
  account.must(RenameMailbox{"a", "c"});
  ASSERT_EQ(account.change.names.size(), 1U) << "children go with it";
  EXPECT_EQ(account.change.names[0].what, NameChange::What::renamed);
  EXPECT_EQ(account.change.names[0].old_name, "a");
  account.must(Subscribe{"absent", true});
  EXPECT_EQ(account.change.names.at(0).what, NameChange::What::subscribed);
  EXPECT_THAT(account.change.mailboxes, testing::IsEmpty());
  account.must(DeleteMailbox{"c"});
  EXPECT_EQ(account.change.names.at(0).what, NameChange::What::deleted);
  EXPECT_EQ(account.change.names.at(0).name, "c");
  account.must(RenameMailbox{"INBOX", "d"});
  EXPECT_EQ(account.change.names.at(0).old_name, "INBOX");
  EXPECT_EQ(account.change.names.at(0).name, "d");
}

}  // namespace
}  // namespace roost::mail
