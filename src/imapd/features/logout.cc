// LOGOUT (RFC 9051 6.1.3).
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_logout(Session& session, imap::Command& command) {
  Fail end = session.bye("logout", "Goodbye.");
  imap::write_tagged(session.buffer(), command.tag, imap::Condition::ok, {}, "LOGOUT completed.");
  co_return end;
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::logout, kAnyState, Hazard::ignores, 0, 0, run_logout},
};

}  // namespace

constinit const Feature kLogout = {.name = "logout", .commands = kCommands};

}  // namespace roost::imapd
