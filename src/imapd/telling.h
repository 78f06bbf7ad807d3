// What is said about changes: the one place that turns them into responses.
#pragma once

#include "base/result.h"
#include "base/uid_set.h"
#include "imapd/feature.h"
#include "imapd/view.h"
#include "mail/engine.h"
#include "mail/snapshot.h"
#include "rt/task.h"

namespace roost::imapd {

class Session;

// What of the selected mailbox a command reads, beside the numbers of its messages.
enum class Needs : uint8_t { flags, all_rows };

// The client's numbering at the newest state, with what is needed in memory. Says nothing; what has to be said is noted
// in the session's Selected. Ends the session with BYE where the mailbox is gone. Where the user may not read it any
// more, it is closed (CLOSED is said) and the error is no(no_perm): nothing is selected then.
task<Result<View>> catch_up(Session& session, Needs needs = Needs::all_rows);

// Catches up and tells: EXPUNGE, highest first, or VANISHED (unless the command `uses` sequence numbers), EXISTS and
// RECENT, new keywords, FETCH with the final FLAGS of what changed. RFC 9051 7. Where UIDONLY is enabled, this and what
// follows say UIDFETCH, and no UID within it.
task<Result<>> tell(Session& session, Hazard hazard);

// What NOTIFY leaves of it (RFC 5465): the rest waits until it is asked for.
struct Told {
  bool arrivals = true;
  bool expunges = true;
  bool flags = true;
};
task<Result<>> tell(Session& session, Hazard hazard, Told told);

// FETCH with FLAGS for the live ones of `uids`, which then owe nothing to the client. `with_uid`: RFC 9051 6.4.9; with
// CONDSTORE on, UID and MODSEQ are always there (RFC 7162 3.2.4).
enum class Order : uint8_t { ascending, descending };
task<Result<>> tell_flags(Session& session, const View& view, UidSet uids, bool with_uid,
                          Order order = Order::ascending);

// VANISHED (RFC 7162 3.2.10), in several responses if it is long. `earlier`: they are not of the view.
task<Result<>> tell_vanished(Session& session, UidSet uids, bool earlier);

// FETCH with UID and MODSEQ for the live ones of `uids`, whose FLAGS the client knows (RFC 7162 3.1.3).
task<Result<>> tell_mod_seqs(Session& session, const View& view, UidSet uids);

// The code HIGHESTMODSEQ, where the client would otherwise take a wrong value for it: while expunges wait to be told,
// and when they, or arrivals, have been told without a MODSEQ (RFC 7162 3.2, 3.2.7, 6). Empty: nothing need be said.
imap::ResponseCode take_claim(Session& session);
// The same with a reply: as its code if it is an OK without one, otherwise in an untagged OK before it.
void add_claim(Session& session, Result<Completion>& reply);

// What happened in the selected mailbox since `since`, of which the client speaks. Brings what is remembered of old
// expunges into memory, for which `view` may have to be made anew.
task<Result<mail::MailboxDelta>> changes_since(Session& session, View& view, ModSeq since);

// PERMANENTFLAGS of the selected mailbox: with \* as long as new keywords fit (RFC 9051 7.1).
imap::ResponseCode permanent_flags(Session& session, const mail::Mailbox& mailbox);

// FLAGS and PERMANENTFLAGS, where keywords came up that the client has not seen.
void tell_keywords(Session& session, const mail::Mailbox& mailbox);

// What a session has been told once SELECT or EXAMINE has said what there is in `mailbox`, of `snapshot`.
Selected open_view(Session& session, accounts::AccountPtr account, const mail::SnapshotPtr& snapshot,
                   const mail::Mailbox& mailbox, bool read_only);

}  // namespace roost::imapd
