// One LIST under way: what it asks, the names it is asked of, and how a name is answered.
#pragma once

#include <vector>

#include "imap/list.h"
#include "imap/list_pattern.h"
#include "imap/list_response.h"
#include "imapd/features/areas.h"
#include "imapd/session.h"

namespace roost::imapd {

inline constexpr size_t kNamesAtOnce = 64;  // between looks at the batch's size and time

struct Listing {
  const imap::List& list;
  std::vector<imap::ListPattern> patterns;  // at least one
  mail::SnapshotPtr subscriptions;          // the user's own account
  std::vector<Area> areas;

  bool matches(BytesView name) const;
  // Of a name that need not be a mailbox. Says \Subscribed where an option asks for it, and \HasChildren or
  // \HasNoChildren wherever they mean something (RFC 5258 4: also without being asked).
  imap::ListRow row(BytesView name) const;
};

// The LIST responses of some rows, each followed by a STATUS response where RETURN (STATUS …) asks for it and the
// mailbox can be selected (RFC 5819 2), and by a MYRIGHTS response where RETURN (MYRIGHTS) does (RFC 8440 3). Takes the
// rows away; lets others run when the batch is full.
task<Result<>> write_rows(Session& session, const Listing& listing, std::vector<imap::ListRow>& rows);

// list_extended.cc: LIST (SUBSCRIBED …): the subscriptions, whether their mailboxes exist or not, and with
// RECURSIVEMATCH the names above them (RFC 5258 3.1, 3.5). no(limit) for an absurd number of them.
task<Result<>> list_subscriptions(Session& session, const Listing& listing);

}  // namespace roost::imapd
