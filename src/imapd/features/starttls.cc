// STARTTLS (RFC 9051 6.2.1). Whatever came in clear behind the command is thrown away before the handshake: it could be
// anybody's.
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

bool offers_starttls(const Session& session) { return session.config().starttls && !session.stream().tls(); }

task<Result<Completion>> run_starttls(Session& session, imap::Command& command) {
  if (!offers_starttls(session)) co_return bad("TLS is not available here.");
  session.input().discard();
  session.stream().discard_input();
  imap::write_tagged(session.buffer(), command.tag, imap::Condition::ok, {}, "Begin TLS negotiation now.");
  ROOST_CO_TRY_VOID(co_await session.flush());
  ROOST_CO_TRY_VOID(co_await session.stream().start_tls());
  co_return Completion{.sent = true};
}

constexpr Capability kCapabilities[] = {{"STARTTLS", kNotAuthenticated, offers_starttls}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::starttls, kNotAuthenticated, Hazard::ignores, 0, 0, run_starttls},
};

}  // namespace

constinit const Feature kStartTls = {.name = "starttls", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
