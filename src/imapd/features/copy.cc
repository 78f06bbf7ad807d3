// COPY (RFC 9051 6.4.7) and UID COPY, with COPYUID (RFC 4315 3).
#include "imapd/features/all.h"
#include "imapd/features/copying.h"
#include "imapd/features/quota.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_copy(Session& session, imap::Command& command) {
  ROOST_CO_TRY(Copying copying, co_await copy_messages(session, std::get<imap::Copy>(command.body)));
  if (copying.refused) co_return *std::move(copying.refused);
  const mail::Copied& copied = copying.copied;
  if (copied.source.empty()) co_return done("Nothing to copy.");
  tell_soft_quota(session, copying.to);
  co_return done(imap::code_copy_uid(copied.uidvalidity, copied.source, copied.target), "COPY completed.");
}

// COPY by number may stand before others that use numbers (RFC 3501 5.5: STORE + COPY + EXPUNGE), so it shifts none.
constexpr CommandRow kCommands[] = {
    {imap::Verb::copy, kSelected, Hazard::uses, kNameLiteralBytesMax, kSmallCommandBytes, run_copy},
    {imap::Verb::uid_copy, kSelected, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_copy},
};

}  // namespace

constinit const Feature kCopy = {.name = "copy", .commands = kCommands};

}  // namespace roost::imapd
