// MOVE and UID MOVE (RFC 6851): copied and expunged in one record, so that nobody ever sees half of it.
#include "imapd/features/all.h"
#include "imapd/features/copying.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_move(Session& session, imap::Command& command) {
  if (session.selected()->read_only) co_return no(Code::read_only, "The mailbox is read-only.");
  ROOST_CO_TRY(Copying copying, co_await copy_messages(session, std::get<imap::Copy>(command.body)));
  const mail::Copied& moved = copying.copied;
  if (moved.source.empty()) co_return done("Nothing to move.");
  // RFC 6851 4.3: COPYUID in an untagged OK, before the EXPUNGEs.
  imap::write_untagged(session.buffer(), imap::Condition::ok,
                       imap::code_copy_uid(moved.uidvalidity, moved.source, moved.target), "Moved.");
  Result<Completion> completion = done("MOVE completed.");
  say_limit(session, copying.messages, completion);
  co_return completion;
}

constexpr Capability kCapabilities[] = {{"MOVE", kLoggedIn}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::move, kSelected, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_move},
    {imap::Verb::uid_move, kSelected, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_move},
};

}  // namespace

constinit const Feature kMove = {.name = "move", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
