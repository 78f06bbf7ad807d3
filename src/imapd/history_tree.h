// The tree in which a user finds his own mailboxes as they were at the end of a day: "History/2026-11-20/INBOX". To be
// read and copied from. Days are those of UTC that are over, as far back as something can be kept.
// docs/decisions/0012-history-tree.md
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/accounts.h"
#include "imapd/place.h"

namespace roost::imapd {

// Whether a tree may be called so: one level, without wildcards, which is no other place's name.
bool is_history_name(std::string_view name);

// What its names begin with: "History/". Empty where there is no tree: not configured, not for whoever may only read,
// and not for a user who has a mailbox of that name, or below it: he keeps that one.
Bytes history_prefix(const Session& session);
bool lies_in_history(const Session& session, BytesView name);

// What the names of each day begin with, oldest first: "History/2026-11-20/".
std::vector<Bytes> history_days(const Session& session);

// The account at the end of a day, one of history_days(), with the rows of that mailbox; without one, all mailboxes and
// no rows (accounts/history.h).
task<Result<accounts::AccountPtr>> open_day(Session& session, Bytes day, std::optional<std::string> mailbox);

// For find_place(), of a name that lies in the tree.
task<Result<Place>> place_in_history(Session& session, Bytes name);

}  // namespace roost::imapd
