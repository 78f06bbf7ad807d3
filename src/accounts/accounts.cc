#include "accounts/accounts.h"

#include <utility>

#include "accounts/acting_account.h"
#include "accounts/environment.h"
#include "accounts/grant_watchers.h"
#include "accounts/grants.h"
#include "accounts/observer.h"
#include "accounts/room.h"
#include "accounts/search_index.h"
#include "accounts/table.h"
#include "base/log.h"

namespace roost::accounts {
namespace {

std::unique_ptr<ParseGuard> guard_for(const AccountsConfig& config) {
  if (config.parse_guard_file.empty()) return no_parse_guard();
  auto guard = open_parse_guard(config.parse_guard_file);
  if (guard) return *std::move(guard);
  log::warn("no_parse_guard", {{"text", guard.error().text}});
  return no_parse_guard();
}

// One table for each loop: what belongs to an account is done on its home loop.
class TablesOfLoops final : public Accounts {
 public:
  TablesOfLoops(std::shared_ptr<Environment> env) : env_(std::move(env)) {
    for (size_t i = 0; i < env_->loops.size(); ++i) {
      tables_.push_back(std::make_shared<Table>(env_, env_->loops.at(i)));
      tables_.back()->start();
    }
    room_ = std::make_shared<RoomMaker>(env_, tables_);
    room_->start();
    env_->make_room = [room = std::weak_ptr<RoomMaker>(room_)]() -> task<bool> { return ask(room.lock()); };
  }
  TablesOfLoops(const TablesOfLoops&) = delete;
  TablesOfLoops& operator=(const TablesOfLoops&) = delete;
  ~TablesOfLoops() override {
    room_->stop();
    for (auto& table : tables_) table->abandon();
  }

  task<Result<AccountPtr>> open(AccountId id) override {
    rt::Loop* caller = rt::Loop::current();
    co_await env_->home_of(id).hop();
    auto account = co_await table_of(id).open(id);
    co_await caller->hop();
    co_return account;
  }

  task<> retire(AccountId id) override {
    rt::Loop* caller = rt::Loop::current();
    co_await env_->home_of(id).hop();
    co_await table_of(id).retire(id);
    co_await caller->hop();
  }

  task<Result<>> maintain(AccountId id) override {
    rt::Loop* caller = rt::Loop::current();
    co_await env_->home_of(id).hop();
    auto done = co_await table_of(id).maintain(id);
    co_await caller->hop();
    co_return done;
  }

  task<Result<>> purge(AccountId id) override {
    rt::Loop* caller = rt::Loop::current();
    co_await env_->home_of(id).hop();
    auto done = co_await table_of(id).purge(id);
    co_await caller->hop();
    co_return done;
  }

  task<> reinstate(AccountId id) override {
    rt::Loop* caller = rt::Loop::current();
    co_await env_->home_of(id).hop();
    table_of(id).reinstate(id);
    co_await caller->hop();
  }

  task<bool> make_room() override { return room_->make_room(); }

  task<Result<std::vector<Grant>>> grants_to(std::string identifier) override {
    return list_grants(env_->store, std::move(identifier));
  }
  task<Result<>> note_grant(std::string identifier, Grant grant) override {
    return accounts::note_grant(env_->store, std::move(identifier), std::move(grant));
  }
  task<Result<>> forget_grant(std::string identifier, AccountId account) override {
    return accounts::forget_grant(env_->store, std::move(identifier), account);
  }
  task<Result<>> settle_grant(std::string identifier, Grant grant, AccountPtr account) override {
    Result<> done = co_await accounts::settle_grant(env_->store, identifier, std::move(grant), std::move(account));
    grant_watchers_->tell(identifier);
    co_return done;
  }
  Subscription watch_grants(rt::Loop& loop, std::string identifier, std::function<void()> settled) override {
    return grant_watchers_->add(loop, std::move(identifier), std::move(settled));
  }

  task<> stop() override {
    rt::Loop* caller = rt::Loop::current();
    co_await env_->loops.at(0).hop();
    room_->stop();
    for (size_t i = 0; i < tables_.size(); ++i) {
      co_await env_->loops.at(i).hop();
      co_await tables_[i]->stop();
    }
    co_await caller->hop();
  }

  AccountsStats stats() const override {
    AccountsStats stats;
    for (const auto& table : tables_) {
      stats.open += table->open_accounts();
      stats.bytes += table->open_bytes();
    }
    stats.commits = env_->counters.commits.load();
    stats.conflicts = env_->counters.conflicts.load();
    stats.checkpoints = env_->counters.checkpoints.load();
    stats.collected_blobs = env_->counters.collected_blobs.load();
    stats.unindexed = env_->counters.unindexed.load();
    return stats;
  }

  const AccountsConfig& config() const override { return env_->config; }

  void observe(Observer& observer) { env_->observer = &observer; }
  void keep_search_index() { env_->indexing = env_->indexes != nullptr; }

 private:
  static task<bool> ask(std::shared_ptr<RoomMaker> room) {
    if (!room) co_return false;
    co_return co_await room->make_room();
  }

  Table& table_of(AccountId id) { return *tables_[env_->home_of(id).index()]; }

  std::shared_ptr<Environment> env_;
  std::vector<std::shared_ptr<Table>> tables_;
  const std::shared_ptr<GrantWatchers> grant_watchers_ = std::make_shared<GrantWatchers>();
  std::shared_ptr<RoomMaker> room_;
};

}  // namespace

task<Result<AccountPtr>> Accounts::open_for(mail::Actor actor, AccountId id) {
  ROOST_CO_TRY(AccountPtr account, co_await open(id));
  co_return act_as(std::move(actor), std::move(account));
}

void observe(Accounts& accounts, Observer& observer) {
  if (auto* tables = dynamic_cast<TablesOfLoops*>(&accounts)) tables->observe(observer);
}

void keep_search_index(Accounts& accounts) {
  if (auto* tables = dynamic_cast<TablesOfLoops*>(&accounts)) tables->keep_search_index();
}

std::unique_ptr<Accounts> make_accounts(AccountsConfig config, store::AccountStore& store, rt::Loops& loops,
                                        rt::Pool& pool, const Clock& clock) {
  auto guard = guard_for(config);
  auto env = std::make_shared<Environment>(std::move(config), store, loops, pool, clock, std::move(guard));
  return std::make_unique<TablesOfLoops>(std::move(env));
}

}  // namespace roost::accounts
