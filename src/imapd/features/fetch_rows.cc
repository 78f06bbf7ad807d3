#include "imapd/features/fetch_rows.h"

#include "imapd/features/object_id.h"

namespace roost::imapd {

using Kind = imap::FetchItem::Kind;

namespace {

inline constexpr uint32_t kMessagesBetweenChecks = 64;  // of the batch's size and time

class RowWriter {
 public:
  RowWriter(Session& session, const View& view, const FetchPlan& plan)
      : session_(session), plan_(plan), keywords_(view.mailbox()), recent_(session.selected()->recent) {}

  void flags(imap::MessageLabel label, Uid uid, const mail::Hot& hot) {
    std::optional<Uid> with_uid = plan_.says_uid ? std::optional(uid) : std::nullopt;
    std::optional<ModSeq> mod_seq = plan_.says_mod_seq ? std::optional(hot.modseq) : std::nullopt;
    imap::write_fetch_flags(session_.buffer(), label, with_uid, hot.flags, keywords_.of(hot.keywords), is_recent(uid),
                            mod_seq);
  }
  void row(imap::MessageLabel label, const mail::Cold& cold, const mail::Hot& hot) {
    imap::FetchWriter response(session_.buffer(), label);
    for (const imap::FetchItem& item : plan_.items) {
      write_row_item(response, item, cold, hot, keywords_, is_recent(cold.uid));
    }
    response.finish();
  }
  // True every now and then, when the batch is full.
  bool pause_due() { return ++messages_ % kMessagesBetweenChecks == 0 && session_.batch_due(); }

 private:
  bool is_recent(Uid uid) const { return !recent_.empty() && recent_.contains(uid); }

  Session& session_;
  const FetchPlan& plan_;
  KeywordNames keywords_;
  const UidSet& recent_;
  uint32_t messages_ = 0;
};

// Writes from `next` on, until the range or the batch ends; gives the first uid that was not written. All uids of the
// range are live, so their labels follow that of the first.
uint64_t write_range(RowWriter& writer, const View& view, const FetchPlan& plan, UidRange range,
                     imap::MessageLabel first, uint64_t next) {
  auto label = [&](Uid uid) { return first.plus(uid.value - range.first.value); };
  uint64_t after = uint64_t{range.last.value} + 1;
  Uid from(static_cast<uint32_t>(next));
  if (plan.flags_only) {
    view.mailbox().for_each_hot(from, range.last, [&](Uid uid, const mail::Hot& hot) {
      writer.flags(label(uid), uid, hot);
      if (!writer.pause_due()) return true;
      after = uint64_t{uid.value} + 1;
      return false;
    });
  } else {
    view.mailbox().for_each(from, range.last, [&](const mail::Cold& cold, const mail::Hot& hot) {
      writer.row(label(cold.uid), cold, hot);
      if (!writer.pause_due()) return true;
      after = uint64_t{cold.uid.value} + 1;
      return false;
    });
  }
  return after;
}

}  // namespace

bool write_row_item(imap::FetchWriter& response, const imap::FetchItem& item, const mail::Cold& cold,
                    const mail::Hot& hot, KeywordNames& keywords, bool recent) {
  switch (item.kind) {
    case Kind::uid: response.uid(cold.uid); return true;
    case Kind::flags: response.flags(hot.flags, keywords.of(hot.keywords), recent); return true;
    case Kind::mod_seq: response.mod_seq(hot.modseq); return true;
    case Kind::rfc822_size: response.rfc822_size(cold.size); return true;
    case Kind::internal_date:
      response.internal_date({.utc = {cold.internal_date.seconds}, .zone_minutes = cold.internal_date.zone_minutes});
      return true;
    case Kind::email_id: response.email_id(spell_email_id(cold.email_id)); return true;
    case Kind::thread_id: response.thread_id(spell_thread_id(cold.thread_id)); return true;
    case Kind::save_date: response.save_date(imap::DateTime{.utc = {cold.save_date}}); return true;
    default: return false;
  }
}

task<Result<size_t>> fetch_rows(Session& session, View view, UidSet uids, const FetchPlan& plan) {
  RowWriter writer(session, view, plan);
  UidSet live = uids.subtract(view.ghosts());
  for (const UidRange& range : live) {
    imap::MessageLabel first = view.label(range.first);
    uint64_t next = range.first.value;
    while (true) {
      next = write_range(writer, view, plan, range, first, next);
      if (next > range.last.value) break;
      ROOST_CO_TRY_VOID(co_await session.next_batch());
    }
  }
  size_t unreadable = 0;
  UidSet ghosts = uids.intersect(view.ghosts());
  ghosts.for_each([&](Uid uid) {
    auto row = view.mailbox().find_expunged(uid);
    if (row) writer.row(view.label(uid), row->cold, row->hot);
    unreadable += row ? 0 : 1;
  });
  co_return unreadable;
}

task<Result<size_t>> fetch_rows_downwards(Session& session, View view, std::vector<Uid> uids, const FetchPlan& plan) {
  RowWriter writer(session, view, plan);
  size_t unreadable = 0;
  for (auto uid = uids.rbegin(); uid != uids.rend(); ++uid) {
    bool ghost = view.ghosts().contains(*uid);
    auto row = ghost ? view.mailbox().find_expunged(*uid) : view.mailbox().find(*uid);
    if (row) writer.row(view.label(*uid), row->cold, row->hot);
    unreadable += row ? 0 : 1;
    if (writer.pause_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  co_return unreadable;
}

}  // namespace roost::imapd
