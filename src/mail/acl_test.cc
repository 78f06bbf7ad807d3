#include "mail/acl.h"

#include "mail/engine_test.h"

namespace roost::mail {
namespace {

using testing::ElementsAre;

constexpr Rights kLookRead = Right::lookup | Right::read;

Rights rights(const TestAccount& account, std::string_view mailbox, const Actor& actor) {
  return rights_of(account.mailbox(mailbox).acl(), actor);
}

SetAcl grant(std::string mailbox, std::string identifier, Rights rights) {
  return {std::move(mailbox), std::move(identifier), SetAcl::How::replace, rights};
}

// An account with the mailbox "work", on which fred has these rights and in whose name operations run.
TestAccount shared_with_fred(Rights rights) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"work", {}});
  account.must(grant("work", "fred", rights | Right::lookup));
  account.actor = Actor::visiting("fred");
  return account;
}

TEST(Acl, GivesTheOwnerEverythingAndOthersNothing) {
  TestAccount account;
  EXPECT_EQ(rights(account, "INBOX", Actor::owned_by("bob")), Rights::all());
  EXPECT_EQ(rights(account, "INBOX", Actor::visiting("fred")), Rights());
  EXPECT_EQ(rights(account, "INBOX", Actor()), Rights::all());
}

TEST(Acl, JoinsTheEntriesThatApply) {
  Acl acl{{"anyone", Right::lookup}, {"authuser", Right::read}, {"fred", Right::insert}};
  EXPECT_EQ(rights_of(acl, Actor::visiting("fred")), kLookRead | Right::insert);
  EXPECT_EQ(rights_of(acl, Actor::visiting("mary")), kLookRead);
  EXPECT_EQ(rights_of(acl, Actor::visiting("anonymous")), Rights(Right::lookup));
}

// RFC 4314 2
TEST(Acl, TakesAwayWhatANegativeEntryNames) {
  Acl acl{{"-anyone", Right::insert}, {"-fred", Right::write}, {"anyone", kLookRead | Right::write | Right::insert}};
  EXPECT_EQ(rights_of(acl, Actor::visiting("fred")), kLookRead);
  EXPECT_EQ(rights_of(acl, Actor::visiting("mary")), kLookRead | Right::write);
}

TEST(Acl, NeverTakesTheOwnersRightToAdminister) {
  TestAccount account;
  account.must(grant("INBOX", std::string(kOwnerIdentifier), {}));
  account.must(grant("INBOX", "-anyone", Rights::all()));
  EXPECT_EQ(rights(account, "INBOX", Actor::owned_by("bob")), kOwnerRightsMin);
  account.actor = Actor::owned_by("bob");
  account.must(grant("INBOX", "-anyone", {}));
  account.must(grant("INBOX", std::string(kOwnerIdentifier), Rights::all()));
  EXPECT_EQ(account.mailbox().acl(), default_acl());
}

TEST(SetAcl, ReplacesAddsAndRemoves) {
  TestAccount account;
  account.must(grant("INBOX", "fred", kLookRead));
  EXPECT_TRUE(account.change.find(account.mailbox().id())->acl_changed);
  account.must(SetAcl{"INBOX", "fred", SetAcl::How::add, Right::seen});
  EXPECT_EQ(granted(account.mailbox().acl(), "fred"), kLookRead | Right::seen);
  account.must(SetAcl{"INBOX", "fred", SetAcl::How::remove, Right::read | Right::insert});
  EXPECT_THAT(account.mailbox().acl(),
              ElementsAre(AclEntry{"", Rights::all()}, AclEntry{"fred", Right::lookup | Right::seen}));
  size_t records = account.log.size();
  account.must(SetAcl{"INBOX", "fred", SetAcl::How::remove, Right::insert});
  EXPECT_EQ(account.log.size(), records);
  account.must(SetAcl{"INBOX", "fred", SetAcl::How::replace, {}});
  EXPECT_EQ(account.mailbox().acl(), default_acl());
}

TEST(SetAcl, HasLimits) {
  TestAccount account;
  account.limits.acl_entries_per_mailbox_max = 2;
  account.must(grant("INBOX", "fred", kLookRead));
  EXPECT_EQ(account.refused(grant("INBOX", "mary", kLookRead)), Code::limit);
  EXPECT_EQ(account.refused(grant("INBOX", std::string(257, 'x'), kLookRead)), Code::limit);
  account.limits.acl_entries_per_mailbox_max = 1;
  account.must(grant("INBOX", "fred", Right::lookup));
  EXPECT_EQ(account.refused(grant("nowhere", "fred", kLookRead)), Code::nonexistent);
}

