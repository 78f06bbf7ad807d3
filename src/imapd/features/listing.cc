#include "imapd/features/listing.h"

#include <algorithm>

#include "imap/acl.h"
#include "imapd/features/mailbox_row.h"
#include "imapd/features/metadata.h"
#include "imapd/features/status_row.h"

namespace roost::imapd {
namespace {

// RFC 5819 3, RFC 8440 4: nothing more is said of a name that is listed only for what is below it.
bool is_listed_itself(const Listing& listing, const imap::ListRow& row) {
  return !row.non_existent && (!listing.list.select.subscribed || row.subscribed);
}

bool wants_status(const Listing& listing, const imap::ListRow& row) {
  return !listing.list.give.status.empty() && !row.no_select && is_listed_itself(listing, row);
}

// Nothing where it may not be read.
task<Result<std::optional<imap::StatusRow>>> find_status(Session& session, const Listing& listing, imap::ListRow& row) {
  BytesView local;
  const Area* area = area_of(listing.areas, row.name, local);
  Result<imap::StatusRow> found = no_such_mailbox();
  if (area != nullptr) {
    found = co_await status_row(session, area->account, Bytes(local), listing.list.give.status);
  }
  if (found) co_return *std::move(found);
  if (found.error().kind != Error::Kind::no) co_return std::unexpected(std::move(found).error());
  if (found.error().code == Code::nonexistent) row.no_select = true;  // it went in between
  co_return std::nullopt;
}

void write_rights(Session& session, const Listing& listing, const imap::ListRow& row) {
  BytesView local;
  const Area* area = area_of(listing.areas, row.name, local);
  auto mailbox = area == nullptr ? std::nullopt : area->snapshot->find(local);
  if (!mailbox) return;
  imap::write_my_rights(session.buffer(), row.name, area->account->rights(*mailbox), session.dialect().utf8_names);
}

// RFC 9590 4: likewise.
bool wants_metadata(const Listing& listing, const imap::ListRow& row) {
  return !listing.list.give.metadata.empty() && is_listed_itself(listing, row);
}

task<Result<>> write_annotations(Session& session, const Listing& listing, Bytes name) {
  BytesView local;
  const Area* area = area_of(listing.areas, name, local);
  if (area == nullptr) co_return Result<>{};
  co_return co_await write_metadata(session, area->account, area->prefix, Bytes(local), listing.list.give.metadata);
}

}  // namespace

bool Listing::matches(BytesView name) const {
  return std::any_of(patterns.begin(), patterns.end(),
                     [name](const imap::ListPattern& pattern) { return pattern.matches(name); });
}

imap::ListRow Listing::row(BytesView name) const {
  imap::ListRow row = area_row(areas, name);
  if (row.non_existent && list.give.children) row.has_children = row.has_children.value_or(false);
  // RFC 5258 3: \NonExistent implies \Noselect; clients that know only RFC 3501 are told in their words.
  if (row.non_existent && !list.extended) {
    row.non_existent = false;
    row.no_select = true;
    row.has_children = row.has_children.value_or(false);
  }
  if (list.select.subscribed || list.give.subscribed) row.subscribed = subscriptions->subscribed(name);
  return row;
}

task<Result<>> write_rows(Session& session, const Listing& listing, std::vector<imap::ListRow>& rows) {
  imap::StatusItems items = listing.list.give.status;
  bool utf8 = session.dialect().utf8_names;
  for (imap::ListRow& row : rows) {
    std::optional<imap::StatusRow> status;
    if (wants_status(listing, row)) {
      ROOST_CO_TRY(status, co_await find_status(session, listing, row));
    }
    if (listing.list.xlist) {
      imap::write_xlist(session.buffer(), row, utf8);
    } else {
      imap::write_list(session.buffer(), row, false, utf8);
    }
    if (status) imap::write_status(session.buffer(), row.name, *status, items, utf8);
    if (wants_metadata(listing, row)) ROOST_CO_TRY_VOID(co_await write_annotations(session, listing, row.name));
    if (listing.list.give.my_rights && is_listed_itself(listing, row)) write_rights(session, listing, row);
  }
  rows.clear();
  if (session.batch_due()) co_return co_await session.next_batch();
  co_return Result<>{};
}

}  // namespace roost::imapd
