// AUTHENTICATE (RFC 9051 6.2.2) with SASL-IR (RFC 4959): base64, the "*" that cancels, and the mechanism's turns.
#include <algorithm>

#include "auth/exchange.h"
#include "imap/base64.h"
#include "imap/response.h"
#include "imapd/features.h"
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

using Step = std::variant<auth::Challenge, auth::Login>;

std::vector<std::string_view> offered(const Session& session) {
  const std::optional<net::TlsInfo>& tls = session.stream().tls();
  auth::Channel channel{session.is_clear_text(), tls && tls->binds, tls && !tls->client_name.empty()};
  return auth::mechanisms(session.services().authenticator.policy(), channel);
}

// What the channel gives to bind to, which a -PLUS mechanism may take once (RFC 9266 4.1). Of the others it is enough
// to know that there is something (RFC 5802 6).
std::vector<auth::ChannelBinding> bindings_for(const Session& session, std::string_view mechanism) {
  const std::optional<net::TlsInfo>& tls = session.stream().tls();
  std::vector<auth::ChannelBinding> out;
  if (!tls || !tls->binds) return out;
  if (!mechanism.ends_with("-PLUS")) return {{"any", {}}};
  for (net::ChannelBinding& binding : session.stream().channel_bindings()) {
    out.push_back({std::move(binding.type), std::move(binding.data)});
  }
  return out;
}

auth::Circumstances circumstances_of(const Session& session, std::string_view mechanism) {
  auth::Circumstances out{.origin = session.origin(),
                          .host_name = session.config().host_name,
                          .token_scope = session.config().token_scope,
                          .discovery_url = session.config().discovery_url};
  out.bindings = bindings_for(session, mechanism);
  if (session.stream().tls()) out.certificate_name = session.stream().tls()->client_name;
  return out;
}

void announce_mechanisms(const Session& session, std::vector<std::string>& capabilities) {
  if (session.state() != State::not_authenticated) return;
  for (std::string_view name : offered(session)) capabilities.push_back("AUTH=" + std::string(name));
}

task<Result<Bytes>> ask(Session& session, BytesView challenge) {
  imap::write_challenge(session.buffer(), challenge);
  ROOST_CO_TRY(Bytes line, co_await session.read_answer());
  auth::Secret wiped(std::move(line));
  if (wiped.view() == "*") co_return bad("AUTHENTICATE cancelled.");
  co_return imap::decode_base64(wiped.view());
}

task<Result<auth::Login>> exchange_turns(Session& session, auth::Exchange& exchange, std::optional<Bytes> response) {
  while (true) {
    ROOST_CO_TRY(Step step, co_await exchange.step(std::move(response)));
    if (auto* login = std::get_if<auth::Login>(&step)) co_return std::move(*login);
    ROOST_CO_TRY(response, co_await ask(session, std::get<auth::Challenge>(step).data));
  }
}

task<Result<Completion>> run_authenticate(Session& session, imap::Command& command) {
  auto& authenticate = std::get<imap::Authenticate>(command.body);
  session.input().wipe_command();
  auto names = offered(session);
  bool known = std::find(names.begin(), names.end(), authenticate.mechanism) != names.end();
  if (!known && session.is_clear_text()) {
    co_return no(Code::privacy_required, "No such mechanism, or not in clear: use TLS.");
  }
  if (!known) co_return no(Code::cannot, "No such mechanism.");
  auto exchange = auth::start_exchange(session.services().authenticator, authenticate.mechanism,
                                       circumstances_of(session, authenticate.mechanism));
  if (!exchange) co_return no(Code::cannot, "No such mechanism.");
  Result<auth::Login> who = co_await exchange_turns(session, *exchange, std::move(authenticate.initial_response));
  if (!who) {
    if (who.error().kind != Error::Kind::no) co_return std::unexpected(std::move(who).error());
    ROOST_CO_TRY_VOID(session.note_failed_login({}, who.error()));
    co_return std::unexpected(std::move(who).error());
  }
  ROOST_CO_TRY_VOID(co_await session.log_in(*std::move(who)));
  co_return done(imap::code_capability(capabilities_of(session)), "Logged in.");
}

constexpr Capability kCapabilities[] = {{"SASL-IR", kNotAuthenticated}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::sasl_ir};

constexpr CommandRow kCommands[] = {
    {imap::Verb::authenticate, kNotAuthenticated, Hazard::ignores, 0, kSmallCommandBytes, run_authenticate},
};

}  // namespace

constinit const Feature kAuthenticate = {.name = "authenticate",
                                         .capabilities = kCapabilities,
                                         .announce = announce_mechanisms,
                                         .commands = kCommands,
                                         .grammar = kGrammar};

}  // namespace roost::imapd
