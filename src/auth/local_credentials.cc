// Logging in without a password's being sent. As with passwords, whom nobody knows costs and is told the same.
#include "auth/local_authenticator.h"
#include "auth/name.h"
#include "sasl/scram_crypto.h"

namespace roost::auth {
namespace {

Fail failed() { return no(Code::authentication_failed, "Authentication failed."); }
Fail unavailable() { return no(Code::cannot, "That mechanism is not available."); }

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
  ROOST_CO_TRY(Throttle::Attempt attempt, co_await wait_turn(look_up(shown.name).name, std::move(origin.address_block)));
  Subject subject = look_up(shown.name);
  co_return conclude(attempt, admit(subject.name, subject.verifier));
}

task<Result<Login>> LocalAuthenticator::check_cram(CramAnswer shown, Origin origin) {
  ROOST_CO_TRY(Throttle::Attempt attempt, co_await wait_turn(look_up(shown.name).name, std::move(origin.address_block)));
  Subject subject = look_up(shown.name);
  std::optional<sasl::CramSecret> secret = cram_of(subject.verifier);
  bool right = secret && sasl::equal_in_constant_time(sasl::cram_digest(*secret, shown.challenge), shown.digest);
  Result<Login> login = admit(subject.name, subject.verifier);
  if (!right) login = failed();
  co_return conclude(attempt, std::move(login));
}

Result<Login> LocalAuthenticator::enter_anonymously() const {
  if (config_.anonymous_user.empty()) return unavailable();
  const User* user = directory_.find(canonical_name(config_.anonymous_user).value_or(std::string()));
  if (user == nullptr || user->disabled) return unavailable();
  return Login{user->account, user->name, true};
}

}  // namespace roost::auth
