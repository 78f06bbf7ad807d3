// APPEND (RFC 9051 6.3.12) and MULTIAPPEND (RFC 3502).
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/features/appending.h"
#include "imapd/features/imap4rev2.h"
#include "imapd/features/own_changes.h"
#include "imapd/features/quota.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_append(Session& session, imap::Command& command) {
  auto& append = std::get<imap::Append>(command.body);
  mail::Append operation{.mailbox = append.mailbox, .messages = {}};
  ROOST_CO_TRY(operation.messages, co_await take_messages(session, append));
  const Place& place = session.append_intake().place();
  operation.mailbox = place.name;
  auto count = static_cast<uint32_t>(operation.messages.size());
  ROOST_CO_TRY(mail::OperationResult result, co_await place.account->execute(std::move(operation)));
  const auto& appended = std::get<mail::Appended>(result);
  tell_normalised(session, place, append.supplied);
  tell_soft_quota(session, place.account->id());
  UidSet uids{{appended.first, Uid(appended.first.value + count - 1)}};
  note_own_arrivals(session, place.account->id(), appended.mailbox, uids);
  co_return done(imap::code_append_uid(appended.uidvalidity, uids), "APPEND completed.");
}

constexpr Capability kCapabilities[] = {{"MULTIAPPEND", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::multiappend};

constexpr CommandRow kCommands[] = {
    {imap::Verb::append, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_append},
};

}  // namespace

constinit const Feature kAppend = {
    .name = "append", .capabilities = kCapabilities, .commands = kCommands, .grammar = kGrammar};

}  // namespace roost::imapd
