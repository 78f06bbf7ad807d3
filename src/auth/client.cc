#include "auth/client.h"

#include <utility>

#include "auth/link.h"

namespace roost::auth {
namespace {

template <class T>
Result<T> as(Result<protocol::Answer> answer) {
  if (!answer) return std::unexpected(std::move(answer).error());
  if (auto* value = std::get_if<T>(&*answer)) return std::move(*value);
  return fault("the auth child gave another kind of answer", Code::unavailable);
}

Result<> as_done(Result<protocol::Answer> answer) {
  if (!answer) return std::unexpected(std::move(answer).error());
  return {};
}

class ChildAuthenticator : public Authenticator {
 public:
  explicit ChildAuthenticator(std::unique_ptr<Link> link) : link_(std::move(link)) {}

  task<Result<Login>> check_password(std::string name, Secret password, Origin origin) override {
    protocol::CheckPassword request{std::move(name), std::move(password), std::move(origin)};
    co_return as<Login>(co_await link_->call(std::move(request)));
  }

  task<Result<Login>> check_credential(Credential credential, Origin origin) override {
    protocol::CheckCredential request{std::move(credential), std::move(origin)};
    co_return as<Login>(co_await link_->call(std::move(request)));
  }

  task<Result<TokenAnswer>> check_token(ShownToken shown, Origin origin) override {
    protocol::CheckToken request{std::move(shown), std::move(origin)};
    co_return as<TokenAnswer>(co_await link_->call(std::move(request)));
  }

  task<Result<ScramStep>> scram_start(ScramStart start, Origin origin) override {
    protocol::StartScram request{std::move(start), std::move(origin)};
    co_return as<ScramStep>(co_await link_->call(std::move(request)));
  }

  task<Result<ScramLogin>> scram_finish(uint64_t conversation, Bytes client_final) override {
    protocol::FinishScram request{conversation, std::move(client_final)};
    co_return as<ScramLogin>(co_await link_->call(std::move(request)));
  }

  Policy policy() const override { return link_->policy(); }

  task<Result<std::optional<UserInfo>>> find_user(std::string name) override {
    protocol::FindUser request{std::move(name)};
    co_return as<std::optional<UserInfo>>(co_await link_->call(std::move(request)));
  }

  task<Result<UserInfo>> add_user(std::string name, AccountId account, Secret password) override {
    protocol::AddUser request{std::move(name), account, std::move(password)};
    co_return as<UserInfo>(co_await link_->call(std::move(request)));
  }

  task<Result<>> set_password(std::string name, Secret password) override {
    protocol::SetPassword request{std::move(name), std::move(password)};
    co_return as_done(co_await link_->call(std::move(request)));
  }

  task<Result<>> set_disabled(std::string name, bool disabled) override {
    protocol::SetDisabled request{std::move(name), disabled};
    co_return as_done(co_await link_->call(std::move(request)));
  }

  task<Result<UserInfo>> remove_user(std::string name) override {
    protocol::RemoveUser request{std::move(name)};
    co_return as<UserInfo>(co_await link_->call(std::move(request)));
  }

  task<Result<std::vector<UserInfo>>> list_users(std::string after) override {
    protocol::ListUsers request{std::move(after)};
    co_return as<std::vector<UserInfo>>(co_await link_->call(std::move(request)));
  }

  task<Result<NewAppPassword>> add_app_password(std::string name, std::string device) override {
    protocol::AddAppPassword request{std::move(name), std::move(device)};
    co_return as<NewAppPassword>(co_await link_->call(std::move(request)));
  }

  task<Result<std::vector<AppPasswordInfo>>> list_app_passwords(std::string name) override {
    protocol::ListAppPasswords request{std::move(name)};
    co_return as<std::vector<AppPasswordInfo>>(co_await link_->call(std::move(request)));
  }

  task<Result<AppPasswordInfo>> remove_app_password(std::string name, std::string device) override {
    protocol::RemoveAppPassword request{std::move(name), std::move(device)};
    co_return as<AppPasswordInfo>(co_await link_->call(std::move(request)));
  }

 private:
  std::unique_ptr<Link> link_;
};

}  // namespace

Result<std::unique_ptr<Authenticator>> spawn_auth_child(Config config) {
  ROOST_TRY_VOID(check(config));
  ROOST_TRY(std::unique_ptr<Link> link, Link::start(std::move(config), launch_self));
  return std::make_unique<ChildAuthenticator>(std::move(link));
}

}  // namespace roost::auth
