// The search indexes of a table's accounts, which follow their logs.
#include <utility>

#include "accounts/index_keeping.h"
#include "accounts/table.h"
#include "base/log.h"

namespace roost::accounts {
namespace {

// From the first message that the search index lacks: those that come until then go into it together.
constexpr Millis kIndexDelay{500};

}  // namespace

void Table::index_soon(AccountId id) {
  if (stopping_ || env_->indexes == nullptr || !unindexed_set_.insert(id).second) return;
  env_->counters.unindexed.fetch_add(1, std::memory_order_relaxed);
  unindexed_.push_back(id);
  if (std::exchange(indexing_, true)) return;
  index_timer_ = home_.after(kIndexDelay, [this] { rt::spawn(home_, work_off_unindexed(shared_from_this())); });
}

task<> Table::work_off_unindexed(std::shared_ptr<Table> self) {
  self->began();
  if (!self->trigrams_) self->trigrams_ = std::make_unique<search::TrigramSet>();
  for (AccountId id : std::exchange(self->unindexed_, {})) {
    self->unindexed_set_.erase(id);
    if (!self->stopping_) co_await self->index_and_log(id);
    self->env_->counters.unindexed.fetch_sub(1, std::memory_order_relaxed);
  }
  self->indexing_ = false;
  // What came meanwhile has the next turn.
  for (AccountId id : std::exchange(self->unindexed_, {})) {
    self->unindexed_set_.erase(id);
    self->env_->counters.unindexed.fetch_sub(1, std::memory_order_relaxed);
    self->index_soon(id);
  }
  self->ended();
}

task<> Table::index_and_log(AccountId id) {
  auto found = entries_.find(id);
  if (found == entries_.end() || !found->second.account) co_return;
  std::shared_ptr<OpenAccount> account = found->second.account;
  auto followed = co_await follow_log(account, *trigrams_);
  if (followed && !*followed) make_index_soon(id);
  if (!followed) log_index_failure(*account, followed.error());
}

void Table::log_index_failure(const OpenAccount& account, const Error& error) {
  // Where another node makes it, that one has what this one would put into it.
  if (account.winding_down() || error.code == Code::in_use) return;
  log::warn("search_index_failed", {{"account", account.id().value}, {"text", error.text}});
}

void Table::make_index_soon(AccountId id) {
  if (stopping_ || !unmade_.insert(id).second) return;
  env_->counters.unindexed.fetch_add(1, std::memory_order_relaxed);
  if (!std::exchange(making_index_, true)) rt::spawn(home_, work_off_unmade(shared_from_this()));
}

task<> Table::work_off_unmade(std::shared_ptr<Table> self) {
  self->began();
  search::TrigramSet trigrams;
  while (!self->unmade_.empty() && !self->stopping_) {
    AccountId id = *self->unmade_.begin();
    co_await self->make_index_and_log(id, trigrams);
    self->unmade_.erase(id);
    self->env_->counters.unindexed.fetch_sub(1, std::memory_order_relaxed);
  }
  self->making_index_ = false;
  self->ended();
}

task<> Table::make_index_and_log(AccountId id, search::TrigramSet& trigrams) {
  auto found = entries_.find(id);
  if (found == entries_.end() || !found->second.account) co_return;
  std::shared_ptr<OpenAccount> account = found->second.account;
  auto made = co_await make_index(account, trigrams, nullptr);
  if (!made) co_return log_index_failure(*account, made.error());
  auto followed = co_await follow_log(account, trigrams);
  if (!followed) log_index_failure(*account, followed.error());
}

}  // namespace roost::accounts
