// Logging in. What an unknown name, a wrong password and a disabled user cost and say must stay the same: each takes
// one turn of the throttle, one hash, and one look at the directory after it.
#include "auth/local_authenticator.h"

#include <utility>

#include "auth/name.h"
#include "sasl/base64.h"
#include "sasl/scram_crypto.h"

namespace roost::auth {
namespace {

constexpr uint32_t kDelayedMax = 1024;     // logins held back by the throttle at once
constexpr size_t kServerNonceOctets = 18;  // 24 characters of base64, which has no comma
constexpr size_t kAddressBlockBytesMax = 64;

Fail failed() { return no(Code::authentication_failed, "Authentication failed."); }
Fail unavailable() { return no(Code::cannot, "That mechanism is not available."); }
Fail busy() { return no(Code::unavailable, "Too many logins at once; try again."); }

// The app passwords that an exchange which tells `told`'s salt and count can prove, and their ids.
struct AppKeys {
  std::vector<sasl::ScramKeys> keys;
  std::vector<uint64_t> ids;
};

AppKeys app_keys(const User* user, const sasl::ScramVerifier& told) {
  AppKeys out;
  if (user == nullptr) return out;
  for (const AppPassword& app : user->app_passwords) {
    std::optional<sasl::ScramVerifier> scram = scram_of(app.verifier, told.hash);
    if (!scram || scram->salt != told.salt || scram->iterations != told.iterations) continue;
    out.keys.push_back({scram->stored_key, scram->server_key});
    out.ids.push_back(app.id());
  }
  return out;
}

}  // namespace

LocalAuthenticator::LocalAuthenticator(Config config, Ground ground, Directory directory, sasl::Secret secret,
                                       std::optional<DirectoryLock> lock)
    : config_(std::move(config)),
      recipe_{config_.scheme, config_.iterations, config_.scram_sha_1, config_.cram_md5},
      home_(ground.home),
      pool_(ground.pool),
      files_(ground.files),
      tokens_(std::move(ground.tokens)),
      token_pool_(std::move(ground.token_pool)),
      directory_(std::move(directory)),
      decoys_(std::move(secret), recipe_),
      lock_(std::move(lock)),
      throttle_(config_.throttle_entries_max),
      cache_(config_.cached_logins_max, Seconds(config_.cached_login_s_max)) {
  set_policy();
}

template <class T>
task<T> LocalAuthenticator::at_home(task<T> work) {
  rt::Loop* caller = rt::Loop::current();
  co_await home_.hop();
  T result = co_await std::move(work);
  co_await caller->hop();
  co_return result;
}

task<Result<Login>> LocalAuthenticator::check_password(std::string name, Secret password, Origin origin) {
  return at_home(check_at_home(std::move(name), std::move(password), std::move(origin)));
}

task<Result<Login>> LocalAuthenticator::check_credential(Credential credential, Origin origin) {
  return at_home(credential_at_home(std::move(credential), std::move(origin)));
}

task<Result<TokenAnswer>> LocalAuthenticator::check_token(ShownToken shown, Origin origin) {
  return at_home(token_at_home(std::move(shown), std::move(origin)));
}

task<Result<ScramStep>> LocalAuthenticator::scram_start(ScramStart start, Origin origin) {
  return at_home(start_at_home(std::move(start), std::move(origin)));
}

task<Result<ScramLogin>> LocalAuthenticator::scram_finish(uint64_t conversation, Bytes client_final) {
  return at_home(finish_at_home(conversation, std::move(client_final)));
}

task<Result<std::optional<UserInfo>>> LocalAuthenticator::find_user(std::string name) {
  return at_home(find_at_home(std::move(name)));
}

task<Result<UserInfo>> LocalAuthenticator::add_user(std::string name, AccountId account, Secret password) {
  return at_home(add_at_home(std::move(name), account, std::move(password)));
}

task<Result<>> LocalAuthenticator::set_password(std::string name, Secret password) {
  return at_home(set_password_at_home(std::move(name), std::move(password)));
}

task<Result<>> LocalAuthenticator::set_disabled(std::string name, bool disabled) {
  return at_home(set_disabled_at_home(std::move(name), disabled));
}

task<Result<UserInfo>> LocalAuthenticator::remove_user(std::string name) {
  return at_home(remove_at_home(std::move(name)));
}

task<Result<std::vector<UserInfo>>> LocalAuthenticator::list_users(std::string after) {
  return at_home(list_at_home(std::move(after)));
}

task<Result<NewAppPassword>> LocalAuthenticator::add_app_password(std::string name, std::string device) {
  return at_home(add_app_at_home(std::move(name), std::move(device)));
}

task<Result<std::vector<AppPasswordInfo>>> LocalAuthenticator::list_app_passwords(std::string name) {
  return at_home(list_app_at_home(std::move(name)));
}

task<Result<AppPasswordInfo>> LocalAuthenticator::remove_app_password(std::string name, std::string device) {
  return at_home(remove_app_at_home(std::move(name), std::move(device)));
}

Policy LocalAuthenticator::policy() const { return policy_.load(std::memory_order_relaxed); }

void LocalAuthenticator::set_policy() {
  bool scram = config_.scheme == Scheme::scram_sha_256;
  policy_.store({.plain = true,
                 .scram_sha_256 = scram && directory_.all_have_scram(sasl::ScramHash::sha_256),
                 .scram_sha_1 = config_.scram_sha_1 && directory_.all_have_scram(sasl::ScramHash::sha_1),
                 .cram_md5 = config_.cram_md5 && directory_.all_have_cram(),
                 .external = config_.external,
                 .oauth = tokens_ != nullptr,
                 .anonymous = enter_anonymously().has_value()},
                std::memory_order_relaxed);
}

LocalAuthenticator::Subject LocalAuthenticator::look_up(std::string_view name) const {
  std::optional<std::string> canonical = canonical_name(name);
  Subject out;
  out.name = canonical ? *std::move(canonical) : std::string(name.substr(0, kNameBytesMax));
  const User* user = directory_.find(out.name);
  out.verifier = decoys_.verifier(out.name);
  if (user != nullptr) out.verifier = user->verifier;
  return out;
}

Result<Login> LocalAuthenticator::admit(const std::string& name, std::string_view verifier) const {
  const User* user = directory_.find(name);
  if (user == nullptr || user->disabled || user->verifier != verifier) return failed();
  return Login{user->account, user->name};
}

Result<Login> LocalAuthenticator::admit(const std::string& name, std::string_view verifier,
                                        uint64_t app_password) const {
  if (app_password == 0) return admit(name, verifier);
  const User* user = directory_.find(name);
  if (user == nullptr || user->disabled) return failed();
  const AppPassword* app = user->find_app(app_password);
  if (app == nullptr) return failed();
  return Login{user->account, user->name, false, app->device, app_password};
}

Saltings LocalAuthenticator::app_saltings(const std::string& name) const {
  const User* user = directory_.find(name);
  return user == nullptr ? Saltings() : user->app_saltings();
}

// Of a disabled user none: the right password must not be told from a wrong one by its taking no time.
uint64_t LocalAuthenticator::find_app(const std::string& name, std::string_view password) const {
  const User* user = directory_.find(name);
  if (user == nullptr || user->disabled) return 0;
  const AppPassword* app = find_app_password(user->app_passwords, password);
  return app == nullptr ? 0 : app->id();
}

Result<Login> LocalAuthenticator::conclude(const Throttle::Attempt& attempt, Result<Login> login) {
  if (!config_.throttle) return login;
  TimePoint now = home_.clock().now();
  if (login) {
    throttle_.succeeded(attempt, now);
  } else if (login.error().code == Code::authentication_failed) {
    throttle_.failed(attempt, now);
  } else {
    throttle_.abandoned(attempt);
  }
  return login;
}

task<Result<Throttle::Attempt>> LocalAuthenticator::wait_turn(std::string name, std::string address_block) {
  if (!config_.throttle) co_return Throttle::Attempt{};
  address_block.resize(std::min(address_block.size(), kAddressBlockBytesMax));
  std::optional<Throttle::Attempt> attempt = throttle_.begin(name, address_block, home_.clock().now());
  if (!attempt) co_return busy();
  if (attempt->delay == Millis{0}) co_return *attempt;
  if (delayed_ >= kDelayedMax) {
    throttle_.abandoned(*attempt);
    co_return busy();
  }
  ++delayed_;
  co_await home_.sleep(attempt->delay);
  --delayed_;
  co_return *attempt;
}

task<Result<bool>> LocalAuthenticator::compare(std::string verifier, Secret password) {
  if (hashing_ >= config_.hash_queue_max) co_return busy();
  ++hashing_;
  bool right = co_await pool_.run([&verifier, &password] { return matches(verifier, password.view()); });
  --hashing_;
  co_return right;
}

// Whether a password is cached is only looked at after the throttle: an attempt that is let in at once by the cache,
// and held back without it, would tell a guesser everything that he wants to know.
task<Result<Login>> LocalAuthenticator::check_at_home(std::string name, Secret password, Origin origin) {
  if (password.view().size() > kPasswordBytesMax) password = Secret("");
  ROOST_CO_TRY(Throttle::Attempt attempt, co_await wait_turn(look_up(name).name, std::move(origin.address_block)));
  Subject subject = look_up(name);
  if (uint64_t app = find_app(subject.name, password.view()); app != 0) {
    Result<Login> login = conclude(attempt, admit(subject.name, subject.verifier, app));
    if (login) co_await note_use(*login, std::move(password));
    co_return login;
  }
  if (cache_.holds(subject.name, subject.verifier, password.view(), home_.clock().now())) {
    Result<Login> login = admit(subject.name, subject.verifier);
    if (login) co_return conclude(attempt, std::move(login));
  }
  Result<bool> right = co_await compare(subject.verifier, password.copy());
  if (!right) co_return conclude(attempt, std::unexpected(right.error()));
  Result<Login> login = admit(subject.name, subject.verifier);
  if (!*right) login = failed();
  login = conclude(attempt, std::move(login));
  if (login && is_outdated(subject.verifier, recipe_, app_saltings(subject.name))) {
    co_await renew(std::move(subject), std::move(password));
  } else if (login) {
    cache_.add(subject.name, subject.verifier, password.view(), home_.clock().now());
  }
  co_return login;
}

task<Result<ScramStep>> LocalAuthenticator::start_at_home(ScramStart start, Origin origin) {
  Policy allowed = policy();
  if (!(start.hash == sasl::ScramHash::sha_1 ? allowed.scram_sha_1 : allowed.scram_sha_256)) co_return unavailable();
  ROOST_CO_TRY(sasl::ClientFirst first, sasl::parse_client_first(start.client_first));
  ROOST_CO_TRY(Bytes bound, sasl::check_binding(first, start.plus, start.bindings));
  Subject subject = look_up(first.name);
  std::optional<sasl::ScramVerifier> verifier = scram_of(subject.verifier, start.hash);
  if (!verifier) co_return fault("a verifier that SCRAM cannot use");
  Bytes nonce = sasl::encode_base64(random_octets(kServerNonceOctets));
  AppKeys apps = app_keys(directory_.find(subject.name), *verifier);
  sasl::ScramServer server(std::move(first), *std::move(verifier), bound, nonce, std::move(apps.keys));
  Bytes message = server.server_first();
  uint64_t id =
      conversations_.add({std::move(subject.name), std::move(subject.verifier), std::move(origin.address_block),
                          std::move(server), home_.clock().now(), std::move(apps.ids)});
  co_return ScramStep{id, std::move(message)};
}

task<Result<ScramLogin>> LocalAuthenticator::finish_at_home(uint64_t conversation, Bytes client_final) {
  std::optional<Conversation> talk = conversations_.take(conversation, home_.clock().now());
  if (!talk) co_return failed();
  ROOST_CO_TRY(Throttle::Attempt attempt, co_await wait_turn(talk->name, talk->address_block));
  Result<sasl::ScramProven> proven = talk->server.finish(client_final);
  uint64_t app = proven && proven->password > 0 ? talk->app_passwords[proven->password - 1] : 0;
  Result<Login> login = admit(talk->name, talk->verifier, app);
  if (!proven) login = std::unexpected(proven.error());
  login = conclude(attempt, std::move(login));
  if (!login) co_return std::unexpected(login.error());
  if (app != 0) co_await note_use(*login);
  const Bytes& authzid = talk->server.first().authzid;
  if (!authzid.empty() && canonical_name(authzid) != login->name) {
    co_return no(Code::authorization_failed, "You may not act as somebody else.");
  }
  co_return ScramLogin{*std::move(login), std::move(proven->message)};
}

}  // namespace roost::auth
