// The search indexes of a table's accounts, which follow their logs.
#include <utility>
#include <vector>

#include "accounts/index_keeping.h"
#include "accounts/table.h"
#include "base/log.h"

namespace roost::accounts {
namespace {

// What comes together goes into the index together, which is cheaper: it is waited for until nothing came for this
// long,
constexpr Millis kIndexDelay{500};
// or for so long,
constexpr Millis kIndexDelayMax{1'000};
// or until so many messages wait. They fill a block; and searches have to look at each.
constexpr uint64_t kUnindexedMax = search::kBlockBodiesMax;

}  // namespace

void Table::index_soon(OpenAccount& account) {
  if (stopping_ || env_->indexes == nullptr || unindexed_.contains(account.id())) return;
  env_->counters.unindexed.fetch_add(1, std::memory_order_relaxed);
  unindexed_.emplace(account.id(), Unindexed{.since = env_->clock.now(),
                                             .messages = account.snapshot()->messages(),
                                             .last_arrival = account.replica().last_arrival()});
  if (!std::exchange(indexing_, true)) arm_index_timer();
}

void Table::arm_index_timer() {
  index_timer_ = home_.after(kIndexDelay, [this] { rt::spawn(home_, work_off_unindexed(shared_from_this())); });
}

std::vector<AccountId> Table::due_for_index() {
  std::vector<AccountId> due;
  const TimePoint waited_enough = env_->clock.now() - kIndexDelayMax;
  for (auto& [id, unindexed] : unindexed_) {
    auto found = entries_.find(id);
    bool open = found != entries_.end() && found->second.account;
    bool waits = false;
    if (open) {
      OpenAccount& account = *found->second.account;
      const Position arrival = account.replica().last_arrival();
      const bool full = account.snapshot()->messages() >= unindexed.messages + kUnindexedMax;
      waits = std::exchange(unindexed.last_arrival, arrival) != arrival && !full && unindexed.since > waited_enough;
    }
    if (!waits) due.push_back(id);
  }
  return due;
}

task<> Table::work_off_unindexed(std::shared_ptr<Table> self) {
  self->began();
  if (!self->trigrams_) self->trigrams_ = std::make_unique<search::TrigramSet>();
  for (AccountId id : self->due_for_index()) {
    // What comes from here on puts it on the list again.
    self->unindexed_.erase(id);
    if (!self->stopping_) co_await self->index_and_log(id);
    self->env_->counters.unindexed.fetch_sub(1, std::memory_order_relaxed);
  }
  self->indexing_ = !self->unindexed_.empty() && !self->stopping_;
  if (self->indexing_) self->arm_index_timer();
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
