#include "accounts/grants.h"

#include <charconv>
#include <set>
#include <utility>

namespace roost::accounts {
namespace {

// In it: the account's number → its user's login name.
std::string space_of(const std::string& identifier) { return "granted to " + identifier; }

// Neither the owner nor those from whom rights are taken need to find the account by it.
bool is_kept(std::string_view identifier) {
  return identifier != mail::kOwnerIdentifier && !identifier.starts_with('-');
}

bool grants_anything(const mail::Snapshot& snapshot, const std::string& identifier) {
  bool found = false;
  snapshot.for_each_mailbox([&](const mail::Mailbox& mailbox) {
    found = !mail::granted(mailbox.acl(), identifier).empty();
    return !found;
  });
  return found;
}

}  // namespace

task<Result<>> note_grant(store::AccountStore& store, std::string identifier, Grant grant) {
  if (!is_kept(identifier)) co_return Result<>();
  std::string key = std::to_string(grant.account.value);
  ROOST_CO_TRY_VOID(co_await store.claim_name(space_of(identifier), std::move(key), std::move(grant.owner)));
  co_return Result<>();
}

task<Result<>> forget_grant(store::AccountStore& store, std::string identifier, AccountId account) {
  ROOST_CO_TRY_VOID(co_await store.release_name(space_of(identifier), std::to_string(account.value)));
  co_return Result<>();
}

task<Result<std::vector<Grant>>> list_grants(store::AccountStore& store, std::string identifier) {
  ROOST_CO_TRY(auto names, co_await store.list_names(space_of(identifier)));
  std::vector<Grant> grants;
  for (store::AccountStore::NameValue& one : names) {
    Grant grant{.account = {}, .owner = std::move(one.value)};
    const char* end = one.name.data() + one.name.size();
    auto [at, error] = std::from_chars(one.name.data(), end, grant.account.value);
    if (error != std::errc() || at != end) co_return fault("a note of a grant is damaged", Code::corruption);
    grants.push_back(std::move(grant));
  }
  co_return grants;
}

// Who granted at the same moment either is seen by the second look, or notes it after his commit.
task<Result<>> settle_grant(store::AccountStore& store, std::string identifier, Grant grant, AccountPtr account) {
  if (!is_kept(identifier)) co_return Result<>();
  if (!grants_anything(*account->snapshot(), identifier)) {
    ROOST_CO_TRY_VOID(co_await forget_grant(store, identifier, grant.account));
    if (!grants_anything(*account->snapshot(), identifier)) co_return Result<>();
  }
  co_return co_await note_grant(store, std::move(identifier), std::move(grant));
}

task<Result<>> note_grants(Accounts& accounts, AccountPtr account, std::string owner) {
  std::set<std::string> identifiers;
  account->snapshot()->for_each_mailbox([&](const mail::Mailbox& mailbox) {
    for (const mail::AclEntry& entry : mailbox.acl()) identifiers.insert(entry.identifier);
    return true;
  });
  for (const std::string& identifier : identifiers) {
    Grant grant{.account = account->id(), .owner = owner};
    ROOST_CO_TRY_VOID(co_await accounts.note_grant(identifier, std::move(grant)));
  }
  co_return Result<>{};
}

}  // namespace roost::accounts
