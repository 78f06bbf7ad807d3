// UNAUTHENTICATE (RFC 8437): the connection, and what TLS it has, for another user. Never NO: a client may have sent
// the next AUTHENTICATE with it.
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

bool offers_unauthenticate(const Session& session) { return session.config().unauthenticate; }

task<Result<Completion>> run_unauthenticate(Session& session, imap::Command& command) {
  if (!offers_unauthenticate(session)) co_return bad("UNAUTHENTICATE is not offered.");
  session.log_out();
  imap::write_tagged(session.buffer(), command.tag, imap::Condition::ok, {}, "Logged out, and still connected.");
  ROOST_CO_TRY_VOID(co_await session.flush());
  session.stream().stop_deflate();  // RFC 8437 4.1: behind the OK, and what was read behind the command
  co_return Completion{.sent = true};
}

constexpr Capability kCapabilities[] = {{"UNAUTHENTICATE", kLoggedIn, offers_unauthenticate}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::unauthenticate, kLoggedIn, Hazard::ignores, 0, kSmallCommandBytes, run_unauthenticate},
};

}  // namespace

constinit const Feature kUnauthenticate = {
    .name = "unauthenticate", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
