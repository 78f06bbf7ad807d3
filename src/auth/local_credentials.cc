// Logging in without a password's being sent. As with passwords, whom nobody knows costs and is told the same.
#include "auth/local_authenticator.h"
#include "auth/name.h"
#include "sasl/scram_crypto.h"

namespace roost::auth {
namespace {

Fail failed() { return no(Code::authentication_failed, "Authentication failed."); }
Fail unavailable() { return no(Code::cannot, "That mechanism is not available."); }

bool answers(std::string_view verifier, const CramAnswer& shown) {
  std::optional<sasl::CramSecret> secret = cram_of(verifier);
  return secret && sasl::equal_in_constant_time(sasl::cram_digest(*secret, shown.challenge), shown.digest);
}

}  // namespace

task<Result<Login>> LocalAuthenticator::credential_at_home(Credential credential, Origin origin) {
  Policy allowed = policy();
  if (auto* certificate = std::get_if<CertifiedName>(&credential)) {
    if (!allowed.external) co_return unavailable();
    co_return co_await check_certificate(std::move(*certificate), std::move(origin));
  }
  if (auto* answer = std::get_if<CramAnswer>(&credential)) {
    if (!allowed.cram_md5) co_return unavailable();
    co_return co_await check_cram(std::move(*answer), std::move(origin));
  }
  co_return enter_anonymously();
}

task<Result<Login>> LocalAuthenticator::check_certificate(CertifiedName shown, Origin origin) {
  ROOST_CO_TRY(Throttle::Attempt attempt,
               co_await wait_turn(look_up(shown.name).name, std::move(origin.address_block)));
  Subject subject = look_up(shown.name);
  co_return conclude(attempt, admit(subject.name, subject.verifier));
}

task<Result<Login>> LocalAuthenticator::check_cram(CramAnswer shown, Origin origin) {
  ROOST_CO_TRY(Throttle::Attempt attempt,
               co_await wait_turn(look_up(shown.name).name, std::move(origin.address_block)));
  Subject subject = look_up(shown.name);
  uint64_t app = find_app(shown, subject.name);
  bool right = answers(subject.verifier, shown) || app != 0;
  Result<Login> login = admit(subject.name, subject.verifier, app);
  if (!right) login = failed();
  login = conclude(attempt, std::move(login));
  if (login && app != 0) co_await note_use(*login);
  co_return login;
}

uint64_t LocalAuthenticator::find_app(const CramAnswer& shown, const std::string& name) const {
  const User* user = directory_.find(name);
  uint64_t found = 0;
  if (user == nullptr) return found;
  for (const AppPassword& app : user->app_passwords) {
    if (answers(app.verifier, shown)) found = app.id();
  }
  return found;
}

task<Result<std::string>> LocalAuthenticator::owner_of(Secret token) {
  if (checking_tokens_ >= config_.hash_queue_max)
    co_return no(Code::unavailable, "Too many logins at once; try again.");
  ++checking_tokens_;
  WallTime now = home_.clock().wall();
  Result<std::string> owner =
      co_await token_pool_->run([this, &token, now] { return tokens_->check(token.view(), now); });
  --checking_tokens_;
  co_return owner;
}

// A guesser's name is the one that he says, until a token says another.
task<Result<TokenAnswer>> LocalAuthenticator::token_at_home(ShownToken shown, Origin origin) {
  if (tokens_ == nullptr) co_return unavailable();
  if (shown.token.empty()) co_return TokenAnswer{std::nullopt, "there is none"};  // the client asks: that is no failure
  std::string claimed = look_up(shown.name).name;
  ROOST_CO_TRY(Throttle::Attempt attempt, co_await wait_turn(claimed, std::move(origin.address_block)));
  Result<std::string> owner = co_await owner_of(std::move(shown.token));
  std::string why = owner ? "there is no such user, or he is disabled" : owner.error().text;
  Result<Login> login = failed();
  if (owner) {
    Subject subject = look_up(*owner);
    login = admit(subject.name, subject.verifier);
    if (!claimed.empty() && claimed != subject.name) {
      login = failed();
      why = "it is somebody else's";
    }
  } else if (owner.error().code != Code::authentication_failed) {
    login = std::unexpected(owner.error());
  }
  login = conclude(attempt, std::move(login));
  if (login) co_return TokenAnswer{*std::move(login), {}};
  if (login.error().code == Code::authentication_failed) co_return TokenAnswer{std::nullopt, std::move(why)};
  co_return no(Code::unavailable, std::move(why));
}

Result<Login> LocalAuthenticator::enter_anonymously() const {
  if (config_.anonymous_user.empty()) return unavailable();
  const User* user = directory_.find(canonical_name(config_.anonymous_user).value_or(std::string()));
  if (user == nullptr || user->disabled) return unavailable();
  return Login{user->account, user->name, true};
}

}  // namespace roost::auth
