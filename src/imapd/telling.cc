#include "imapd/telling.h"

#include <algorithm>
#include <span>
#include <utility>

#include "imap/fetch_response.h"
#include "imap/response.h"
#include "imapd/keyword_names.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

inline constexpr uint32_t kLinesBetweenChecks = 64;  // of a batch's size and time
inline constexpr size_t kVanishedRangesMax = 1'000;  // in one VANISHED
inline constexpr int kLoadsMax = 100;                // pages of old expunges, which may be dropped while others come

UidSet from_on(const mail::Mailbox& mailbox, Uid first) {
  if (first >= mailbox.uidnext()) return {};
  return mailbox.live(UidSet{{first, Uid(mailbox.uidnext().value - 1)}});
}

const mail::Rows& rows_of(Needs needs) { return needs == Needs::flags ? mail::kAllFlags : mail::kAllRows; }

// A snapshot in which the mailbox is there and what is needed of it in memory, or an error.
task<Result<mail::SnapshotPtr>> loaded_snapshot(accounts::Account& account, MailboxId id, Needs needs) {
  mail::SnapshotPtr snapshot = account.snapshot();
  auto mailbox = snapshot->find(id);
  if (mailbox && !mailbox->noselect() && mailbox->missing_pages(rows_of(needs)).empty()) co_return snapshot;
  ROOST_CO_TRY(snapshot, co_await account.load(id, rows_of(needs)));
  mailbox = snapshot->find(id);
  if (!mailbox || mailbox->noselect()) co_return no(Code::nonexistent, "No such mailbox.");
  co_return snapshot;
}

// RFC 4314 5.1.1: the right to read it was taken away, or another user's account is being removed.
bool is_withdrawn(const Selected& selected, const Result<mail::SnapshotPtr>& snapshot) {
  if (selected.account->retired() && !selected.account->actor().owner) return true;
  if (!snapshot) return false;
  return !selected.account->rights(*(*snapshot)->find(selected.mailbox)).has(Right::read);
}

// Messages that came since: \Recent here if this session is the first to be told. IMAP4rev2 has no \Recent, so its
// clients leave it to others.
void take_recent(Session& session, Selected& selected, const mail::Mailbox& mailbox) {
  if (session.modes().rev2) return;
  RecentClaims& claims = session.services().recent_claims;
  AccountId account = selected.account->id();
  LoggedClaim logged = logged_claim(*selected.account, selected.mailbox);
  Uid first = selected.read_only ? claims.unclaimed(account, selected.mailbox, logged)
                                 : claims.claim(account, selected.mailbox, logged, mailbox.uidnext());
  selected.recent = selected.recent.unite(from_on(mailbox, std::max(first, selected.uidnext)));
}

task<Result<>> tell_expunges(Session& session, const View& view) {
  Selected& selected = *session.selected();
  const bool by_uid = session.modes().qresync || session.modes().uid_only;
  if (!std::exchange(selected.ghosts_known, true) && by_uid) {
    co_return session.bye("view_lost", "Too much has changed: please connect again.");
  }
  UidSet ghosts = std::move(selected.ghosts);
  selected.ghosts.clear();
  uint64_t ghosts_left = ghosts.count();
  selected.exists -= static_cast<uint32_t>(ghosts_left);
  selected.recent = view.mailbox().live(selected.recent);
  selected.claim_owed = session.modes().condstore;
  if (by_uid) co_return co_await tell_vanished(session, std::move(ghosts), false);
  uint32_t lines = 0;
  const auto& ranges = ghosts.ranges();
  for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
    // Nothing alive lies within a range of ghosts, so all of it has the same live messages below.
    uint32_t live_below = view.mailbox().rank(range->first);
    for (uint64_t n = range->count(); n > 0; --n) {
      imap::write_expunge(session.buffer(), SeqNum(live_below + static_cast<uint32_t>(ghosts_left)));
      --ghosts_left;
      if (++lines % kLinesBetweenChecks == 0 && session.batch_due()) {
        ROOST_CO_TRY_VOID(co_await session.next_batch());
      }
    }
  }
  co_return Result<>{};
}

void tell_arrivals(Session& session, const View& view) {
  Selected& selected = *session.selected();
  const mail::Mailbox& mailbox = view.mailbox();
  if (mailbox.uidnext() <= selected.uidnext) return;
  uint32_t arrived = mailbox.messages() - mailbox.rank(selected.uidnext);
  if (arrived > 0) take_recent(session, selected, mailbox);
  selected.uidnext = mailbox.uidnext();
  if (arrived == 0) return;  // they came and went again: nothing to tell
  selected.exists += arrived;
  // EXISTS says no MODSEQ: at its next visit the client would be told of all of them again.
  if (session.modes().condstore) selected.claim_owed = true;
  imap::write_exists(session.buffer(), selected.exists);
}

// RFC 3501 7.3.2: when the size of the mailbox changes, so after expunges too; also if as many have come as have gone,
// because some clients count those down by themselves.
void tell_recent(Session& session, bool some_expunged) {
  Selected& selected = *session.selected();
  auto recent = static_cast<uint32_t>(selected.recent.count());
  if (some_expunged || recent != selected.recent_told) imap::write_recent(session.buffer(), recent);
  selected.recent_told = recent;
}

