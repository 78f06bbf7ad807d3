#include "imapd/features/url_part.h"

#include <utility>

#include "imap/url.h"
#include "imapd/features/fetch_batch.h"
#include "imapd/features/fetch_plan.h"
#include "imapd/place.h"

namespace roost::imapd {
namespace {

// One answer for whatever is missing: it does not tell which mailboxes there are.
Fail nothing_there() { return no(Code::none, "There is nothing of that name."); }

// RFC 4469 3: only messages and their parts, and by references without a server.
Result<imap::ImapUrl> parse(BytesView text) {
  Result<imap::ImapUrl> url = imap::parse_imap_url(text);
  if (!url) return no(Code::none, std::move(url).error().text);
  if (url->server) return no(Code::none, "A URL must not name a server here.");
  if (!url->uid) return no(Code::none, "The URL does not name a message.");
  return url;
}

FetchPlan plan_of(imap::ImapUrl url, const Modes& modes) {
  imap::FetchItem item{.kind = imap::FetchItem::Kind::body_section, .peek = true, .section = std::move(url.section)};
  if (url.partial) item.partial = {.offset = url.partial->offset, .count = url.partial->count.value_or(UINT64_MAX)};
  imap::Fetch fetch;
  fetch.items.push_back(std::move(item));
  return plan_fetch(std::move(fetch), modes);
}

// What must not be read is not told from what is not there.
template <class T>
Result<T> or_nothing(Result<T> found) {
  if (!found && found.error().kind == Error::Kind::no) return nothing_there();
  return found;
}

task<Result<mail::Row>> find_row(accounts::AccountPtr account, Bytes name, const imap::ImapUrl& url) {
  mail::SnapshotPtr snapshot = account->snapshot();
  ROOST_CO_TRY(mail::Mailbox mailbox, or_nothing(mailbox_with(*account, *snapshot, name, Right::read)));
  MailboxId id = mailbox.id();
  ROOST_CO_TRY(snapshot, or_nothing(co_await account->load(id, {.uids = UidSet::single(*url.uid)})));
  auto loaded = snapshot->find(id);
  if (!loaded || (url.uidvalidity && *url.uidvalidity != loaded->uidvalidity())) co_return nothing_there();
  auto row = loaded->find(*url.uid);
  if (!row) co_return nothing_there();
  co_return *std::move(row);
}

}  // namespace

task<Result<UrlPart>> find_url_part(Session& session, Bytes text) {
  ROOST_CO_TRY(imap::ImapUrl url, parse(text));
  ROOST_CO_TRY(Place place, or_nothing(co_await find_place(session, url.mailbox)));
  ROOST_CO_TRY(mail::Row row, co_await find_row(place.account, place.name, url));
  UrlPart part{.account = place.account, .octets = {}, .blob = row.cold.blob, .range = {}};
  FetchPlan plan = plan_of(std::move(url), session.modes());
  FetchBatch batch(*place.account, session.config(), plan);
  Uid uid = row.cold.uid;
  batch.take_row(uid, std::move(row));
  ROOST_CO_TRY_VOID(co_await batch.load());
  if (batch.failure()) co_return std::unexpected(*batch.failure());
  BodyPiece& piece = batch.messages().front().pieces.front();
  switch (piece.how) {
    case BodyPiece::How::held: part.octets = std::move(piece.octets); break;
    case BodyPiece::How::large: part.range = piece.range; break;
    default: co_return nothing_there();
  }
  co_return part;
}

}  // namespace roost::imapd
