#include "admin/account_changes.h"

#include <charconv>
#include <utility>

#include "admin/removed_accounts.h"
#include "base/log.h"

namespace roost::admin {
namespace {

const std::string kSpace = "account change";  // the account's number → its login name

Result<AccountId> account_of(const std::string& key) {
  AccountId account;
  auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), account.value);
  if (error != std::errc() || end != key.data() + key.size()) {
    return fault("a note of an account change is damaged", Code::corruption);
  }
  return account;
}

task<Result<>> delete_note(Services& services, AccountId account) {
  ROOST_CO_TRY_VOID(co_await services.store.release_name(kSpace, std::to_string(account.value)));
  co_return Result<>{};
}

task<> end_sessions(Services& services, AccountId account) {
  co_await services.accounts.retire(account);
  if (services.wake_sessions) services.wake_sessions();
}

task<Result<>> delete_account(Services& services, AccountId account) {
  co_await end_sessions(services, account);
  ROOST_CO_TRY_VOID(co_await services.store.delete_account(account));
  co_return co_await delete_note(services, account);
}

task<Result<>> put_account_aside(Services& services, AccountId account) {
  co_await end_sessions(services, account);
  co_await services.accounts.reinstate(account);  // nobody can log in to it; what expires in it still goes
  co_return co_await delete_note(services, account);
}

task<Result<>> keep_account(Services& services, AccountId account) {
  ROOST_CO_TRY_VOID(co_await forget_removed(services, account));
  co_return co_await delete_note(services, account);
}

// Whether nobody can log in to the account.
task<Result<bool>> settle(Services& services, AccountId account, std::string name) {
  ROOST_CO_TRY(auto user, co_await services.authenticator.find_user(name));
  ROOST_CO_TRY(auto removed, co_await find_removed(services, account));
  bool kept = user && user->account == account;
  log::info("account_change_settled",
            {{"account", account.value}, {"user", name}, {"kept", kept}, {"removed", removed.has_value()}});
  Result<> done;
  if (kept) {
    done = co_await keep_account(services, account);
  } else if (removed) {
    done = co_await put_account_aside(services, account);
  } else {
    done = co_await delete_account(services, account);
  }
  if (!done) co_return Fail(done.error());
  co_return !kept;
}

}  // namespace

bool AccountsBeingChanged::add(AccountId account) {
  std::lock_guard lock(mutex_);
  return ids_.insert(account).second;
}

void AccountsBeingChanged::remove(AccountId account) {
  std::lock_guard lock(mutex_);
  ids_.erase(account);
}

AccountChange::AccountChange(AccountChange&& other) noexcept
    : services_(std::exchange(other.services_, nullptr)), account_(other.account_) {}

AccountChange::~AccountChange() {
  if (services_ != nullptr) services_->being_changed->remove(account_);
}

task<Result<AccountChange>> AccountChange::begin(Services& services, AccountId account, std::string name) {
  if (!services.being_changed->add(account)) co_return no(Code::in_use, "The account is being changed already");
  AccountChange change(services, account);
  // Taken: by one that was interrupted, which this one takes over.
  std::string key = std::to_string(account.value);
  ROOST_CO_TRY_VOID(co_await services.store.claim_name(kSpace, std::move(key), std::move(name)));
  co_return change;
}

task<Result<>> AccountChange::keep() { return keep_account(*services_, account_); }
task<Result<>> AccountChange::put_aside() { return put_account_aside(*services_, account_); }
task<Result<>> AccountChange::remove() { return delete_account(*services_, account_); }

task<Result<std::vector<std::string>>> settle_accounts(Services& services) {
  std::vector<std::string> deleted;
  ROOST_CO_TRY(auto notes, co_await services.store.list_names(kSpace));
  for (store::AccountStore::NameValue& note : notes) {
    ROOST_CO_TRY(AccountId account, account_of(note.name));
    if (!services.being_changed->add(account)) continue;
    auto settled = co_await settle(services, account, note.value);
    services.being_changed->remove(account);
    if (!settled) co_return Fail(settled.error());
    if (*settled) deleted.push_back(std::move(note.value));
  }
  co_return deleted;
}

}  // namespace roost::admin