class FlagsLine {
 public:
  FlagsLine(Session& session, const View& view, bool with_uid)
      : with_uid_(!session.modes().uid_only && (with_uid || session.modes().condstore)),
        with_mod_seq_(session.modes().condstore),
        recent_(&session.selected()->recent),
        keywords_(view.mailbox()) {}

  void operator()(Bytes& out, imap::MessageLabel label, Uid uid, const mail::Hot& hot) {
    std::optional<Uid> with_uid = with_uid_ ? std::optional(uid) : std::nullopt;
    std::optional<ModSeq> mod_seq = with_mod_seq_ ? std::optional(hot.modseq) : std::nullopt;
    imap::write_fetch_flags(out, label, with_uid, hot.flags, keywords_.of(hot.keywords), recent_->contains(uid),
                            mod_seq);
  }

 private:
  bool with_uid_;
  bool with_mod_seq_;
  const UidSet* recent_;
  KeywordNames keywords_;
};

void write_mod_seq(Bytes& out, imap::MessageLabel label, Uid uid, const mail::Hot& hot) {
  imap::FetchWriter response(out, label);
  if (!label.by_uid) response.uid(uid);
  response.mod_seq(hot.modseq);
  response.finish();
}

// Calls line(out, label, uid, hot) for the live ones of `uids`, batch by batch.
template <class Line>
task<Result<>> tell_rows(Session& session, const View& view, UidSet uids, Line line, Order order) {
  uint32_t lines = 0;
  const bool down = order == Order::descending;
  for (size_t i = 0; i < uids.range_count(); ++i) {
    const UidRange& range = uids.ranges()[down ? uids.range_count() - 1 - i : i];
    for (uint32_t n = 0; n < range.count(); ++n) {
      Uid uid(down ? range.last.value - n : range.first.value + n);
      auto hot = view.mailbox().find_hot(uid);
      if (!hot) continue;
      line(session.buffer(), view.label(uid), uid, *hot);
      if (++lines % kLinesBetweenChecks == 0 && session.batch_due()) {
        ROOST_CO_TRY_VOID(co_await session.next_batch());
      }
    }
  }
  co_return Result<>{};
}

}  // namespace

task<Result<View>> catch_up(Session& session, Needs needs) {
  if (session.selected() == nullptr) co_return no(Code::no_perm, "The mailbox may not be read any more.");
  Selected& selected = *session.selected();
  Result<mail::SnapshotPtr> snapshot = co_await loaded_snapshot(*selected.account, selected.mailbox, needs);
  if (is_withdrawn(selected, snapshot)) {
    session.leave_mailbox();
    co_return no(Code::no_perm, "The mailbox may not be read any more.");
  }
  if (!snapshot && snapshot.error().code == Code::nonexistent) {
    session.deselect();
    co_return session.bye("mailbox_deleted", "The selected mailbox was deleted.");
  }
  if (!snapshot) co_return std::unexpected(std::move(snapshot).error());
  if ((*snapshot)->position() != selected.position) {
    mail::Mailbox mailbox = *(*snapshot)->find(selected.mailbox);
    auto changes = mail::changes_since(mailbox, selected.modseq);
    const auto* delta = std::get_if<mail::MailboxDelta>(&changes);
    if (delta == nullptr) co_return fault("rows are missing from a loaded mailbox");
    if (!advance(selected, mailbox, *delta)) {
      co_return session.bye("view_lost", "Too much has changed: please connect again.");
    }
    selected.position = (*snapshot)->position();
  }
  co_return View(selected, *std::move(snapshot));
}

namespace {

// RFC 4314 5.1.1: FLAGS and PERMANENTFLAGS again, where the rights that they follow from are others now.
void tell_rights(Session& session, const mail::Mailbox& mailbox) {
  Selected& selected = *session.selected();
  constexpr Rights kFlagRights = Right::seen | Right::write | Right::delete_messages;
  Rights rights = selected.account->rights(mailbox);
  Rights before = std::exchange(selected.rights_told, rights);
  if ((before & kFlagRights) == (rights & kFlagRights) || selected.read_only) return;
  imap::write_flags_response(session.buffer(), SystemFlags::all(), mailbox.keywords());
  imap::write_untagged(session.buffer(), imap::Condition::ok, permanent_flags(session, mailbox), "Rights changed.");
}

}  // namespace

task<Result<>> tell(Session& session, Hazard hazard) { return tell(session, hazard, Told{}); }

