// The memory engine's accounts, names, followers and space.
#include "store/memory/disk.h"

namespace roost::store {

Result<AccountId> MemoryDiskState::new_account_id() {
  std::lock_guard lock(mutex_);
  return AccountId(++last_account_);
}

Result<std::vector<AccountId>> MemoryDiskState::accounts() const {
  std::lock_guard lock(mutex_);
  std::vector<AccountId> out;
  for (const auto& [id, account] : accounts_) {
    if (account.generation != Generation() || account.head() != Position()) out.push_back(id);
  }
  return out;
}

Result<> MemoryDiskState::delete_account(AccountId account) {
  std::lock_guard lock(mutex_);
  accounts_.erase(account);
  return {};
}

Result<NameOutcome> MemoryDiskState::claim_name(std::string space, std::string name, Bytes value) {
  std::lock_guard lock(mutex_);
  bool fresh = names_.try_emplace({std::move(space), std::move(name)}, std::move(value)).second;
  return fresh ? NameOutcome::ok : NameOutcome::taken;
}

Result<NameOutcome> MemoryDiskState::release_name(std::string space, std::string name) {
  std::lock_guard lock(mutex_);
  return names_.erase({std::move(space), std::move(name)}) != 0 ? NameOutcome::ok : NameOutcome::absent;
}

Result<std::optional<Bytes>> MemoryDiskState::find_name(std::string space, std::string name) const {
  std::lock_guard lock(mutex_);
  auto it = names_.find({std::move(space), std::move(name)});
  if (it == names_.end()) return std::optional<Bytes>();
  return std::optional<Bytes>(it->second);
}

Result<std::vector<AccountStore::NameValue>> MemoryDiskState::list_names(const std::string& space) const {
  std::lock_guard lock(mutex_);
  std::vector<AccountStore::NameValue> out;
  for (auto it = names_.lower_bound({space, ""}); it != names_.end() && it->first.first == space; ++it) {
    out.push_back({it->first.second, it->second});
  }
  return out;
}

Result<NameOutcome> MemoryDiskState::update_name(std::string space, std::string name, const Bytes& expect,
                                                 Bytes value) {
  std::lock_guard lock(mutex_);
  auto it = names_.find({std::move(space), std::move(name)});
  if (it == names_.end() || it->second != expect) return NameOutcome::absent;
  it->second = std::move(value);
  return NameOutcome::ok;
}

Result<std::optional<Position>> MemoryDiskState::follower(const std::string& follower, AccountId account) const {
  std::lock_guard lock(mutex_);
  const MemoryAccount* found = find(account);
  if (found == nullptr || !found->followers.contains(follower)) return std::optional<Position>();
  return std::optional<Position>(found->followers.at(follower));
}

Result<> MemoryDiskState::set_follower(std::string follower, AccountId account, Position position) {
  std::lock_guard lock(mutex_);
  accounts_[account].followers[std::move(follower)] = position;
  return {};
}

Space MemoryDiskState::space() const {
  std::lock_guard lock(mutex_);
  return space_;
}

void MemoryDiskState::set_space(Space space) {
  std::lock_guard lock(mutex_);
  space_ = space;
}

}  // namespace roost::store
