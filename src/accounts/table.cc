#include "accounts/table.h"

#include <utility>

#include "base/log.h"

namespace roost::accounts {
namespace {

// After maintenance failed, so that a store in trouble is not asked again with every commit.
constexpr Seconds kMaintenanceRetry{10};

}  // namespace

class Table::Handle {
 public:
  Handle(std::shared_ptr<Table> table, std::shared_ptr<OpenAccount> account)
      : table_(std::move(table)), account_(std::move(account)) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  // On any thread.
  ~Handle() {
    rt::Loop& home = account_->home();
    home.post([table = std::move(table_), account = std::move(account_)] { table->released(account->id()); });
  }

 private:
  std::shared_ptr<Table> table_;
  std::shared_ptr<OpenAccount> account_;
};

Table::Table(std::shared_ptr<Environment> env, rt::Loop& home)
    : env_(std::move(env)), home_(home), bytes_max_(env_->config.open_bytes_max / env_->loops.size()) {}

void Table::start() {
  home_.post([self = shared_from_this()] { self->arm_walk(); });
}

task<> Table::stop() {
  stopping_ = true;
  while (working_ > 0) co_await ended_.wait();
  abandon();
}

void Table::abandon() {
  stopping_ = true;
  walk_timer_.cancel();
  index_timer_.cancel();
  for (auto& [id, entry] : entries_) {
    if (entry.account) entry.account->close();
  }
  entries_.clear();
  idle_.clear();
  open_accounts_.store(0);
  open_bytes_.store(0);
}

void Table::ended() {
  if (--working_ == 0) ended_.open();
}

// --- opening ---

task<Result<AccountPtr>> Table::open(AccountId id) {
  for (;;) {
    if (retired_.contains(id)) co_return retired_error();
    auto found = entries_.find(id);
    if (found != entries_.end() && found->second.account) {
      Entry& entry = found->second;
      bool was_held = !entry.handle.expired();
      std::shared_ptr<OpenAccount> account = entry.account;
      AccountPtr handle = handle_of(entry);
      if (!was_held) ROOST_CO_TRY_VOID(co_await account->activate());
      co_return handle;
    }
    if (stopping_) co_return closed();
    if (found == entries_.end()) co_return co_await open_entry(id);
    auto opening = found->second.opening;
    co_await opening->done.wait();
    if (!opening->result) co_return std::unexpected(opening->result.error());
  }
}

task<Result<AccountPtr>> Table::open_entry(AccountId id) {
  auto opening = std::make_shared<Opening>();
  auto account = std::make_shared<OpenAccount>(env_, id, shared_from_this());
  entries_[id].opening = opening;
  began();
  opening->result = co_await account->open();
  AccountPtr handle;
  if (opening->result) {
    Entry& entry = entries_.at(id);
    entry.account = account;
    entry.opening = nullptr;
    handle = handle_of(entry);  // before anything can close it again
    open_accounts_.fetch_add(1, std::memory_order_relaxed);
    opening->result = co_await account->activate();
    changed(*account);
  } else {
    account->close();
    entries_.erase(id);
  }
  opening->done.open();
  ended();
  if (!opening->result) co_return std::unexpected(opening->result.error());
  co_return handle;
}

AccountPtr Table::handle_of(Entry& entry) {
  auto handle = entry.handle.lock();
  if (!handle) {
    handle = std::make_shared<Handle>(shared_from_this(), entry.account);
    entry.handle = handle;
  }
  if (std::exchange(entry.idle, false)) idle_.erase(entry.place);
  return AccountPtr(handle, entry.account.get());
}

void Table::released(AccountId id) {
  auto found = entries_.find(id);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if (!entry.account || entry.idle || !entry.handle.expired()) return;
  entry.account->deactivate();
  entry.idle = true;
  entry.place = idle_.insert(idle_.begin(), id);
  evict();
}

task<> Table::retire(AccountId id) {
  retired_.insert(id);
  auto found = entries_.find(id);
  if (found != entries_.end() && found->second.opening) {
    auto opening = found->second.opening;
    co_await opening->done.wait();
    found = entries_.find(id);
  }
  if (found == entries_.end()) co_return;
  std::shared_ptr<OpenAccount> account = found->second.account;
  std::shared_ptr<rt::Mutex> maintaining = found->second.maintaining;
  co_await account->retire();
  auto lock = co_await maintaining->lock();
  orphans_.erase(id);
  found = entries_.find(id);
  if (found != entries_.end()) erase(found);
}

// --- memory ---

void Table::changed(OpenAccount& account) {
  auto found = entries_.find(account.id());
  if (found == entries_.end() || found->second.account.get() != &account) return;
  Entry& entry = found->second;
  size_t bytes = account.memory_bytes();
  open_bytes_.fetch_add(bytes - entry.bytes, std::memory_order_relaxed);  // wraps round where it shrank
  entry.bytes = bytes;
  bool due = env_->clock.now() >= entry.not_before && is_checkpoint_due(env_->config, account.replica());
  if (due) schedule(account.id());
  if (env_->indexing && account.replica().last_arrival() > account.index.followed) index_soon(account);
  evict();
}

void Table::evict() {
  auto at = idle_.end();
  while (open_bytes() > bytes_max_ && at != idle_.begin()) {
    auto last = std::prev(at);
    if (entries_.at(*last).account->quiet()) {
      erase(entries_.find(*last));
    } else {
      at = last;
    }
  }
}

// One that is quiet.
void Table::erase(Entries::iterator at) {
  Entry& entry = at->second;
  entry.account->close();
  open_bytes_.fetch_sub(entry.bytes, std::memory_order_relaxed);
  open_accounts_.fetch_sub(1, std::memory_order_relaxed);
  if (entry.idle) idle_.erase(entry.place);
  entries_.erase(at);
}

// --- maintenance ---

void Table::schedule(AccountId id) {
  if (stopping_ || !due_set_.insert(id).second) return;
  due_.push_back(id);
  if (maintainers_ == env_->config.maintenance_accounts_max) return;
  ++maintainers_;
  rt::spawn(home_, work_off_due(shared_from_this()));
}

task<> Table::work_off_due(std::shared_ptr<Table> self) {
  self->began();
  while (!self->due_.empty() && !self->stopping_) {
    AccountId id = self->due_.front();
    self->due_.pop_front();
    co_await self->maintain_and_log(id);
    self->due_set_.erase(id);
  }
  --self->maintainers_;
  self->ended();
}

task<> Table::maintain_and_log(AccountId id) {
  auto account = co_await open(id);
  if (!account) co_return;
  Result<> done = co_await maintain_open(*std::move(account), Care::checkpoint_if_due);
  if (done || stopping_) co_return;
  log::warn("maintenance_failed", {{"account", id.value}, {"text", done.error().text}});
  auto found = entries_.find(id);
  if (found != entries_.end()) found->second.not_before = env_->clock.now() + kMaintenanceRetry;
}

task<Result<>> Table::maintain(AccountId id) { return care_for(id, Care::checkpoint); }
task<Result<>> Table::purge(AccountId id) { return care_for(id, Care::purge); }

task<Result<>> Table::care_for(AccountId id, Care care) {
  if (stopping_) co_return closed();
  began();
  Result<> done;
  auto account = co_await open(id);
  if (account) {
    done = co_await maintain_open(*std::move(account), care);
  } else {
    done = std::unexpected(account.error());
  }
  ended();
  co_return done;
}

task<Result<>> Table::maintain_open(AccountPtr handle, Care care) {
  AccountId id = handle->id();
  auto found = entries_.find(id);
  if (found == entries_.end()) co_return closed();
  std::shared_ptr<OpenAccount> account = found->second.account;
  std::shared_ptr<rt::Mutex> maintaining = found->second.maintaining;
  auto lock = co_await maintaining->lock();
  if (account->retired()) co_return retired_error();
  if (care == Care::checkpoint || is_checkpoint_due(env_->config, account->replica())) {
    ROOST_CO_TRY_VOID(co_await write_checkpoint(account));
    changed(*account);
  }
  Orphans orphans = std::move(orphans_[id]);
  Result<> done;
  if (care == Care::purge) {
    done = co_await accounts::purge(account, orphans);
    changed(*account);
  } else {
    done = co_await collect(account, orphans);
  }
  if (orphans.pages.empty()) {
    orphans_.erase(id);
  } else {
    orphans_[id] = std::move(orphans);
  }
  co_return done;
}

task<> Table::collect_everywhere() {
  if (stopping_) co_return;
  began();
  auto all = co_await env_->store.accounts();
  if (!all) all = std::vector<AccountId>();
  for (AccountId id : *all) {
    if (stopping_) break;
    if (&env_->home_of(id) != &home_) continue;
    uint64_t before = env_->counters.collected_blobs.load();
    co_await visit(id);
    bool deleted = env_->counters.collected_blobs.load() != before;
    if (!deleted) continue;
    auto compacted = co_await env_->store.compact(id);
    if (!compacted) log::warn("compaction_failed", {{"account", id.value}, {"text", compacted.error().text}});
  }
  ended();
}

void Table::arm_walk() {
  if (stopping_) return;
  walk_timer_ = home_.after(Seconds(env_->config.maintenance_walk_seconds), [this] {
    if (!stopping_ && !std::exchange(walking_, true)) rt::spawn(home_, walk(shared_from_this()));
    arm_walk();
  });
}

task<> Table::walk(std::shared_ptr<Table> self) {
  self->began();
  auto all = co_await self->env_->store.accounts();
  if (!all) all = std::vector<AccountId>();
  for (AccountId id : *all) {
    if (self->stopping_) break;
    if (&self->env_->home_of(id) == &self->home_) co_await self->visit(id);
  }
  self->walking_ = false;
  self->ended();
}

task<> Table::visit(AccountId id) {
  bool was_open = entries_.contains(id);
  co_await maintain_and_log(id);
  co_await home_.yield();  // after which released() was called
  // What only the walk wanted does not push out what people use.
  auto found = entries_.find(id);
  if (!was_open && found != entries_.end() && found->second.idle && found->second.account->quiet()) erase(found);
}

}  // namespace roost::accounts
