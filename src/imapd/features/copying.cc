#include "imapd/features/copying.h"

#include "accounts/history.h"
#include "accounts/transfers.h"
#include "imapd/features/own_changes.h"
#include "imapd/keyword_names.h"
#include "imapd/memory_budget.h"
#include "imapd/place.h"
#include "imapd/progress_teller.h"

namespace roost::imapd {
namespace {

inline constexpr size_t kCardsAtOnce = 256;

// NO [TRYCREATE] for a mailbox that is not there, or may not be seen.
task<Result<Place>> find_target(Session& session, Bytes mailbox) {
  Result<Place> place = co_await find_place(session, std::move(mailbox));
  if (!place && place.error().code == Code::nonexistent) co_return no_such_mailbox(Code::try_create);
  if (!place) co_return place;
  mail::SnapshotPtr snapshot = place->account->snapshot();
  ROOST_CO_TRY_VOID(mailbox_with(*place->account, *snapshot, place->name, Right::insert, Code::try_create));
  co_return place;
}

// Messages of one account on their way to another: the same bodies, cards and ids (RFC 8474 5.1).
class Luggage {
 public:
  Luggage(Session& session, const View& view)
      : session_(session), view_(view), keywords_(view.mailbox()), held_(session.services().memory) {}

  task<Result<>> take(UidSet uids) {
    if (uids.count() > session_.config().append_messages_max) co_return no(Code::limit, "Too many messages at once.");
    uids.for_each([this](Uid uid) { add(uid); });
    for (size_t at = 0; at < rows_.size(); at += kCardsAtOnce) ROOST_CO_TRY_VOID(co_await take_cards(at));
    co_return Result<>{};
  }

  const UidSet& uids() const { return uids_; }
  std::vector<mail::NewMessage> unpack() { return std::move(messages_); }

 private:
  void add(Uid uid) {
    auto row = view_.mailbox().find(uid);
    if (!row) return;
    auto keywords = keywords_.of(row->hot.keywords);
    uids_.append(uid);
    rows_.push_back(row->cold);
    messages_.push_back({.flags = row->hot.flags,
                         .keywords = {keywords.begin(), keywords.end()},
                         .internal_date = row->cold.internal_date,
                         .size = row->cold.size,
                         .body = nullptr,
                         .blob = row->cold.blob,
                         .card = nullptr,
                         .email_id = row->cold.email_id,
                         .thread_id = row->cold.thread_id});
  }

  task<Result<>> take_cards(size_t at) {
    size_t end = std::min(at + kCardsAtOnce, rows_.size());
    std::vector<mail::Cold> some(rows_.begin() + static_cast<ptrdiff_t>(at),
                                 rows_.begin() + static_cast<ptrdiff_t>(end));
    ROOST_CO_TRY(auto cards, co_await session_.selected_account().cards(std::move(some)));
    for (size_t i = 0; i < cards.size(); ++i) {
      uint64_t bytes = cards[i] ? cards[i]->size() : 0;
      if (held_.bytes() + bytes > session_.config().append_held_bytes_max)
        co_return no(Code::limit, "Too much at once.");
      if (!held_.grow(bytes)) co_return no(Code::unavailable, "The server is too busy for this much.");
      messages_[at + i].card = std::move(cards[i]);
    }
    co_return Result<>{};
  }

  Session& session_;
  const View& view_;
  KeywordNames keywords_;
  Reservation held_;  // for the cards
  UidSet uids_;
  std::vector<mail::Cold> rows_;
  std::vector<mail::NewMessage> messages_;
};

// Into another account: all of them, or none.
task<Result<mail::Copied>> move_into(Session& session, Luggage& luggage, Place target, bool all_or_none) {
  accounts::Transfer transfer{.from = session.selected()->account,
                              .mailbox = session.selected()->mailbox,
                              .uids = luggage.uids(),
                              .to = target.account,
                              .target = target.name,
                              .messages = luggage.unpack(),
                              .all_or_none = all_or_none};
  co_return co_await accounts::move_messages(session.services().accounts, std::move(transfer));
}

task<Result<mail::Copied>> copy_into(Session& session, Luggage& luggage, Place target) {
  mail::Append operation{.mailbox = target.name, .messages = luggage.unpack()};
  ROOST_CO_TRY_VOID(
      co_await accounts::give_own_bodies(session.selected_account(), *target.account, operation.messages));
  ROOST_CO_TRY(mail::OperationResult result, co_await target.account->execute(std::move(operation)));
  const auto& appended = std::get<mail::Appended>(result);
  auto count = static_cast<uint32_t>(luggage.uids().count());
  co_return mail::Copied{.to = appended.mailbox,
                         .uidvalidity = appended.uidvalidity,
                         .source = luggage.uids(),
                         .target = {{appended.first, Uid(appended.first.value + count - 1)}},
                         .modseq = appended.modseq};
}

task<Result<mail::Copied>> carry(Session& session, const View& view, UidSet uids, Place target,
                                 const imap::Copy& copy) {
  Luggage luggage(session, view);
  ROOST_CO_TRY_VOID(co_await luggage.take(std::move(uids)));
  if (luggage.uids().empty()) co_return mail::Copied{};
  if (copy.move) co_return co_await move_into(session, luggage, std::move(target), !copy.uid);
  co_return co_await copy_into(session, luggage, std::move(target));
}

// RFC 9738 3.1: COPY has to be atomic. The UID is that of the last message which there would have been room for.
std::optional<Completion> refuse_too_many(const Session& session, const UidSet& uids) {
  uint32_t messages_max = session.config().messages_made_max();
  if (messages_max == 0 || uids.count() <= messages_max) return std::nullopt;
  UidSet highest = part_of(uids, {.first = 1, .last = messages_max, .from_end = true});
  return too_many_messages(messages_max, highest.first());
}

}  // namespace

task<Result<Copying>> copy_messages(Session& session, const imap::Copy& copy) {
  ROOST_CO_TRY(View view, co_await catch_up(session));
  ROOST_CO_TRY(UidSet uids, view.resolve(copy.set, copy.uid));
  UidSet live = uids.subtract(view.ghosts());
  if (!copy.uid && live.count() != uids.count()) {
    co_return no(Code::expunge_issued, "Some of the messages have been deleted.");
  }
  ROOST_CO_TRY(Place target, co_await find_target(session, copy.mailbox));
  if (live.empty()) co_return Copying{};
  Copying out{.to = target.account->id(), .copied = {}, .messages = {}, .refused = {}};
  if (copy.move) {
    out.messages = limit_messages(session, std::move(live));
    live = out.messages.uids;
  } else if ((out.refused = refuse_too_many(session, live))) {
    co_return out;
  }
  if (target.account->id() != session.selected_account().id()) {
    ROOST_CO_TRY(out.copied, co_await carry(session, view, std::move(live), std::move(target), copy));
    co_return out;
  }
  // By number none may be left out (RFC 3501 6.4.7), also if it was expunged since the view was made.
  mail::Copy operation{.from = session.selected()->mailbox,
                       .uids = std::move(live),
                       .to = target.name,
                       .move = copy.move,
                       .all_or_none = !copy.uid};
  ROOST_CO_TRY(mail::OperationResult result, co_await execute_and_tell(session, std::move(operation)));
  out.copied = std::get<mail::Copied>(std::move(result));
  note_own_arrivals(session, target.account->id(), out.copied.to, out.copied.target);
  co_return out;
}

}  // namespace roost::imapd
