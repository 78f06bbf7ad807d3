// SUBSCRIBE and UNSUBSCRIBE (RFC 9051 6.3.7, 6.3.8). The name need not exist: a client may subscribe before it creates,
// and unsubscribe after it deleted.
#include "imapd/features/all.h"
#include "imapd/features/own_changes.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_subscribe(Session& session, imap::Command& command) {
  auto& name = std::get<imap::Subscribe>(command.body).mailbox;
  OwnName own(session, mail::NameChange::What::subscribed, name);
  ROOST_CO_TRY_VOID(co_await session.account().execute(mail::Subscribe{.name = std::move(name), .on = true}));
  own.done();
  co_return done("SUBSCRIBE completed.");
}

task<Result<Completion>> run_unsubscribe(Session& session, imap::Command& command) {
  auto& name = std::get<imap::Unsubscribe>(command.body).mailbox;
  OwnName own(session, mail::NameChange::What::unsubscribed, name);
  ROOST_CO_TRY_VOID(co_await session.account().execute(mail::Subscribe{.name = std::move(name), .on = false}));
  own.done();
  co_return done("UNSUBSCRIBE completed.");
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::subscribe, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_subscribe},
    {imap::Verb::unsubscribe, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_unsubscribe},
};

}  // namespace

constinit const Feature kSubscribe = {.name = "subscribe", .commands = kCommands};

}  // namespace roost::imapd