TEST(SetAcl, NeedsTheRightToAdminister) {
  TestAccount account = shared_with_fred(Right::read);
  EXPECT_EQ(account.refused(grant("work", "mary", kLookRead)), Code::no_perm);
  EXPECT_EQ(account.refused(grant("INBOX", "mary", kLookRead)), Code::nonexistent);
  account.actor = {};
  account.must(grant("work", "fred", kOwnerRightsMin));
  account.actor = Actor::visiting("fred");
  account.must(grant("work", "mary", kLookRead));
}

TEST(Acl, IsInheritedByNewMailboxesAndKeptByRename) {
  TestAccount account;
  account.must<Created>(CreateMailbox{"work", {}});
  account.must(grant("work", "fred", kLookRead));
  account.must<Created>(CreateMailbox{"work/2026/may", {}});
  EXPECT_EQ(account.mailbox("work/2026").acl(), account.mailbox("work").acl());
  EXPECT_EQ(account.mailbox("work/2026/may").acl(), account.mailbox("work").acl());
  account.must(RenameMailbox{"work/2026/may", "private"});
  EXPECT_EQ(account.mailbox("private").acl(), account.mailbox("work").acl());
  account.must(DeleteMailbox{"private"});
  account.must<Created>(CreateMailbox{"private", {}});
  EXPECT_EQ(account.mailbox("private").acl(), default_acl());
}

TEST(Acl, OutlivesCheckpoints) {
  TestAccount account;
  account.must(grant("INBOX", "fred", kLookRead));
  account.checkpoint();
  account.reopen();
  EXPECT_EQ(granted(account.mailbox().acl(), "fred"), kLookRead);
  account.must(SetAcl{"INBOX", std::string(kOwnerIdentifier), SetAcl::How::replace, {}});
  account.must(grant("INBOX", "fred", {}));
  account.checkpoint();
  account.reopen();
  EXPECT_THAT(account.mailbox().acl(), testing::IsEmpty());
}

TEST(Acl, FiltersTheFlagsOfAppend) {
  TestAccount account = shared_with_fred(Right::insert | Right::seen);
  account.must<Appended>(
      Append{std::string("work"), {test_message(SystemFlag::seen | SystemFlag::deleted, {"$Work"})}});
  account.load("work");
  Hot hot = account.mailbox("work").find_hot(Uid(1)).value();
  EXPECT_EQ(hot.flags, SystemFlags(SystemFlag::seen));
  EXPECT_THAT(account.mailbox("work").keywords(), testing::IsEmpty());
}

TEST(Acl, HidesMailboxesFromThoseWhoMayNotSeeThem) {
  TestAccount account = shared_with_fred(Right::read);
  auto append = [](std::string mailbox) { return Append{std::move(mailbox), {test_message()}}; };
  EXPECT_EQ(account.refused(append("work")), Code::no_perm);
  EXPECT_EQ(account.refused(append("INBOX")), Code::try_create);
  EXPECT_EQ(account.refused(append("nowhere")), Code::try_create);
  EXPECT_EQ(account.refused(DeleteMailbox{"work"}), Code::no_perm);
  EXPECT_EQ(account.refused(DeleteMailbox{"INBOX"}), Code::nonexistent);
  EXPECT_EQ(account.refused(RenameMailbox{"work", "work/other"}), Code::no_perm);
  EXPECT_EQ(account.refused(RenameMailbox{"nowhere", "work/other"}), Code::nonexistent);
  EXPECT_EQ(account.refused(CreateMailbox{"work/new", {}}), Code::no_perm);
  EXPECT_EQ(account.refused(CreateMailbox{"new", {}}), Code::no_perm);
  EXPECT_EQ(account.refused(CreateMailbox{"INBOX", {}}), Code::no_perm);
}

TEST(Acl, LetsOthersManageMailboxesBelowTheirs) {
  TestAccount account = shared_with_fred(Right::create_mailboxes | Right::delete_mailbox);
  account.must<Created>(CreateMailbox{"work/new", {}});
  account.must(RenameMailbox{"work/new", "work/newer"});
  EXPECT_EQ(account.refused(RenameMailbox{"work/newer", "newer"}), Code::no_perm);
  account.must(DeleteMailbox{"work/newer"});
}

