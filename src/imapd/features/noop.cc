// NOOP (RFC 9051 6.1.2): a chance to be told what happened.
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_noop(Session&, imap::Command&) { co_return done("NOOP completed."); }

constexpr CommandRow kCommands[] = {
    {imap::Verb::noop, kAnyState, Hazard::breaks, 0, 0, run_noop},
};

}  // namespace

constinit const Feature kNoop = {.name = "noop", .commands = kCommands};

}  // namespace roost::imapd
