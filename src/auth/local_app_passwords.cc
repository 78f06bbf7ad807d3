// Passwords for one device each: making, listing and removing them, and what is noted when one is used.
#include <algorithm>

#include "auth/local_authenticator.h"
#include "auth/name.h"
#include "base/log.h"

namespace roost::auth {
namespace {

// A day of use is worth no write of its own: 100,000 phones that come back at once would cause as many.
constexpr Seconds kUsesWrittenEvery{3600};
constexpr int64_t kSecondsPerDay = 86'400;

Fail nobody() { return no(Code::nonexistent, "There is no such user."); }
Fail no_such_device() { return no(Code::nonexistent, "The user has no app password for that device."); }

std::string lookup_name(std::string_view name) { return canonical_name(name).value_or(std::string()); }

uint32_t day_of(WallTime time) { return static_cast<uint32_t>(std::max<int64_t>(time.seconds, 0) / kSecondsPerDay); }

Result<> check_room(const User& user, const std::string& device) {
  if (std::ranges::find(user.app_passwords, device, &AppPassword::device) != user.app_passwords.end()) {
    return no(Code::already_exists, "The user has an app password for that device already.");
  }
  if (user.app_passwords.size() < kAppPasswordsPerUserMax) return {};
  return no(Code::limit, "The user has 32 app passwords, which is the most; remove one that is not used.");
}

}  // namespace

// With the lock held while it is hashed: the salt must be the one that the user still has then.
task<Result<NewAppPassword>> LocalAuthenticator::add_app_at_home(std::string name, std::string device) {
  ROOST_CO_TRY_VOID(check_device(device));
  auto lock = co_await changes_.lock();
  const User* user = directory_.find(lookup_name(name));
  if (user == nullptr) co_return nobody();
  ROOST_CO_TRY_VOID(check_room(*user, device));
  User changed = *user;
  Secret password = random_app_password();
  Saltings kept = changed.saltings();
  std::string verifier =
      co_await pool_.run([this, &password, &kept] { return make_app_verifier(recipe_, password.view(), kept); });
  AppPassword& app =
      changed.app_passwords.emplace_back(std::move(device), home_.clock().wall(), 0, std::move(verifier));
  AppPasswordInfo info = app.info();
  std::string canonical = changed.name;
  ROOST_CO_TRY_VOID(co_await store({std::move(canonical), std::move(changed)}));
  co_return NewAppPassword{std::move(info), std::move(password)};
}

task<Result<std::vector<AppPasswordInfo>>> LocalAuthenticator::list_app_at_home(std::string name) {
  const User* user = directory_.find(lookup_name(name));
  if (user == nullptr) co_return nobody();
  std::vector<AppPasswordInfo> out;
  for (const AppPassword& app : user->app_passwords) out.push_back(app.info());
  co_return out;
}

task<Result<AppPasswordInfo>> LocalAuthenticator::remove_app_at_home(std::string name, std::string device) {
  auto lock = co_await changes_.lock();
  const User* user = directory_.find(lookup_name(name));
  if (user == nullptr) co_return nobody();
  User changed = *user;
  auto app = std::ranges::find(changed.app_passwords, device, &AppPassword::device);
  if (app == changed.app_passwords.end()) co_return no_such_device();
  AppPasswordInfo info = app->info();
  changed.app_passwords.erase(app);
  std::string canonical = changed.name;
  ROOST_CO_TRY_VOID(co_await store({std::move(canonical), std::move(changed)}));
  co_return info;
}

task<> LocalAuthenticator::note_use(Login login, Secret password) {
  if (directory_.note_use(login.name, login.app_password_id, day_of(home_.clock().wall()))) uses_unwritten_ = true;
  const User* user = directory_.find(login.name);
  const AppPassword* app = user == nullptr ? nullptr : user->find_app(login.app_password_id);
  if (app == nullptr) co_return;
  if (!password.empty() && is_outdated(app->verifier, recipe_, user->saltings())) {
    co_await renew_app(std::move(login), std::move(password));
  }
  co_await write_uses();
}

// As renew() does for the user's own.
task<> LocalAuthenticator::renew_app(Login login, Secret password) {
  auto lock = co_await changes_.lock();
  const User* user = directory_.find(login.name);
  if (user == nullptr || user->find_app(login.app_password_id) == nullptr) co_return;
  User changed = *user;
  auto app = std::ranges::find(changed.app_passwords, login.app_password_id, &AppPassword::id);
  Saltings kept = changed.saltings();
  app->verifier = co_await pool_.run(
      [this, &password, &kept, &app] { return renewed_app_verifier(app->verifier, recipe_, password.view(), kept); });
  Result<> stored = co_await store({login.name, std::move(changed)});
  if (!stored) log::warn("verifier_not_renewed", {{"user", login.name}, {"why", stored.error().text}});
}

task<> LocalAuthenticator::write_uses() {
  TimePoint now = home_.clock().now();
  if (!uses_unwritten_ || (uses_written_ && now - *uses_written_ < kUsesWrittenEvery)) co_return;
  uses_written_ = now;
  auto lock = co_await changes_.lock();
  Result<> stored = co_await store({});
  if (!stored) log::warn("uses_not_written", {{"why", stored.error().text}});
}

}  // namespace roost::auth
