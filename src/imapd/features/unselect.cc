// UNSELECT (RFC 3691): deselects and expunges nothing.
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_unselect(Session& session, imap::Command&) {
  session.deselect();
  co_return done("UNSELECT completed.");
}

constexpr Capability kCapabilities[] = {{"UNSELECT", kLoggedIn}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::unselect, kSelected, Hazard::ignores, 0, 0, run_unselect},
};

}  // namespace

constinit const Feature kUnselect = {.name = "unselect", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
