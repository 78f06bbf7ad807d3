#include "auth/exchange.h"

#include <algorithm>
#include <utility>

#include "auth/name.h"
#include "auth/verifier.h"
#include "base/log.h"
#include "sasl/base64.h"
#include "sasl/mechanism.h"
#include "sasl/oauth_messages.h"

namespace roost::auth {
namespace {

using Outcome = Result<std::variant<Challenge, Login>>;

constexpr size_t kChallengeOctets = 18;

// RFC 2195 2: an RFC 822 msg-id that nobody could foresee. What the random octets are written in has no character that
// would have to be quoted there.
Bytes make_challenge(std::string_view host_name) {
  Bytes left = sasl::encode_base64(random_octets(kChallengeOctets));
  return "<" + left + "@" + std::string(host_name.empty() ? "localhost" : host_name) + ">";
}

// RFC 4422 3.4.1: who is known may act as himself only; empty: so he asks.
Outcome acting_as(Login login, std::string_view authzid) {
  if (!authzid.empty() && canonical_name(authzid) != login.name) {
    return no(Code::authorization_failed, "You may not act as somebody else.");
  }
  return std::move(login);
}

class SaslExchange : public Exchange {
 public:
  SaslExchange(Authenticator& authenticator, std::unique_ptr<sasl::Mechanism> mechanism, Bytes challenge,
               Circumstances circumstances)
      : authenticator_(authenticator),
        mechanism_(std::move(mechanism)),
        challenge_(std::move(challenge)),
        circumstances_(std::move(circumstances)) {}

  task<Outcome> step(std::optional<Bytes> response) override {
    if (refused_) co_return std::unexpected(*refused_);
    sasl::Secret held(response ? std::move(*response) : Bytes());
    Result<sasl::Step> next = mechanism_->step(response ? std::optional<BytesView>(held.view()) : std::nullopt);
    while (next) {
      if (auto* challenge = std::get_if<sasl::Challenge>(&*next)) co_return Challenge{std::move(challenge->data)};
      if (std::holds_alternative<sasl::Finished>(*next)) co_return std::move(login_);
      bool scram = std::holds_alternative<sasl::StartScram>(*next) || std::holds_alternative<sasl::FinishScram>(*next);
      if (!scram) co_return co_await conclude(*std::move(next));
      Result<Bytes> message = co_await ask(*std::move(next));
      if (!message) co_return std::unexpected(message.error());
      next = mechanism_->answer(*std::move(message));
    }
    co_return std::unexpected(next.error());
  }

 private:
  // The mechanism's last question.
  task<Outcome> conclude(sasl::Step question) {
    const Origin& origin = circumstances_.origin;
    if (auto* check = std::get_if<sasl::CheckPassword>(&question)) {
      ROOST_CO_TRY(Login login,
                   co_await authenticator_.check_password(check->name, std::move(check->password), origin));
      co_return acting_as(std::move(login), check->authzid);
    }
    if (auto* check = std::get_if<sasl::CheckCertificate>(&question)) {
      ROOST_CO_TRY(Login login, co_await show(CertifiedName{circumstances_.certificate_name}));
      co_return acting_as(std::move(login), check->authzid);
    }
    if (auto* check = std::get_if<sasl::CheckCram>(&question)) {
      co_return acting_as_oneself(
          co_await show(CramAnswer{std::move(check->name), challenge_, std::move(check->digest)}));
    }
    if (auto* check = std::get_if<sasl::CheckToken>(&question)) {
      co_return co_await check_token(ShownToken{std::move(check->name), std::move(check->token)});
    }
    log::info("anonymous", {{"trace", std::get<sasl::EnterAnonymously>(question).trace}});
    co_return acting_as_oneself(co_await show(Nobody{}));
  }

  static Outcome acting_as_oneself(Result<Login> login) {
    if (!login) return std::unexpected(std::move(login).error());
    return *std::move(login);
  }

