// Changing the directory: prepared in memory, written durably on the pool, and only then believed.
#include <algorithm>
#include <utility>

#include "auth/local_authenticator.h"
#include "auth/name.h"
#include "base/log.h"

namespace roost::auth {
namespace {

constexpr size_t kNamesPerListBytesMax = 64 * 1024;  // so that a list fits into one message of the protocol

Fail nobody() { return no(Code::nonexistent, "There is no such user."); }

Result<> check_new_password(std::string_view password) {
  if (password.empty()) return no(Code::cannot, "A password may not be empty.");
  if (password.size() > kPasswordBytesMax) return no(Code::cannot, "A password may have at most 1024 octets.");
  if (password.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos) {
    return no(Code::cannot, "A password may not contain a line break or NUL.");
  }
  return {};
}

// Nobody who is looked up by an impossible name exists.
std::string lookup_name(std::string_view name) { return canonical_name(name).value_or(std::string()); }

}  // namespace

task<Result<std::string>> LocalAuthenticator::hash(Secret password, Saltings kept) {
  ROOST_CO_TRY_VOID(check_new_password(password.view()));
  co_return co_await pool_.run([this, &password, &kept] { return make_verifier(recipe_, password.view(), kept); });
}

// With the lock on changes held.
task<Result<>> LocalAuthenticator::store(Change change) {
  if (!config_.directory.empty()) {
    Bytes text = directory_.format_with(change);
    bool with_uses = std::exchange(uses_unwritten_, false);
    Result<> written =
        co_await pool_.run([this, &text] { return replace_file(files_, config_.directory, "users", text); });
    if (!written) uses_unwritten_ |= with_uses;
    ROOST_CO_TRY_VOID(std::move(written));
  }
  directory_.apply(std::move(change));
  set_policy();
  co_return Result<>{};
}

// A verifier made under another configuration would cost other than a decoy's, and may keep SCRAM from being announced.
// This is the one moment at which the password is known. Whoever logs in does not learn whether it worked.
task<> LocalAuthenticator::renew(Subject subject, Secret password) {
  Saltings kept = app_saltings(subject.name);
  Result<std::string> verifier = co_await hash(std::move(password), kept);
  if (!verifier) co_return;
  auto lock = co_await changes_.lock();
  const User* user = directory_.find(subject.name);
  if (user == nullptr || user->verifier != subject.verifier || user->app_saltings() != kept) co_return;
  User changed = *user;
  changed.verifier = *std::move(verifier);
  Result<> stored = co_await store({changed.name, changed});
  if (!stored) log::warn("verifier_not_renewed", {{"user", subject.name}, {"why", stored.error().text}});
}

task<Result<std::optional<UserInfo>>> LocalAuthenticator::find_at_home(std::string name) {
  const User* user = directory_.find(lookup_name(name));
  if (user == nullptr) co_return std::optional<UserInfo>{};
  co_return std::optional<UserInfo>{user->info()};
}

task<Result<UserInfo>> LocalAuthenticator::add_at_home(std::string name, AccountId account, Secret password) {
  ROOST_CO_TRY(std::string canonical, new_name(name));
  if (account.value == 0) co_return no(Code::cannot, "A user needs an account.");
  ROOST_CO_TRY(std::string verifier, co_await hash(std::move(password)));
  auto lock = co_await changes_.lock();
  if (directory_.find(canonical) != nullptr) co_return no(Code::already_exists, "There already is such a user.");
  User user{canonical, account, home_.clock().wall(), false, std::move(verifier), {}};
  UserInfo info = user.info();
  ROOST_CO_TRY_VOID(co_await store({canonical, std::move(user)}));
  co_return info;
}

task<Result<>> LocalAuthenticator::set_password_at_home(std::string name, Secret password) {
  std::string canonical = lookup_name(name);
  auto lock = co_await changes_.lock();  // no app password is added under the salt that goes
  const User* user = directory_.find(canonical);
  if (user == nullptr) co_return nobody();
  User changed = *user;
  ROOST_CO_TRY(std::string verifier, co_await hash(std::move(password), changed.app_saltings()));
  changed.verifier = std::move(verifier);
  co_return co_await store({canonical, std::move(changed)});
}

task<Result<>> LocalAuthenticator::set_disabled_at_home(std::string name, bool disabled) {
  std::string canonical = lookup_name(name);
  auto lock = co_await changes_.lock();
  const User* user = directory_.find(canonical);
  if (user == nullptr) co_return nobody();
  User changed = *user;
  changed.disabled = disabled;
  co_return co_await store({canonical, std::move(changed)});
}

task<Result<UserInfo>> LocalAuthenticator::remove_at_home(std::string name) {
  std::string canonical = lookup_name(name);
  auto lock = co_await changes_.lock();
  const User* user = directory_.find(canonical);
  if (user == nullptr) co_return nobody();
  UserInfo info = user->info();
  ROOST_CO_TRY_VOID(co_await store({canonical, std::nullopt}));
  co_return info;
}

task<Result<std::vector<UserInfo>>> LocalAuthenticator::list_at_home(std::string after) {
  std::vector<UserInfo> users = directory_.list(after, kUsersPerListMax);
  size_t octets = 0;
  auto end = std::ranges::find_if(users, [&octets](const UserInfo& user) {
    octets += user.name.size();
    return octets > kNamesPerListBytesMax;
  });
  users.erase(end, users.end());
  co_return users;
}

}  // namespace roost::auth
