// CLOSE (RFC 9051 6.4.2): expunges without a word, then deselects.
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_close(Session& session, imap::Command&) {
  Selected selected = *session.selected();
  if (!selected.read_only) {
    auto expunged = co_await session.selected_account().execute(mail::Expunge{.mailbox = selected.mailbox});
    // RFC 4314 4: where expunging is not allowed, CLOSE only closes.
    bool left_alone =
        !expunged && (expunged.error().code == Code::nonexistent || expunged.error().code == Code::no_perm);
    if (!expunged && !left_alone) co_return std::unexpected(std::move(expunged).error());
  }
  session.deselect();
  co_return done("CLOSE completed.");
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::close, kSelected, Hazard::ignores, 0, kSmallCommandBytes, run_close},
};

}  // namespace

constinit const Feature kClose = {.name = "close", .commands = kCommands};

}  // namespace roost::imapd
