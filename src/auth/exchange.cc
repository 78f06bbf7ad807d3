#include "auth/exchange.h"

#include <utility>

#include "auth/name.h"
#include "sasl/mechanism.h"

namespace roost::auth {
namespace {

using Outcome = Result<std::variant<Challenge, Login>>;

class SaslExchange : public Exchange {
 public:
  SaslExchange(Authenticator& authenticator, std::unique_ptr<sasl::Mechanism> mechanism, Origin origin,
               ChannelBinding binding)
      : authenticator_(authenticator),
        mechanism_(std::move(mechanism)),
        origin_(std::move(origin)),
        binding_(std::move(binding)) {}

  task<Outcome> step(std::optional<Bytes> response) override {
    sasl::Secret held(response ? std::move(*response) : Bytes());
    Result<sasl::Step> next = mechanism_->step(response ? std::optional<BytesView>(held.view()) : std::nullopt);
    while (next) {
      if (auto* challenge = std::get_if<sasl::Challenge>(&*next)) co_return Challenge{std::move(challenge->data)};
      if (std::holds_alternative<sasl::Finished>(*next)) co_return std::move(login_);
      if (auto* check = std::get_if<sasl::CheckPassword>(&*next)) co_return co_await check_password(std::move(*check));
      Result<Bytes> message = co_await ask(std::move(*next));
      if (!message) co_return std::unexpected(message.error());
      next = mechanism_->answer(*std::move(message));
    }
    co_return std::unexpected(next.error());
  }

 private:
  task<Outcome> check_password(sasl::CheckPassword check) {
    ROOST_CO_TRY(Login login, co_await authenticator_.check_password(check.name, std::move(check.password), origin_));
    if (!check.authzid.empty() && canonical_name(check.authzid) != login.name) {
      co_return no(Code::authorization_failed, "You may not act as somebody else.");
    }
    co_return std::move(login);
  }

  // The two questions that only the holder of the verifier can answer.
  task<Result<Bytes>> ask(sasl::Step question) {
    if (auto* start = std::get_if<sasl::StartScram>(&question)) {
      ROOST_CO_TRY(ScramStep first,
                   co_await authenticator_.scram_start(std::move(start->client_first), binding_, origin_));
      conversation_ = first.conversation;
      co_return std::move(first.message);
    }
    auto& finish = std::get<sasl::FinishScram>(question);
    ROOST_CO_TRY(ScramLogin last, co_await authenticator_.scram_finish(conversation_, std::move(finish.client_final)));
    login_ = std::move(last.login);
    co_return std::move(last.message);
  }

  Authenticator& authenticator_;
  std::unique_ptr<sasl::Mechanism> mechanism_;
  Origin origin_;
  ChannelBinding binding_;
  uint64_t conversation_ = 0;
  Login login_;
};

bool is_scram(std::string_view mechanism) {
  return mechanism.size() > 5 && (mechanism[0] == 'S' || mechanism[0] == 's');
}

}  // namespace

std::vector<std::string_view> mechanisms(const Policy& policy, bool clear) {
  std::vector<std::string_view> out;
  if (policy.scram_sha_256) out.emplace_back("SCRAM-SHA-256");
  if (policy.plain && !clear) {
    out.emplace_back("PLAIN");
    out.emplace_back("LOGIN");
  }
  return out;
}

std::unique_ptr<Exchange> start_exchange(Authenticator& authenticator, std::string_view mechanism, Origin origin,
                                         ChannelBinding binding) {
  std::unique_ptr<sasl::Mechanism> machine = sasl::make_mechanism(mechanism);
  Policy policy = authenticator.policy();
  if (!machine || !(is_scram(mechanism) ? policy.scram_sha_256 : policy.plain)) return nullptr;
  return std::make_unique<SaslExchange>(authenticator, std::move(machine), std::move(origin), std::move(binding));
}

}  // namespace roost::auth