TEST(Acl, LetsStoreChangeWhatTheRightsAllow) {
  TestAccount account = shared_with_fred(Right::seen);
  account.actor = {};
  account.append("work", 1, SystemFlag::flagged, {"$Work"});
  account.actor = Actor::visiting("fred");
  auto flags = [&] { return account.mailbox("work").find_hot(Uid(1))->flags; };
  account.store("work", UidSet::single(Uid(1)), StoreHow::add, SystemFlag::seen | SystemFlag::deleted);
  EXPECT_EQ(flags(), SystemFlag::seen | SystemFlag::flagged);
  account.store("work", UidSet::single(Uid(1)), StoreHow::replace, SystemFlag::answered, {"$Other"});
  EXPECT_EQ(flags(), SystemFlags(SystemFlag::flagged));
  EXPECT_THAT(account.mailbox("work").keywords(), ElementsAre("$Work"));
  Store wanting{account.mailbox("work").id(), UidSet::single(Uid(1)), StoreHow::add, SystemFlag::flagged, {}, {}};
  EXPECT_EQ(account.refused(wanting), Code::no_perm);
  EXPECT_EQ(account.refused(Expunge{account.mailbox("work").id(), {}}), Code::no_perm);
}

// RFC 4314 4: the example of COPY with "rwis", then with "rsti".
TEST(Acl, FiltersTheFlagsOfCopies) {
  for (bool may_write : {true, false}) {
    TestAccount account = shared_with_fred({});
    account.actor = {};
    Rights rights = may_write ? Right::write | Right::insert : Right::delete_messages | Right::insert;
    account.must(grant("work", "fred", rights | Right::lookup | Right::seen));
    account.append("INBOX", 1, SystemFlag::draft | SystemFlag::deleted);
    account.append("INBOX", 1, SystemFlag::answered);
    account.append("INBOX", 1, SystemFlag::seen, {"$Forwarded"});
    account.actor = Actor::visiting("fred");
    account.must<Copied>(Copy{account.mailbox().id(), UidSet{{Uid(1), Uid(3)}}, std::string("work")});
    auto hot = [&](uint32_t uid) { return account.mailbox("work").find_hot(Uid(uid)).value(); };
    EXPECT_EQ(hot(1).flags, SystemFlags(may_write ? SystemFlag::draft : SystemFlag::deleted));
    EXPECT_EQ(hot(2).flags, may_write ? SystemFlags(SystemFlag::answered) : SystemFlags());
    EXPECT_EQ(hot(3).flags, SystemFlags(SystemFlag::seen));
    EXPECT_EQ(account.mailbox("work").keywords_of(hot(3).keywords).size(), may_write ? 1U : 0U);
  }
}

// RFC 6851 4.2
TEST(Acl, LetsMoveOnlyWhereMessagesMayBeExpunged) {
  TestAccount account = shared_with_fred(Right::insert | Right::delete_messages);
  account.append("work", 1);
  Copy move{account.mailbox("work").id(), UidSet::single(Uid(1)), std::string("work"), true};
  EXPECT_EQ(account.refused(move), Code::no_perm);
  account.actor = {};
  account.must(SetAcl{"work", "fred", SetAcl::How::add, Right::expunge});
  account.actor = Actor::visiting("fred");
  account.must<Copied>(move);
}

TEST(Acl, OfAnotherFormIsDamage) {
  auto reads = [](Bytes stored) {
    Decoder in(stored);
    read_acl(in);
    return !in.failed();
  };
  EXPECT_TRUE(reads(Bytes("\x02\x00\x03\x01x\x01", 6)));
  EXPECT_FALSE(reads(Bytes("\x02\x01x\x03\x00\x01", 6)));   // not in order
  EXPECT_FALSE(reads(Bytes("\x02\x01x\x03\x01x\x01", 7)));  // twice
  EXPECT_FALSE(reads(Bytes("\x01\x01x\x00", 4)));           // without rights
  EXPECT_FALSE(reads(Bytes("\x01\x01x\x80\x10", 5)));       // a right that is none
  EXPECT_FALSE(reads(Bytes("\x02\x01x\x03", 4)));           // cut
}

}  // namespace
}  // namespace roost::mail
