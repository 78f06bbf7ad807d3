#include "admin/removed_accounts.h"

#include <algorithm>
#include <charconv>

#include "admin/account_changes.h"
#include "base/log.h"

namespace roost::admin {
namespace {

const std::string kSpace = "removed account";  // the account's number → version, time, its user's login name
constexpr uint8_t kVersion = 1;

Bytes encode(const RemovedAccount& account) {
  Bytes out;
  Encoder encoder(out);
  encoder.u8(kVersion);
  encoder.zigzag(account.removed);
  encoder.bytes(account.name);
  return out;
}

Result<RemovedAccount> decode(const std::string& key, BytesView value) {
  RemovedAccount account;
  auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), account.account.value);
  Decoder in(value);
  bool sound = error == std::errc() && end == key.data() + key.size() && in.u8() == kVersion;
  account.removed = in.zigzag();
  account.name = in.bytes();
  if (!sound || !in.finish("note")) return fault("a note of a removed account is damaged", Code::corruption);
  return account;
}

}  // namespace

task<Result<std::vector<RemovedAccount>>> removed_accounts(Services& services) {
  ROOST_CO_TRY(auto notes, co_await services.store.list_names(kSpace));
  std::vector<RemovedAccount> out;
  for (const auto& note : notes) {
    ROOST_CO_TRY(RemovedAccount one, decode(note.name, note.value));
    out.push_back(std::move(one));
  }
  std::ranges::sort(out, {}, [](const RemovedAccount& one) { return std::pair(one.removed, one.account); });
  co_return out;
}

task<Result<std::optional<RemovedAccount>>> find_removed(Services& services, AccountId account) {
  std::string key = std::to_string(account.value);
  ROOST_CO_TRY(auto value, co_await services.store.find_name(kSpace, key));
  if (!value) co_return std::optional<RemovedAccount>();
  ROOST_CO_TRY(RemovedAccount one, decode(key, *value));
  co_return std::optional<RemovedAccount>(std::move(one));
}

task<Result<>> note_removed(Services& services, RemovedAccount account) {
  ROOST_CO_TRY_VOID(co_await forget_removed(services, account.account));
  std::string key = std::to_string(account.account.value);
  Bytes value = encode(account);
  ROOST_CO_TRY_VOID(co_await services.store.claim_name(kSpace, std::move(key), std::move(value)));
  co_return Result<>{};
}

task<Result<>> forget_removed(Services& services, AccountId account) {
  ROOST_CO_TRY_VOID(co_await services.store.release_name(kSpace, std::to_string(account.value)));
  co_return Result<>{};
}

// Once it is no longer noted as one that can come back, whatever interrupts this is settled by deleting the rest.
task<Result<>> delete_removed(Services& services, RemovedAccount account) {
  ROOST_CO_TRY(AccountChange change, co_await AccountChange::begin(services, account.account, account.name));
  ROOST_CO_TRY_VOID(co_await forget_removed(services, account.account));
  log::info("removed_account_deleted", {{"account", account.account.value}, {"user", account.name}});
  co_return co_await change.remove();
}

task<Result<>> expire_removed_accounts(Services& services) {
  const accounts::AccountsConfig& config = services.accounts.config();
  ROOST_CO_TRY(auto removed, co_await removed_accounts(services));
  int64_t before = services.clock.wall().seconds - config.retention_seconds;
  for (RemovedAccount& account : removed) {
    ROOST_CO_TRY(auto space, co_await services.store.space());
    if (account.removed > before && space.free_bytes >= config.retention_free_bytes_min) break;
    ROOST_CO_TRY_VOID(co_await delete_removed(services, std::move(account)));
  }
  co_return Result<>{};
}

}  // namespace roost::admin
