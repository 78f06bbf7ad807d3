#include "imapd/features/listing.h"

#include <algorithm>

#include "imapd/features/mailbox_row.h"
#include "imapd/features/metadata.h"
#include "imapd/features/status_row.h"

namespace roost::imapd {
namespace {

bool wants_status(const Listing& listing, const imap::ListRow& row) {
  if (listing.list.give.status.empty() || row.no_select || row.non_existent) return false;
  // RFC 5819 3: not for a name that is listed only for what is below it.
  return !listing.list.select.subscribed || row.subscribed;
}

// RFC 9590 4: likewise.
bool wants_metadata(const Listing& listing, const imap::ListRow& row) {
  if (listing.list.give.metadata.empty() || row.non_existent) return false;
  return !listing.list.select.subscribed || row.subscribed;
}

}  // namespace

bool Listing::matches(BytesView name) const {
  return std::any_of(patterns.begin(), patterns.end(),
                     [name](const imap::ListPattern& pattern) { return pattern.matches(name); });
}

imap::ListRow Listing::row(BytesView name) const {
  imap::ListRow row = mailbox_row(*snapshot, name);
  if (row.non_existent && list.give.children) row.has_children = row.has_children.value_or(false);
  // RFC 5258 3: \NonExistent implies \Noselect; clients that know only RFC 3501 are told in their words.
  if (row.non_existent && !list.extended) {
    row.non_existent = false;
    row.no_select = true;
    row.has_children = snapshot->has_children(name);
  }
  if (list.select.subscribed || list.give.subscribed) row.subscribed = snapshot->subscribed(name);
  return row;
}

task<Result<>> write_rows(Session& session, const Listing& listing, std::vector<imap::ListRow>& rows) {
  imap::StatusItems items = listing.list.give.status;
  bool utf8 = session.dialect().utf8_names;
  for (imap::ListRow& row : rows) {
    std::optional<imap::StatusRow> status;
    if (wants_status(listing, row)) {
      Result<imap::StatusRow> found = co_await status_row(session, row.name, items);
      if (!found && found.error().kind != Error::Kind::no) co_return std::unexpected(std::move(found).error());
      row.no_select = !found;  // it went in between
      if (found) status = *std::move(found);
    }
    if (listing.list.xlist) {
      imap::write_xlist(session.buffer(), row, utf8);
    } else {
      imap::write_list(session.buffer(), row, false, utf8);
    }
    if (status) imap::write_status(session.buffer(), row.name, *status, items, utf8);
    if (wants_metadata(listing, row)) {
      ROOST_CO_TRY_VOID(co_await write_metadata(session, listing.snapshot, row.name, listing.list.give.metadata));
    }
  }
  rows.clear();
  if (session.batch_due()) co_return co_await session.next_batch();
  co_return Result<>{};
}

}  // namespace roost::imapd
