// Accounts out of a backup's store, on the memory engine.
#include "admin/restore.h"

#include <gmock/gmock.h>

#include "accounts/grants.h"
#include "admin/account_changes.h"
#include "admin/harness_test.h"

namespace roost::admin {
namespace {

using testing::HasSubstr;

// The backup's store: another disk in the same simulation.
class TestStaged final : public StagedStore {
 public:
  TestStaged(store::MemoryDisk& disk, rt::Simulation& simulation)
      : store_(disk.attach()),
        accounts_(accounts::make_accounts({}, *store_, simulation.loops(), simulation.pool(), simulation.clock())) {}

  store::AccountStore& store() override { return *store_; }
  accounts::Accounts& accounts() override { return *accounts_; }
  task<> close() override { co_await accounts_->stop(); }

 private:
  std::unique_ptr<store::MemoryStore> store_;
  std::unique_ptr<accounts::Accounts> accounts_;
};

task<Result<std::shared_ptr<StagedStore>>> open_staged(store::MemoryDisk* disk, rt::Simulation* simulation) {
  std::shared_ptr<StagedStore> out = std::make_shared<TestStaged>(*disk, *simulation);
  co_return out;
}

Bytes message(int n) { return "Subject: " + std::to_string(n) + "\r\n\r\nbody\r\n"; }

struct Restore : testing::Test {
  static constexpr AccountId kThere{77};

  Restore() {
    let_open_staged();
    TestStaged staged(backup, simulation());
    auto account = simulation().wait(staged.accounts().open(kThere)).value();
    for (int n = 1; n <= 3; ++n) append(*account, "INBOX", n);
    mail::CreateMailbox work{"Work", {}};
    EXPECT_TRUE(simulation().wait(account->execute(std::move(work))));
    mail::SetAcl grant{.mailbox = "Work", .identifier = "bob", .rights = Right::lookup | Right::read};
    EXPECT_TRUE(simulation().wait(account->execute(std::move(grant))));
    append(*account, "Work", 4);
    saved = account->snapshot();
    account.reset();
    simulation().wait(close(&staged));
  }

  static task<bool> close(TestStaged* staged) {
    co_await staged->close();
    co_return true;
  }
  void let_open_staged() {
    server.services->open_staged = [this](std::string) { return open_staged(&backup, &simulation()); };
  }
  // With a store that goes down at `step`, then a new one. False once the restore got through.
  bool crash_at(uint64_t step, const std::vector<std::string>& words) {
    server.store->set_faults({.crash_at_step = step});
    bool through = restore(words).status == kOk;
    bool crashed = server.store->crashed();
    server.replace_store();
    let_open_staged();
    EXPECT_TRUE(simulation().wait(settle_accounts(*server.services)));
    return crashed || !through;
  }
  rt::Simulation& simulation() { return *server.simulation; }

  void append(accounts::Account& account, const std::string& mailbox, int n) {
    EXPECT_TRUE(simulation().wait(append_one(&account, mailbox, message(n))));
  }
  static task<Result<>> append_one(accounts::Account* account, std::string mailbox, Bytes octets) {
    ROOST_CO_TRY(auto upload, co_await account->upload(octets.size()));
    ROOST_CO_TRY_VOID(co_await upload->write(std::move(octets)));
    ROOST_CO_TRY(mail::NewMessage made, co_await upload->finish());
    mail::Append append{std::move(mailbox), {}};
    append.messages.push_back(std::move(made));
    ROOST_CO_TRY_VOID(co_await account->execute(std::move(append)));
    co_return Result<>();
  }

  Said restore(std::vector<std::string> words, int64_t since = 1'000) {
    Request request{"restore", std::move(words), {}, false, {}};
    request.options[std::string(kBackupAccountOption)] = std::to_string(kThere.value);
    request.options[std::string(kBackupTimeOption)] = std::to_string(since);
    request.options[std::string(kBackupRestoresOption)] = "0";
    request.options[std::string(kStagedOption)] = "one";
    return server.run(std::move(request));
  }

