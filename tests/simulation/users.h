// Who may log in: everybody named here, with any password. Hashing passwords is not what is simulated.
#pragma once

#include <map>
#include <string>

#include "auth/authenticator.h"

namespace roost::simulation {

class Users final : public auth::Authenticator {
 public:
  explicit Users(std::map<std::string, AccountId> ids) : ids_(std::move(ids)) {}

  task<Result<auth::Login>> check_password(std::string name, auth::Secret, auth::Origin) override {
    auto found = ids_.find(name);
    if (found == ids_.end()) co_return no(Code::authentication_failed, "Authentication failed.");
    co_return auth::Login{.account = found->second, .name = name};
  }
  task<Result<std::optional<auth::UserInfo>>> find_user(std::string name) override {
    auto found = ids_.find(name);
    if (found == ids_.end()) co_return std::optional<auth::UserInfo>();
    co_return std::optional(auth::UserInfo{.name = name, .account = found->second, .created = {}});
  }
  auth::Policy policy() const override { return {}; }

  task<Result<auth::Login>> check_credential(auth::Credential, auth::Origin) override { co_return refused(); }
  task<Result<auth::TokenAnswer>> check_token(auth::ShownToken, auth::Origin) override { co_return refused(); }
  task<Result<auth::ScramStep>> scram_start(auth::ScramStart, auth::Origin) override { co_return refused(); }
  task<Result<auth::ScramLogin>> scram_finish(uint64_t, Bytes) override { co_return refused(); }
  task<Result<auth::UserInfo>> add_user(std::string, AccountId, auth::Secret) override { co_return refused(); }
  task<Result<>> set_password(std::string, auth::Secret) override { co_return refused(); }
  task<Result<>> set_disabled(std::string, bool) override { co_return refused(); }
  task<Result<auth::UserInfo>> remove_user(std::string) override { co_return refused(); }
  task<Result<std::vector<auth::UserInfo>>> list_users(std::string) override {
    co_return std::vector<auth::UserInfo>();
  }
  task<Result<auth::NewAppPassword>> add_app_password(std::string, std::string) override { co_return refused(); }
  task<Result<std::vector<auth::AppPasswordInfo>>> list_app_passwords(std::string) override {
    co_return std::vector<auth::AppPasswordInfo>();
  }
  task<Result<auth::AppPasswordInfo>> remove_app_password(std::string, std::string) override { co_return refused(); }

 private:
  static Fail refused() { return no(Code::cannot, "Not here."); }

  const std::map<std::string, AccountId> ids_;
};

}  // namespace roost::simulation
