// APPEND (RFC 9051 6.3.12) and MULTIAPPEND (RFC 3502). The messages have been streamed to the store by the time this
// runs (append_intake.h): what is left is the one commit.
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/features/imap4rev2.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

mail::InternalDate date_of(const imap::AppendMessage& message, Session& session) {
  if (!message.date) return {.seconds = session.stream().loop().clock().wall().seconds};
  return {.seconds = message.date->utc.seconds, .zone_minutes = message.date->zone_minutes};
}

task<Result<Completion>> run_append(Session& session, imap::Command& command) {
  auto& append = std::get<imap::Append>(command.body);
  AppendIntake* intake = session.append_intake();
  if (intake == nullptr) co_return bad("APPEND takes its messages as literals.");
  mail::Append operation{.mailbox = append.mailbox, .messages = intake->take()};
  if (operation.messages.size() != append.messages.size()) co_return fault("APPEND lost a message");
  for (size_t i = 0; i < append.messages.size(); ++i) {
    mail::NewMessage& message = operation.messages[i];
    message.flags = append.messages[i].flags.system;
    message.keywords = std::move(append.messages[i].flags.keywords);
    message.internal_date = date_of(append.messages[i], session);
  }
  auto count = static_cast<uint32_t>(operation.messages.size());
  ROOST_CO_TRY(mail::OperationResult result, co_await session.account().execute(std::move(operation)));
  const auto& appended = std::get<mail::Appended>(result);
  tell_normalised(session, append.mailbox, append.supplied);
  UidSet uids{{appended.first, Uid(appended.first.value + count - 1)}};
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
