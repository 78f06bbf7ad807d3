// FETCH and UID FETCH (RFC 9051 6.4.5).
#include <algorithm>

#include "base/log.h"
#include "imap/fetch_response.h"
#include "imapd/features/all.h"
#include "imapd/features/condstore.h"
#include "imapd/features/fetch_batch.h"
#include "imapd/features/fetch_plan.h"
#include "imapd/features/fetch_rows.h"
#include "imapd/features/fetch_unasked.h"
#include "imapd/features/message_limit.h"
#include "imapd/keyword_names.h"
#include "imapd/session.h"
#include "imapd/telling.h"
#include "message/section.h"
#include "message/transfer.h"

namespace roost::imapd {
namespace {

using Kind = imap::FetchItem::Kind;

inline constexpr uint32_t kFetchMemoryBytes = 1024 * 1024;

// What could not be sent.
struct Missing {
  size_t gone = 0;               // expunged, and nothing is left
  std::optional<Error> failure;  // unreadable: the last reason
};

// RFC 3501 9: a literal has no NUL. What was appended as a literal8 is only given back as it is by BINARY.
void hide_nuls(Bytes& octets) {
  if (octets.contains('\0')) std::replace(octets.begin(), octets.end(), '\0', '\x80');
}

message::ByteRange wanted_of(const imap::FetchItem& item, uint64_t size) {
  message::ByteRange whole{.offset = 0, .size = size};
  return item.partial ? message::partial(whole, item.partial->offset, item.partial->count) : whole;
}

class Fetching {
 public:
  Fetching(Session& session, FetchPlan plan, View view) : session_(session), plan_(std::move(plan)), view_(view) {}

  // From the highest down where a limit left some out (RFC 9738 3.1).
  task<Result<>> run(Limited messages);
  const Missing& missing() const { return missing_; }

 private:
  // All that there is of the messages into memory, where that is asked for.
  task<Result<>> bring_rows();
  task<Result<>> send_batch(FetchBatch& batch);
  task<Result<UidSet>> set_seen(FetchBatch& batch);
  task<Result<>> send_message(FetchedMessage& message, bool seen_now);
  void send_held(imap::FetchWriter& response, const imap::FetchItem& item, BodyPiece& piece);
  task<Result<>> send_large(mail::Cold cold, message::ByteRange range, bool binary);
  task<Result<>> send_decoded(mail::Cold cold, const BodyPiece& piece, message::ByteRange wanted);
  task<Result<Bytes>> read_piece(const mail::Cold& cold, message::ByteRange range);
  void write_missing_ids(imap::FetchWriter& response, const FetchedMessage& message) const;
  bool write_item(imap::FetchWriter& response, const imap::FetchItem& item, const FetchedMessage& message,
                  KeywordNames& keywords);