  TestServer server;
  store::MemoryDisk backup;
  mail::SnapshotPtr saved;
};

TEST_F(Restore, BringsAnAccountBackWithItsUidsAndJumps) {
  Said said = restore({"/backup", "alice"});
  ASSERT_EQ(said.status, kOk) << said.error;
  auto account = server.open("alice");
  EXPECT_NE(account->id(), kThere);
  mail::SnapshotPtr now = account->snapshot();
  EXPECT_EQ(now->messages(), saved->messages());
  auto inbox = now->find("INBOX");
  EXPECT_EQ(inbox->uidvalidity(), saved->find("INBOX")->uidvalidity());
  EXPECT_GT(inbox->uidnext().value, saved->find("INBOX")->uidnext().value + mail::JumpDistance{}.uids);
  EXPECT_GT(inbox->highest_modseq().value, saved->modseq().value + mail::JumpDistance{}.modseqs);
  auto grants = simulation().wait(accounts::list_grants(*server.store, "bob")).value();
  ASSERT_EQ(grants.size(), 1U);
  EXPECT_EQ(grants.front().account, account->id());
  EXPECT_EQ(server.json("check")["problems"], Json::array());
}

TEST_F(Restore, AddsOnlyWhatIsMissing) {
  ASSERT_EQ(server.run("user add", {"alice"}, "secret 12").status, kOk);
  append(*server.open("alice"), "INBOX", 9);
  Said said = restore({"/backup", "alice", "INBOX"});
  ASSERT_EQ(said.status, kOk) << said.error;
  EXPECT_EQ(server.open("alice")->snapshot()->messages(), 4U);
  EXPECT_THAT(restore({"/backup", "alice", "INBOX"}).out, HasSubstr("Restored 0 messages."));
  EXPECT_FALSE(server.open("alice")->snapshot()->find("Work"));
  ASSERT_EQ(restore({"/backup", "alice"}).status, kOk);
  mail::SnapshotPtr now = server.open("alice")->snapshot();
  EXPECT_EQ(now->messages(), 5U);
  EXPECT_EQ(mail::granted(now->find("Work")->acl(), "bob"), Right::lookup | Right::read);
  EXPECT_EQ(server.json("check")["problems"], Json::array());
}

TEST_F(Restore, SaysHowManyBodiesOfAnAccountAreDamaged) {
  ASSERT_TRUE(backup.damage_blob(saved->find("INBOX")->find(Uid(2))->cold.blob, 3));
  Said said = restore({"/backup", "alice"});
  EXPECT_EQ(said.status, kFailed);
  EXPECT_THAT(said.error, HasSubstr("1 bodies of the backup are damaged"));
  EXPECT_EQ(server.open("alice")->snapshot()->messages(), saved->messages());
  EXPECT_EQ(server.json("check")["problems"].size(), 1U) << "what is missing can be told";
}

TEST_F(Restore, OfAnAccountIsWholeOrNothingAfterACrashAtAnyStep) {
  uint64_t step = 1;
  for (; crash_at(step, {"/backup", "alice"}); ++step) {
    SCOPED_TRACE(step);
    auto user = simulation().wait(server.authenticator->find_user("alice")).value();
    auto stored = simulation().wait(server.store->accounts()).value();
    if (!user) {
      EXPECT_THAT(stored, testing::IsEmpty());
      continue;
    }
    EXPECT_THAT(stored, testing::ElementsAre(user->account));
    EXPECT_EQ(server.open("alice")->snapshot()->messages(), saved->messages());
    ASSERT_EQ(server.run("user remove", {"alice"}).status, kOk);
    ASSERT_EQ(server.run("purge", {"alice"}).status, kOk);
  }
  EXPECT_GT(step, 10U);
  EXPECT_EQ(server.open("alice")->snapshot()->messages(), saved->messages());
  EXPECT_EQ(server.json("check")["problems"], Json::array());
}

TEST_F(Restore, IntoAnAccountGoesOnAfterACrashAtAnyStep) {
  ASSERT_EQ(server.run("user add", {"alice"}, "secret 12").status, kOk);
  append(*server.open("alice"), "INBOX", 9);
  uint64_t step = 1;
  while (crash_at(step, {"/backup", "alice"})) {
    SCOPED_TRACE(step++);
    EXPECT_LE(server.open("alice")->snapshot()->messages(), 5U);
    EXPECT_EQ(server.json("check")["problems"], Json::array());
  }
  EXPECT_GT(step, 2U);
  EXPECT_EQ(server.open("alice")->snapshot()->messages(), 5U);
}

TEST_F(Restore, IsRefusedWhileAnotherIsUnderWay) {
  *server.services->restoring = true;
  EXPECT_THAT(restore({"/backup", "alice"}).error, HasSubstr("under way"));
  *server.services->restoring = false;
  EXPECT_EQ(restore({"/backup", "alice"}).status, kOk);
  EXPECT_FALSE(*server.services->restoring);
}

TEST_F(Restore, IsBegunByTheCommandAlone) {
  EXPECT_EQ(server.run("restore", {"/backup", "alice"}).status, kFailed);
  EXPECT_EQ(server.run("backup", {"/backup"}).status, kFailed);
}

TEST(JumpOver, GoesFurtherWithEverySecondAndEveryRestore) {
  constexpr int64_t kDay = 24 * 3600;
  mail::JumpDistance before = jump_over({.since = 100 * kDay}, 0).distance;
  EXPECT_EQ(before.uids, mail::JumpDistance{}.uids) << "a clock that went back";
  for (int64_t days : {1, 13, 20, 400, 4000}) {
    mail::JumpDistance now = jump_over({.since = 0}, days * kDay).distance;
    EXPECT_GT(now.uids, before.uids) << days;
    EXPECT_GT(now.modseqs, before.modseqs) << days;
    EXPECT_GE(now.uidvalidities, before.uidvalidities + 1) << days;
    EXPECT_GE(jump_over({.since = 0, .restores_before = 1}, days * kDay).distance.uids,
              now.uids + mail::JumpDistance{}.uids);
    before = now;
  }
}

}  // namespace
}  // namespace roost::admin