[[gnu::noinline]] task<Result<>> tell(Session& session, Hazard hazard, Told told) {
  Result<View> caught = co_await catch_up(session, Needs::flags);
  if (!caught && caught.error().kind == Error::Kind::no && session.selected() == nullptr) co_return Result<>{};
  ROOST_CO_TRY(View view, std::move(caught));
  Selected& selected = *session.selected();
  tell_rights(session, view.mailbox());
  bool expunges = told.expunges && hazard == Hazard::breaks;
  if (expunges && !selected.ghosts.empty()) ROOST_CO_TRY_VOID(co_await tell_expunges(session, view));
  bool some_recent_expunged = selected.recent.count() != selected.recent_told;
  if (told.arrivals) tell_arrivals(session, view);
  tell_recent(session, some_recent_expunged);
  if (told.flags && !selected.flags_owed.empty()) {
    View numbered(selected, view.snapshot());  // after the expunges
    ROOST_CO_TRY_VOID(co_await tell_flags(session, numbered, selected.flags_owed, true));
  }
  if (selected.ghosts.empty() && selected.flags_owed.empty() && selected.uidnext == view.mailbox().uidnext()) {
    selected.complete = selected.modseq;
  } else {
    selected.claim_owed = session.modes().condstore;
  }
  co_return Result<>{};
}

task<Result<>> tell_flags(Session& session, const View& view, UidSet uids, bool with_uid, Order order) {
  Selected& selected = *session.selected();
  tell_keywords(session, view.mailbox());
  selected.flags_owed = selected.flags_owed.subtract(uids);
  co_return co_await tell_rows(session, view, std::move(uids), FlagsLine(session, view, with_uid), order);
}

task<Result<>> tell_vanished(Session& session, UidSet uids, bool earlier) {
  const auto& ranges = uids.ranges();
  for (size_t at = 0; at < ranges.size(); at += kVanishedRangesMax) {
    size_t count = std::min(kVanishedRangesMax, ranges.size() - at);
    UidSet some = UidSet::from_ranges({ranges.begin() + at, ranges.begin() + at + count});
    imap::write_vanished(session.buffer(), some, earlier);
    if (session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  co_return Result<>{};
}

task<Result<>> tell_mod_seqs(Session& session, const View& view, UidSet uids) {
  co_return co_await tell_rows(session, view, std::move(uids), write_mod_seq, Order::ascending);
}

imap::ResponseCode take_claim(Session& session) {
  Selected* selected = session.selected();
  if (selected == nullptr || !selected->claim_owed) return {};
  selected->claim_owed = false;
  return imap::code_highest_mod_seq(selected->complete);
}

void add_claim(Session& session, Result<Completion>& reply) {
  imap::ResponseCode claim = take_claim(session);
  if (claim.empty()) return;
  if (reply && reply->condition == imap::Condition::ok && reply->code.empty()) {
    reply->code = std::move(claim);
  } else {
    imap::write_untagged(session.buffer(), imap::Condition::ok, claim, "Told up to here.");
  }
}

task<Result<mail::MailboxDelta>> changes_since(Session& session, View& view, ModSeq since) {
  for (int loads = 0; loads < kLoadsMax; ++loads) {
    auto changes = mail::changes_since(view.mailbox(), since);
    if (auto* delta = std::get_if<mail::MailboxDelta>(&changes)) co_return std::move(*delta);
    ROOST_CO_TRY_VOID(co_await session.selected_account().load_changes(session.selected()->mailbox, since));
    ROOST_CO_TRY(view, co_await catch_up(session, Needs::flags));
  }
  co_return fault("what is known of expunges does not stay in memory");
}

imap::ResponseCode permanent_flags(Session& session, const mail::Mailbox& mailbox) {
  if (session.selected()->read_only) return imap::code_permanent_flags({}, {}, false);
  Rights rights = session.selected_account().rights(mailbox);
  SystemFlags system = mail::changeable_flags(rights);
  if (!mail::may_change_keywords(rights)) return imap::code_permanent_flags(system, {}, false);
  size_t keywords_max = session.services().accounts.config().limits.keywords_per_mailbox_max;
  const std::vector<std::string>& keywords = mailbox.keywords();
  return imap::code_permanent_flags(system, keywords, keywords.size() < keywords_max);
}

void tell_keywords(Session& session, const mail::Mailbox& mailbox) {
  Selected& selected = *session.selected();
  const std::vector<std::string>& keywords = mailbox.keywords();
  if (keywords.size() == selected.keywords_told) return;
  selected.keywords_told = keywords.size();
  imap::write_flags_response(session.buffer(), SystemFlags::all(), keywords);
  if (selected.read_only) return;
  imap::write_untagged(session.buffer(), imap::Condition::ok, permanent_flags(session, mailbox), "More keywords.");
}

Selected open_view(Session& session, accounts::AccountPtr account, const mail::SnapshotPtr& snapshot,
                   const mail::Mailbox& mailbox, bool read_only) {
  Selected selected{.account = std::move(account),
                    .mailbox = mailbox.id(),
                    .read_only = read_only,
                    .uid_only = session.modes().uid_only};
  selected.rights_told = selected.account->rights(mailbox);
  take_recent(session, selected, mailbox);
  selected.uidnext = mailbox.uidnext();
  selected.exists = mailbox.messages();
  selected.modseq = mailbox.highest_modseq();
  selected.complete = selected.modseq;
  selected.position = snapshot->position();
  selected.recent_told = static_cast<uint32_t>(selected.recent.count());
  selected.keywords_told = mailbox.keywords().size();
  return selected;
}

}  // namespace roost::imapd
