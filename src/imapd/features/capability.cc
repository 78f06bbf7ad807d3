// CAPABILITY (RFC 9051 6.1.1), and what the framer and the parser do for every command.
#include "imap/response.h"
#include "imapd/features.h"
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_capability(Session& session, imap::Command&) {
  imap::write_capability(session.buffer(), capabilities_of(session));
  co_return done("CAPABILITY completed.");
}

bool offers_literal_plus(const Session& session) { return !session.config().literal_minus; }
bool offers_literal_minus(const Session& session) { return session.config().literal_minus; }

constexpr Capability kCapabilities[] = {
    {"IMAP4rev1"},
    {"LITERAL+", kAnyState, offers_literal_plus},  // RFC 7888: one of the two, never both
    {"LITERAL-", kAnyState, offers_literal_minus},
};

constexpr CommandRow kCommands[] = {
    {imap::Verb::capability, kAnyState, Hazard::breaks, 0, kSmallCommandBytes, run_capability},
};

}  // namespace

constinit const Feature kCapability = {.name = "capability", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