  Session& session_;
  FetchPlan plan_;
  View view_;
  Limited messages_;
  Missing missing_;
};

task<Result<>> Fetching::bring_rows() {
  const bool by_flags = plan_.flags_only && !messages_.lowest;
  for (;;) {
    // What was expunged is always read whole (Mailbox::find_expunged).
    mail::Rows rows{.uids = by_flags ? messages_.uids.intersect(view_.ghosts()) : messages_.uids};
    if (view_.mailbox().missing_pages(rows).empty()) co_return Result<>{};
    ROOST_CO_TRY_VOID(co_await session_.selected_account().load(session_.selected()->mailbox, std::move(rows)));
    ROOST_CO_TRY(view_, co_await catch_up(session_, Needs::flags));
  }
}

task<Result<>> Fetching::run(Limited messages) {
  messages_ = std::move(messages);
  ROOST_CO_TRY_VOID(co_await bring_rows());
  const UidSet& uids = messages_.uids;
  if (plan_.says_flags) {
    tell_keywords(session_, view_.mailbox());
    session_.selected()->flags_owed = session_.selected()->flags_owed.subtract(uids);
  }
  bool rows_only = !plan_.needs_card && !plan_.needs_body;
  if (rows_only && !messages_.lowest) {
    ROOST_CO_TRY(missing_.gone, co_await fetch_rows(session_, view_, uids, plan_));
    co_return Result<>{};
  }
  std::vector<Uid> list;
  list.reserve(uids.count());
  uids.for_each([&](Uid uid) { list.push_back(uid); });
  if (rows_only) {
    ROOST_CO_TRY(missing_.gone, co_await fetch_rows_downwards(session_, view_, std::move(list), plan_));
    co_return Result<>{};
  }
  if (messages_.lowest) std::reverse(list.begin(), list.end());
  size_t next = 0;
  while (next < list.size()) {
    FetchBatch batch(session_.selected_account(), session_.config(), plan_);
    batch.take_rows(view_, list, next);
    ROOST_CO_TRY_VOID(co_await batch.load());
    ROOST_CO_TRY_VOID(co_await send_batch(batch));
    missing_.gone += batch.gone();
    if (batch.failure()) missing_.failure = batch.failure();
    if (session_.batch_due()) ROOST_CO_TRY_VOID(co_await session_.next_batch());
  }
  co_return Result<>{};
}

task<Result<>> Fetching::send_batch(FetchBatch& batch) {
  UidSet seen_now;
  if (plan_.sets_seen && !session_.selected()->read_only && session_.selected_rights().has(Right::seen)) {
    ROOST_CO_TRY(seen_now, co_await set_seen(batch));
  }
  for (FetchedMessage& message : batch.messages()) {
    if (!message.failed) co_await batch.verify_large(message);
    if (message.failed) continue;
    ROOST_CO_TRY_VOID(co_await send_message(message, seen_now.contains(message.uid)));
    if (session_.batch_due()) ROOST_CO_TRY_VOID(co_await session_.next_batch());
  }
  co_return Result<>{};
}

// BODY[] sets \Seen (RFC 9051 6.4.5), durable before the octets leave; the new flags go with them.
task<Result<UidSet>> Fetching::set_seen(FetchBatch& batch) {
  UidSet unseen;
  for (FetchedMessage& message : batch.messages()) {
    if (!message.failed && !message.row.hot.flags.has(SystemFlag::seen)) unseen.insert(message.uid);
  }
  unseen = unseen.subtract(view_.ghosts());
  if (unseen.empty()) co_return unseen;
  mail::Store operation{.mailbox = session_.selected()->mailbox, .uids = unseen, .flags = SystemFlag::seen};
  ROOST_CO_TRY_VOID(co_await session_.selected_account().execute(std::move(operation)));
  ROOST_CO_TRY(view_, co_await catch_up(session_, Needs::flags));
  ROOST_CO_TRY_VOID(co_await bring_rows());
  tell_keywords(session_, view_.mailbox());
  session_.selected()->flags_owed = session_.selected()->flags_owed.subtract(unseen);
  co_return unseen;
}

bool Fetching::write_item(imap::FetchWriter& response, const imap::FetchItem& item, const FetchedMessage& message,
                          KeywordNames& keywords) {
  bool recent = session_.selected()->recent.contains(message.uid);
  if (write_row_item(response, item, message.row.cold, message.row.hot, keywords, recent)) return true;
  bool utf8 = session_.dialect().utf8_names;
  switch (item.kind) {
    case Kind::envelope: response.ready("ENVELOPE", message.card->envelope(utf8)); return true;
    case Kind::body: response.ready("BODY", message.card->body(utf8)); return true;
    case Kind::body_structure: response.ready("BODYSTRUCTURE", message.card->body_structure(utf8)); return true;
    case Kind::preview: response.preview(Bytes(message.card->preview()), utf8); return true;
    default: return false;
  }
}

task<Result<>> Fetching::send_message(FetchedMessage& message, bool seen_now) {
  KeywordNames keywords(view_.mailbox());
  if (auto hot = view_.mailbox().find_hot(message.uid)) message.row.hot = *hot;  // after \Seen
  imap::FetchWriter response(session_.buffer(), view_.label(message.uid));
  size_t next_piece = 0;
  for (const imap::FetchItem& item : plan_.items) {
    if (write_item(response, item, message, keywords) || !is_body_item(item)) continue;
    BodyPiece& piece = message.pieces[next_piece++];
    switch (piece.how) {
      case BodyPiece::How::nil: response.body_nil(item); break;
      case BodyPiece::How::held: send_held(response, item, piece); break;
      case BodyPiece::How::size: response.binary_size(item, piece.size); break;
      case BodyPiece::How::large:
        if (piece.encoding) {
          message::ByteRange wanted = wanted_of(item, piece.size);
          response.body_literal(item, wanted.size, true);
          ROOST_CO_TRY_VOID(co_await send_decoded(message.row.cold, piece, wanted));
        } else {
          bool binary = item.kind == Kind::binary;
          response.body_literal(item, piece.range.size, binary);
          ROOST_CO_TRY_VOID(co_await send_large(message.row.cold, piece.range, binary));
        }
        break;
    }
  }
  bool recent = session_.selected()->recent.contains(message.uid);
  if (seen_now && !plan_.says_flags) {
    response.flags(message.row.hot.flags, keywords.of(message.row.hot.keywords), recent);
    write_missing_ids(response, message);
  }
  response.finish();
  co_return Result<>{};
}

// RFC 7162 3.2.4: UID and MODSEQ go with the flags that changed.
void Fetching::write_missing_ids(imap::FetchWriter& response, const FetchedMessage& message) const {
  if (!plan_.condstore) return;
  if (!plan_.says_uid && !session_.modes().uid_only) response.uid(message.uid);
  if (!plan_.says_mod_seq) response.mod_seq(message.row.hot.modseq);
}

void Fetching::send_held(imap::FetchWriter& response, const imap::FetchItem& item, BodyPiece& piece) {
  bool binary = item.kind == Kind::binary;
  if (!binary) hide_nuls(piece.octets);
  response.body_literal(item, piece.octets.size(), binary && piece.octets.contains('\0'));
  session_.buffer().append(piece.octets);
  Bytes().swap(piece.octets);
}

// The literal is announced, so a failure ends the connection.
task<Result<Bytes>> Fetching::read_piece(const mail::Cold& cold, message::ByteRange range) {
  Result<Bytes> piece =
      co_await session_.selected_account().body(cold.blob, {.offset = range.offset, .size = range.size});
  if (piece && piece->size() == range.size) co_return piece;
  log::error("body_unreadable", {{"account", session_.selected_account().id().value},
                                 {"uid", cold.uid.value},
                                 {"what", piece ? "too short" : piece.error().text}});
  co_return session_.cut("body_unreadable");
}

// Read, sent, read: never more than one piece in memory.
task<Result<>> Fetching::send_large(mail::Cold cold, message::ByteRange range, bool binary) {
  uint64_t piece_bytes = session_.config().body_piece_bytes;
  for (uint64_t at = 0; at < range.size; at += piece_bytes) {
    uint64_t size = std::min(piece_bytes, range.size - at);
    ROOST_CO_TRY(Bytes piece, co_await read_piece(cold, {.offset = range.offset + at, .size = size}));
    if (!binary) hide_nuls(piece);
    session_.buffer().append(piece);
    ROOST_CO_TRY_VOID(co_await session_.next_batch());
  }
  co_return Result<>{};
}

// BINARY of a large part: likewise, but decoded on the way; `wanted` counts decoded octets.
task<Result<>> Fetching::send_decoded(mail::Cold cold, const BodyPiece& piece, message::ByteRange wanted) {
  message::TransferDecoder decoder(*piece.encoding);
  uint64_t piece_bytes = session_.config().body_piece_bytes;
  uint64_t decoded = 0;  // octets before `octets`
  uint64_t sent = 0;
  for (uint64_t at = 0; sent < wanted.size; at += piece_bytes) {
    Bytes octets;
    if (at < piece.range.size) {
      uint64_t size = std::min(piece_bytes, piece.range.size - at);
      ROOST_CO_TRY(Bytes raw, co_await read_piece(cold, {.offset = piece.range.offset + at, .size = size}));
      decoder.feed(raw, octets);
    } else {
      decoder.finish(octets);
    }
    uint64_t skipped = std::min<uint64_t>(wanted.offset > decoded ? wanted.offset - decoded : 0, octets.size());
    BytesView now = BytesView(octets).substr(skipped, wanted.size - sent);
    session_.buffer().append(now);
    decoded += octets.size();
    sent += now.size();
    if (at >= piece.range.size && sent < wanted.size) co_return session_.cut("body_changed");
    ROOST_CO_TRY_VOID(co_await session_.next_batch());
  }
  co_return Result<>{};
}

bool asks_for_mod_seqs(const imap::Fetch& fetch) {
  return fetch.changed_since || std::any_of(fetch.items.begin(), fetch.items.end(),
                                            [](const imap::FetchItem& item) { return item.kind == Kind::mod_seq; });
}

// RFC 7162 3.2.6. What the client is still shown is told by VANISHED without EARLIER. `*` means whatever there was.
UidSet vanished(const View& view, const mail::MailboxDelta& delta, const imap::SequenceSet& set) {
  UidSet asked = imap::resolve_uids(set, view.mailbox().uidnext());
  return delta.expunged.subtract(view.ghosts()).intersect(asked);
}

uint64_t span(const imap::PartialRange& range) {
  auto [low, high] = std::minmax(range.first, range.last);
  return uint64_t{high} - low + 1;
}

Result<Completion> reply(const Missing& missing) {
  if (missing.failure) {
    if (missing.failure->kind == Error::Kind::fault) return std::unexpected(*missing.failure);
    return no(missing.failure->code, "Some messages could not be read.");
  }
  if (missing.gone > 0) return no(Code::expunge_issued, "Some of the messages have been deleted.");
  return done("FETCH completed.");
}

task<Result<Completion>> run_fetch(Session& session, imap::Command& command) {
  auto& fetch = std::get<imap::Fetch>(command.body);
  if (fetch.vanished && !session.modes().qresync) co_return bad("ENABLE QRESYNC first.");
  uint32_t messages_max = session.config().messages_per_command_max;
  // RFC 9738 3.1: what it asks for counts, not what there is of it.
  if (messages_max != 0 && fetch.partial && span(*fetch.partial) > messages_max) {
    co_return too_many_messages(messages_max);
  }
  if (asks_for_mod_seqs(fetch)) enable_condstore(session);
  ROOST_CO_TRY(View view, co_await catch_up(session, Needs::flags));
  ROOST_CO_TRY(UidSet uids, view.resolve(fetch.set, fetch.uid));
  if (fetch.partial) uids = part_of(uids, *fetch.partial);
  if (fetch.changed_since) {
    ROOST_CO_TRY(mail::MailboxDelta delta, co_await changes_since(session, view, *fetch.changed_since));
    if (fetch.vanished) {
      ROOST_CO_TRY_VOID(co_await tell_vanished(session, vanished(view, delta, fetch.set), true));
    }
    uids = view.members(uids).intersect(delta.changed);
  }
  Fetching fetching(session, plan_fetch(std::move(fetch), session.modes()), std::move(view));
  Limited messages = limit_messages(session, std::move(uids));
  ROOST_CO_TRY_VOID(co_await fetching.run(messages));
  Result<Completion> completion = reply(fetching.missing());
  say_limit(session, messages, completion);
  co_return completion;
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::fetch, kSelected, Hazard::uses, kNameLiteralBytesMax, kFetchMemoryBytes, run_fetch},
    {imap::Verb::uid_fetch, kSelected, Hazard::breaks, kNameLiteralBytesMax, kFetchMemoryBytes, run_fetch},
};

}  // namespace

constinit const Feature kFetch = {.name = "fetch", .commands = kCommands};

task<Result<>> fetch_unasked(Session& session, std::vector<imap::FetchItem> items, UidSet uids) {
  ROOST_CO_TRY(View view, co_await catch_up(session, Needs::flags));
  FetchPlan plan = plan_fetch({.uid = true, .items = std::move(items)}, session.modes());
  plan.sets_seen = false;
  Fetching fetching(session, std::move(plan), std::move(view));
  co_return co_await fetching.run(Limited{.uids = std::move(uids), .lowest = std::nullopt});
}

}  // namespace roost::imapd
