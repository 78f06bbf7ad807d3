// STATUS (RFC 9051 6.3.11). Answered from counters; only \Recent of a mailbox with unclaimed messages opens its rows.
#include "imapd/features/all.h"
#include "imapd/features/status_row.h"
#include "imapd/place.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_status(Session& session, imap::Command& command) {
  const auto& status = std::get<imap::Status>(command.body);
  ROOST_CO_TRY(Place place, co_await find_place(session, status.mailbox));
  ROOST_CO_TRY(imap::StatusRow row, co_await status_row(session, place.account, place.name, status.items));
  imap::write_status(session.buffer(), status.mailbox, row, status.items, session.dialect().utf8_names);
  co_return done("STATUS completed.");
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::status, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_status},
};

}  // namespace

constinit const Feature kStatus = {.name = "status", .commands = kCommands};

}  // namespace roost::imapd
