// The rules of logging in and of changing users, over the directory, the throttle, the cache and the hashing pool.
// All members live on the home loop: calls hop there and back.
#pragma once

#include <atomic>
#include <memory>

#include "auth/app_password.h"
#include "auth/conversations.h"
#include "auth/directory.h"
#include "auth/local.h"
#include "auth/login_cache.h"
#include "auth/throttle.h"
#include "auth/tokens.h"
#include "rt/event.h"

namespace roost::auth {

// What the rules stand on; all must outlive the Authenticator.
struct Ground {
  rt::Loop& home;
  rt::Pool& pool;
  Files& files;
  // For OAUTHBEARER and XOAUTH2; null where that is off. The pool is for questions to the issuer, who may be slow: its
  // waiting must not keep hashes from their turn.
  std::shared_ptr<Tokens> tokens;
  std::shared_ptr<rt::Pool> token_pool;
};

class LocalAuthenticator : public Authenticator {
 public:
  LocalAuthenticator(Config config, Ground ground, Directory directory, sasl::Secret secret,
                     std::optional<DirectoryLock> lock);

  task<Result<Login>> check_password(std::string name, Secret password, Origin origin) override;
  task<Result<Login>> check_credential(Credential credential, Origin origin) override;
  task<Result<TokenAnswer>> check_token(ShownToken shown, Origin origin) override;
  task<Result<ScramStep>> scram_start(ScramStart start, Origin origin) override;
  task<Result<ScramLogin>> scram_finish(uint64_t conversation, Bytes client_final) override;
  Policy policy() const override;
  task<Result<std::optional<UserInfo>>> find_user(std::string name) override;
  task<Result<UserInfo>> add_user(std::string name, AccountId account, Secret password) override;
  task<Result<>> set_password(std::string name, Secret password) override;
  task<Result<>> set_disabled(std::string name, bool disabled) override;
  task<Result<UserInfo>> remove_user(std::string name) override;
  task<Result<std::vector<UserInfo>>> list_users(std::string after) override;
  task<Result<NewAppPassword>> add_app_password(std::string name, std::string device) override;
  task<Result<std::vector<AppPasswordInfo>>> list_app_passwords(std::string name) override;
  task<Result<AppPasswordInfo>> remove_app_password(std::string name, std::string device) override;

 private:
  // Who an attempt names, as the directory stood when it was looked up.
  struct Subject {
    std::string name;      // canonical, or as it came where that cannot be
    std::string verifier;  // the user's, or a decoy
  };

  template <class T>
  task<T> at_home(task<T> work);

  task<Result<Login>> check_at_home(std::string name, Secret password, Origin origin);
  task<Result<Login>> credential_at_home(Credential credential, Origin origin);
  task<Result<Login>> check_certificate(CertifiedName shown, Origin origin);
  task<Result<Login>> check_cram(CramAnswer shown, Origin origin);
  Result<Login> enter_anonymously() const;
  task<Result<TokenAnswer>> token_at_home(ShownToken shown, Origin origin);
  task<Result<std::string>> owner_of(Secret token);
  task<Result<ScramStep>> start_at_home(ScramStart start, Origin origin);
  task<Result<ScramLogin>> finish_at_home(uint64_t conversation, Bytes client_final);
  task<Result<std::optional<UserInfo>>> find_at_home(std::string name);
  task<Result<UserInfo>> add_at_home(std::string name, AccountId account, Secret password);
  task<Result<>> set_password_at_home(std::string name, Secret password);
  task<Result<>> set_disabled_at_home(std::string name, bool disabled);
  task<Result<UserInfo>> remove_at_home(std::string name);
  task<Result<std::vector<UserInfo>>> list_at_home(std::string after);
  task<Result<NewAppPassword>> add_app_at_home(std::string name, std::string device);
  task<Result<std::vector<AppPasswordInfo>>> list_app_at_home(std::string name);
  task<Result<AppPasswordInfo>> remove_app_at_home(std::string name, std::string device);

  Subject look_up(std::string_view name) const;
  // The login, if the user still is the one whose verifier was compared, and may log in.
  Result<Login> admit(const std::string& name, std::string_view verifier) const;
  // The same by an app password that was proven; 0: the user's own.
  Result<Login> admit(const std::string& name, std::string_view verifier, uint64_t app_password) const;
  // The id of the user's app password that this is; 0: of none, or he may not log in.
  uint64_t find_app(const std::string& name, std::string_view password) const;
  uint64_t find_app(const CramAnswer& shown, const std::string& name) const;
  Saltings app_saltings(const std::string& name) const;
  Result<Login> conclude(const Throttle::Attempt& attempt, Result<Login> login);
  task<Result<Throttle::Attempt>> wait_turn(std::string name, std::string address_block);
  task<Result<bool>> compare(std::string verifier, Secret password);
  task<Result<std::string>> hash(Secret password, Saltings kept = {});
  task<Result<>> store(Change change);
  task<> renew(Subject subject, Secret password);
  task<> renew_app(Login login, Secret password);
  // After a login with an app password: notes the day, and keeps what is stored of the password (where it was shown)
  // as the configuration wants it. Whoever logs in does not learn whether it worked.
  task<> note_use(Login login, Secret password = {});
  task<> write_uses();
  void set_policy();

  Config config_;
  Recipe recipe_;
  rt::Loop& home_;
  rt::Pool& pool_;
  Files& files_;
  std::shared_ptr<Tokens> tokens_;
  std::shared_ptr<rt::Pool> token_pool_;
  Directory directory_;
  Decoys decoys_;
  std::optional<DirectoryLock> lock_;
  Throttle throttle_;
  LoginCache cache_;
  Conversations conversations_;
  rt::Mutex changes_;  // one change of the directory at a time
  uint32_t hashing_ = 0;
  uint32_t delayed_ = 0;
  uint32_t checking_tokens_ = 0;
  std::optional<TimePoint> uses_written_;  // when days of use were last written for their own sake
  bool uses_unwritten_ = false;
  std::atomic<Policy> policy_{Policy{}};
};

}  // namespace roost::auth
