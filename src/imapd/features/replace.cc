// REPLACE and UID REPLACE (RFC 8508): a message arrives and another goes in one record, so that nobody ever sees both
// or neither.
#include "imapd/features/replace.h"

#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/features/appending.h"
#include "imapd/features/imap4rev2.h"
#include "imapd/features/own_changes.h"
#include "imapd/features/quota.h"
#include "imapd/telling.h"

namespace roost::imapd {

task<Result<Uid>> find_replaced(Session& session, imap::SequenceSet set, bool by_uid) {
  const Selected* selected = session.selected();
  if (selected != nullptr && selected->read_only) co_return no(Code::read_only, "The mailbox is read-only.");
  ROOST_CO_TRY(View view, co_await catch_up(session, Needs::flags));
  ROOST_CO_TRY(UidSet uids, view.resolve(set, by_uid));
  if (uids.empty()) co_return no(Code::nonexistent, "There is no such message.");
  if (view.ghosts().contains(*uids.first())) co_return no(Code::expunge_issued, "The message is gone.");
  co_return *uids.first();
}

namespace {

task<Result<Completion>> run_replace(Session& session, imap::Command& command) {
  auto& append = std::get<imap::Append>(command.body);
  ROOST_CO_TRY(Uid replaced, co_await find_replaced(session, *append.replaces, append.uid));
  ROOST_CO_TRY(std::vector<mail::NewMessage> messages, co_await take_messages(session, append));
  const Place& place = session.append_intake().place();
  if (place.account->id() != session.selected_account().id()) {
    co_return no(Code::cannot, "A message cannot be replaced by one in another account.");
  }
  mail::Replace operation{
      .from = session.selected()->mailbox, .uid = replaced, .to = place.name, .message = std::move(messages.front())};
  ROOST_CO_TRY(mail::OperationResult result, co_await session.selected_account().execute(std::move(operation)));
  const auto& appended = std::get<mail::Appended>(result);
  note_own_arrivals(session, place.account->id(), appended.mailbox, UidSet::single(appended.first));
  tell_normalised(session, place, append.supplied);
  tell_soft_quota(session, place.account->id());
  // RFC 8508 4.3: APPENDUID in an untagged OK, before the EXPUNGE.
  imap::write_untagged(session.buffer(), imap::Condition::ok,
                       imap::code_append_uid(appended.uidvalidity, UidSet::single(appended.first)), "Replaced.");
  co_return done("REPLACE completed.");
}

constexpr Capability kCapabilities[] = {{"REPLACE", kLoggedIn}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::replace, kSelected, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_replace},
    {imap::Verb::uid_replace, kSelected, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_replace},
};

}  // namespace

constinit const Feature kReplace = {.name = "replace", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
