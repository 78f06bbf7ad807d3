// The accounts whose mailboxes a LIST or LSUB may show: the user's own, as it is and as it was at the end of each day,
// those of users who granted something, and the public one.
#pragma once

#include <optional>
#include <vector>

#include "imap/list_response.h"
#include "imapd/place.h"

namespace roost::imapd {

// One of them at one moment. `prefix` stands before its names.
struct Area {
  accounts::AccountPtr account;
  mail::SnapshotPtr snapshot;
  Bytes prefix;
  // A day that has gone (imapd/history_tree.h). What was there then is only in `snapshot` once open_days() has looked.
  bool past = false;
};

// In the order of their prefixes, the user's own first; others only where names that begin with `fixed_prefix` could
// lie in them.
task<Result<std::vector<Area>>> find_areas(Session& session, Bytes fixed_prefix);

// Looks at those days into which one of the names, or of what names begin with, leads.
task<Result<>> open_days(Session& session, std::vector<Bytes> names, std::vector<Area>& areas);
// The user's subscriptions among them, to be looked at.
std::vector<Bytes> subscribed_past(const Session& session);

// The area in which the name lies, and what is left of it there; null in none of them. `areas` as find_areas gives
// them.
const Area* area_of(const std::vector<Area>& areas, BytesView name, BytesView& local);

// The mailbox of that name, if it may be seen.
std::optional<mail::Mailbox> find_listed(const std::vector<Area>& areas, BytesView name);

// What LIST says of any name, a level above the areas among them.
imap::ListRow area_row(const std::vector<Area>& areas, BytesView name);

// Calls fn(const Area&, const mail::Mailbox&) for what may be seen below `fixed_prefix`, area by area.
template <class Fn>
void for_each_listed(const std::vector<Area>& areas, BytesView fixed_prefix, Fn&& fn);

// --- implementation ---

// What names of the area itself begin with where whole names begin with `fixed_prefix`; nothing where none do.
std::optional<BytesView> prefix_within(const Area& area, BytesView fixed_prefix);

template <class Fn>
void for_each_listed(const std::vector<Area>& areas, BytesView fixed_prefix, Fn&& fn) {
  for (const Area& area : areas) {
    auto local = prefix_within(area, fixed_prefix);
    if (!local) continue;
    area.snapshot->for_each_mailbox(
        [&](const mail::Mailbox& mailbox) {
          if (area.account->rights(mailbox).has(Right::lookup)) fn(area, mailbox);
          return true;
        },
        *local);
  }
}

}  // namespace roost::imapd
