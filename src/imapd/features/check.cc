// CHECK (RFC 3501 6.4.1). Everything acknowledged is durable already.
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_check(Session&, imap::Command&) { co_return done("CHECK completed."); }

constexpr CommandRow kCommands[] = {
    {imap::Verb::check, kSelected, Hazard::breaks, 0, 0, run_check},
};

}  // namespace

constinit const Feature kCheck = {.name = "check", .commands = kCommands};

}  // namespace roost::imapd