  task<Result<Login>> show(Credential credential) {
    return authenticator_.check_credential(std::move(credential), circumstances_.origin);
  }

  // RFC 7628 3.2.3: a refusal is a challenge, and fails with the response to it, whatever that is.
  task<Outcome> check_token(ShownToken shown) {
    std::string name = shown.name;
    ROOST_CO_TRY(TokenAnswer answer, co_await authenticator_.check_token(std::move(shown), circumstances_.origin));
    if (answer.login) co_return *std::move(answer.login);
    log::info("token_refused", {{"user", name}, {"why", answer.why}});
    refused_ = no(Code::authentication_failed, "Authentication failed.").error();
    co_return Challenge{sasl::write_oauth_refusal(circumstances_.token_scope, circumstances_.discovery_url)};
  }

  // The two questions of SCRAM, which only the holder of the verifier can answer.
  task<Result<Bytes>> ask(sasl::Step question) {
    if (auto* start = std::get_if<sasl::StartScram>(&question)) {
      ScramStart first{start->hash, start->plus, std::move(start->client_first), std::move(circumstances_.bindings)};
      ROOST_CO_TRY(ScramStep answer, co_await authenticator_.scram_start(std::move(first), circumstances_.origin));
      conversation_ = answer.conversation;
      co_return std::move(answer.message);
    }
    auto& finish = std::get<sasl::FinishScram>(question);
    ROOST_CO_TRY(ScramLogin last, co_await authenticator_.scram_finish(conversation_, std::move(finish.client_final)));
    login_ = std::move(last.login);
    co_return std::move(last.message);
  }

  Authenticator& authenticator_;
  std::unique_ptr<sasl::Mechanism> mechanism_;
  Bytes challenge_;
  Circumstances circumstances_;
  uint64_t conversation_ = 0;
  Login login_;
  std::optional<Error> refused_;
};

bool equal_ignoring_case(std::string_view a, std::string_view upper) {
  auto to_upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::ranges::equal(a, upper, {}, to_upper);
}

}  // namespace

std::vector<std::string_view> mechanisms(const Policy& policy, const Channel& channel) {
  std::vector<std::string_view> out;
  auto add = [&out](std::string_view name, bool usable) {
    if (usable) out.push_back(name);
  };
  add("SCRAM-SHA-256-PLUS", policy.scram_sha_256 && channel.binds);
  add("SCRAM-SHA-256", policy.scram_sha_256);
  add("SCRAM-SHA-1-PLUS", policy.scram_sha_1 && channel.binds);
  add("SCRAM-SHA-1", policy.scram_sha_1);
  add("OAUTHBEARER", policy.oauth && !channel.clear);
  add("XOAUTH2", policy.oauth && !channel.clear);
  add("EXTERNAL", policy.external && channel.certificate);
  add("PLAIN", policy.plain && !channel.clear);
  add("LOGIN", policy.plain && !channel.clear);
  add("CRAM-MD5", policy.cram_md5);
  add("ANONYMOUS", policy.anonymous);
  return out;
}

std::unique_ptr<Exchange> start_exchange(Authenticator& authenticator, std::string_view mechanism,
                                         Circumstances circumstances) {
  Channel channel{false, !circumstances.bindings.empty(), !circumstances.certificate_name.empty()};
  std::vector<std::string_view> usable = mechanisms(authenticator.policy(), channel);
  auto named = [mechanism](std::string_view name) { return equal_ignoring_case(mechanism, name); };
  if (std::ranges::none_of(usable, named)) return nullptr;
  Bytes challenge = make_challenge(circumstances.host_name);
  std::unique_ptr<sasl::Mechanism> machine = sasl::make_mechanism(mechanism, challenge);
  if (!machine) return nullptr;
  return std::make_unique<SaslExchange>(authenticator, std::move(machine), std::move(challenge),
                                        std::move(circumstances));
}

}  // namespace roost::auth
