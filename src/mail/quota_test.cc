#include "mail/quota.h"

#include "mail/engine_test.h"

namespace roost::mail {
namespace {

// Message bodies of 4 octets: test_message().
TEST(Quota, LimitsMessages) {
  TestAccount account;
  account.must<Done>(SetQuota{QuotaLimits{.messages = 3}});
  account.append("INBOX", 2);
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {test_message(), test_message()}}), Code::over_quota);
  account.append("INBOX", 1);
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {test_message()}}), Code::over_quota);
  EXPECT_EQ(account.snapshot->usage(), (QuotaUsage{.bytes = 12, .messages = 3, .mailboxes = 1}));
  account.expunge("INBOX", UidSet::single(Uid(1)));
  account.append("INBOX", 1);
}

TEST(Quota, CountsKibsThatHaveBegun) {
  TestAccount account;
  account.must<Done>(SetQuota{QuotaLimits{.storage_kib = 2}});
  account.must<Appended>(Append{std::string("INBOX"), {test_message({}, {}, std::string(1000, 'x'))}});
  NewMessage rest = test_message({}, {}, std::string(1048, 'x'));
  NewMessage more = test_message({}, {}, std::string(1049, 'x'));
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {more}}), Code::over_quota);
  account.must<Appended>(Append{std::string("INBOX"), {rest}});
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {test_message({}, {}, "x")}}), Code::over_quota);
}

TEST(Quota, CountsCopiesAndNotMoves) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"Target", {}});
  account.append("INBOX", 2);
  account.must<Done>(SetQuota{QuotaLimits{.storage_kib = 1, .messages = 3}});
  MailboxId inbox = account.mailbox().id();
  EXPECT_EQ(account.refused(Copy{inbox, {{Uid(1), Uid(2)}}, "Target"}), Code::over_quota);
  account.must<Copied>(Copy{inbox, UidSet::single(Uid(1)), "Target"});
  account.must<Copied>(Copy{inbox, {{Uid(1), Uid(2)}}, "Target", true});
  EXPECT_EQ(account.mailbox("Target").messages(), 3U);
}

// RFC 8508 3.4: only the net consumption counts.
TEST(Quota, CountsTheDifferenceOfAReplacement) {
  TestAccount account;
  account.must<Appended>(Append{std::string("INBOX"), {test_message({}, {}, std::string(1000, 'x'))}});
  account.must<Done>(SetQuota{QuotaLimits{.storage_kib = 1, .messages = 1}});
  MailboxId inbox = account.mailbox().id();
  account.must<Appended>(Replace{inbox, Uid(1), "INBOX", test_message({}, {}, std::string(1024, 'x'))});
  Replace larger{inbox, Uid(2), "INBOX", test_message({}, {}, std::string(1025, 'x'))};
  EXPECT_EQ(account.refused(larger), Code::over_quota);
}

TEST(Quota, LimitsMailboxes) {
  TestAccount account;
  account.must<Done>(SetQuota{QuotaLimits{.mailboxes = 3}});
  EXPECT_EQ(account.refused(CreateMailbox{"a/b/c", {}}), Code::over_quota);
  account.must<Created>(CreateMailbox{"a/b", {}});
  EXPECT_EQ(account.refused(CreateMailbox{"d", {}}), Code::over_quota);
  EXPECT_EQ(account.refused(RenameMailbox{"INBOX", "d"}), Code::over_quota);
  account.must<Done>(RenameMailbox{"a/b", "a/c"});
  account.must<Done>(DeleteMailbox{"a/c"});
  account.must<Created>(CreateMailbox{"d", {}});
}

// RFC 9208 5.3: MAILBOX is an exact number, and a \Noselect name is none.
TEST(Quota, DoesNotCountNamesThatAreNoMailboxes) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a/b", {}});
  account.must<Done>(DeleteMailbox{"a"});
  EXPECT_EQ(account.snapshot->usage().mailboxes, 2U);
  account.must<Done>(SetQuota{QuotaLimits{.mailboxes = 2}});
  EXPECT_EQ(account.refused(CreateMailbox{"a", {}}), Code::over_quota);
  account.checkpoint();
  account.reopen();
  EXPECT_EQ(account.snapshot->usage().mailboxes, 2U);
  account.must<Done>(DeleteMailbox{"a/b"});
  account.must<Created>(CreateMailbox{"a", {}});
  EXPECT_EQ(account.snapshot->usage().mailboxes, 2U);
  account.must<Done>(DeleteMailbox{"a"});
  EXPECT_EQ(account.snapshot->usage().mailboxes, 1U);
}

TEST(Quota, LetsAnAccountShrinkThatIsOverIt) {
  TestAccount account;
  account.append("INBOX", 5);
  account.must<Done>(SetQuota{QuotaLimits{.storage_kib = 0, .messages = 0, .mailboxes = 0, .annotation_kib = 0}});
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {test_message()}}), Code::over_quota);
  account.expunge("INBOX", {{Uid(1), Uid(5)}});
  EXPECT_EQ(account.mailbox().messages(), 0U);
}

TEST(Quota, ComesFromTheConfigurationUnlessItIsTheAccountsOwn) {
  TestAccount account;
  account.limits.quota.messages = 1;
  account.append("INBOX", 1);
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {test_message()}}), Code::over_quota);
  account.must<Done>(SetQuota{QuotaLimits{}});
  EXPECT_TRUE(account.snapshot->has_own_quota());
  account.append("INBOX", 1);
  account.must<Done>(SetQuota{});
  EXPECT_FALSE(account.snapshot->has_own_quota());
  EXPECT_EQ(account.refused(Append{std::string("INBOX"), {test_message()}}), Code::over_quota);
}

TEST(Quota, SurvivesCheckpoints) {
  TestAccount account;
  QuotaLimits limits{.storage_kib = 1000, .mailboxes = 7};
  account.must<Done>(SetQuota{limits});
  account.append("INBOX", 2);
  account.checkpoint();
  account.reopen();
  EXPECT_EQ(account.snapshot->quota({}), limits);
  EXPECT_EQ(account.snapshot->usage(), (QuotaUsage{.bytes = 8, .messages = 2, .mailboxes = 1}));
  account.must<Done>(SetQuota{});
  account.checkpoint();
  account.reopen();
  EXPECT_FALSE(account.snapshot->has_own_quota());
}

TEST(Quota, SaysNothingTwice) {
  TestAccount account;
  account.must<Done>(SetQuota{QuotaLimits{.messages = 3}});
  size_t records = account.log.size();
  account.must<Done>(SetQuota{QuotaLimits{.messages = 3}});
  EXPECT_EQ(account.log.size(), records);
}

TEST(Quota, WarnsFromAPercentageOn) {
  QuotaLimits limits{.storage_kib = 100, .messages = 10};
  EXPECT_FALSE(is_nearly_full(limits, {.bytes = 89 * 1024, .messages = 8}, 90));
  EXPECT_TRUE(is_nearly_full(limits, {.bytes = 90 * 1024}, 90));
  EXPECT_TRUE(is_nearly_full(limits, {.messages = 9}, 90));
  EXPECT_FALSE(is_nearly_full({}, {.bytes = UINT64_MAX, .messages = UINT64_MAX}, 90));
  EXPECT_FALSE(is_nearly_full({.messages = 0}, {}, 90));
}

}  // namespace
}  // namespace roost::mail
