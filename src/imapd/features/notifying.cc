// What a Watching tells: the order is that of telling.cc, and after it LIST, STATUS and METADATA of everything else.
#include "imap/list_response.h"
#include "imap/metadata_response.h"
#include "imap/response.h"
#include "imapd/features/fetch_unasked.h"
#include "imapd/features/mailbox_row.h"
#include "imapd/features/status_row.h"
#include "imapd/features/watching.h"

namespace roost::imapd {

using imap::NotifyEvent;
using imap::StatusItem;

namespace {

bool owes_something(const Session& session, const Selected& selected) {
  return session.account().snapshot()->position() != selected.position || !selected.ghosts.empty() ||
         !selected.flags_owed.empty();
}

}  // namespace

Told Watching::told() const {
  if (!rules_) return {};
  const imap::Notify::Group* group = rules_->selected();
  if (group == nullptr) return {.arrivals = false, .expunges = false, .flags = false};
  return {.arrivals = group->events.has(NotifyEvent::message_new),
          .expunges = group->events.has(NotifyEvent::message_expunge),
          .flags = group->events.has(NotifyEvent::flag_change)};
}

task<Result<>> Watching::tell_after(Session& session, Hazard hazard, bool expunges) {
  if (session.selected() != nullptr) {
    Told now = told();
    now.expunges = now.expunges || expunges;
    ROOST_CO_TRY_VOID(co_await tell_selected(session, hazard, now));
  }
  co_return co_await tell_news(session);
}

// RFC 5465 6.1: SELECTED means at once, whatever it does to message numbers; SELECTED-DELAYED keeps expunges for a
// command that may tell them.
task<Result<>> Watching::tell_between_commands(Session& session) {
  const Selected* selected = session.selected();
  const imap::Notify::Group* group = rules_ ? rules_->selected() : nullptr;
  if (selected != nullptr && group != nullptr && owes_something(session, *selected)) {
    bool delayed = group->filter == imap::Notify::Group::Filter::selected_delayed;
    ROOST_CO_TRY_VOID(co_await tell_selected(session, delayed ? Hazard::uses : Hazard::breaks, told()));
  }
  if (rules_) co_return co_await tell_news(session);
  co_return Result<>{};
}

// RFC 5465 5.2: EXISTS, and then what is asked for of each new message that the session did not bring itself.
task<Result<>> Watching::tell_selected(Session& session, Hazard hazard, Told told) {
  Uid first = session.selected()->uidnext;
  ROOST_CO_TRY_VOID(co_await tell(session, hazard, told));
  Uid end = session.selected()->uidnext;
  UidSet own = std::exchange(own_arrivals_, {});
  const imap::Notify::Group* group = rules_ ? rules_->selected() : nullptr;
  if (group == nullptr || group->items.empty() || first >= end) co_return Result<>{};
  UidSet arrived = UidSet{{first, Uid(end.value - 1)}}.subtract(own);
  mail::SnapshotPtr snapshot = session.account().snapshot();
  auto mailbox = snapshot->find(session.selected()->mailbox);
  if (!mailbox || !mailbox->missing_pages().empty()) co_return Result<>{};
  arrived = mailbox->live(arrived);
  if (arrived.empty()) co_return Result<>{};
  co_return co_await fetch_unasked(session, group->items, std::move(arrived));
}

// What is heard meanwhile waits for the next time.
[[gnu::noinline]] task<Result<>> Watching::tell_news(Session& session) {
  if (news_.empty()) co_return Result<>{};
  News news = std::exchange(news_, News(session.config().notify_bytes_max));
  if (news.overflowed()) {
    imap::write_untagged(session.buffer(), imap::Condition::ok, imap::kNotificationOverflow,
                         "Too many changes to tell of them.");
    if (rules_) set_rules({});  // RFC 5465 5.8
    co_return Result<>{};
  }
  mail::SnapshotPtr snapshot = session.account().snapshot();
  for (const News::Name& name : news.names()) {
    write_name(*snapshot, name);
    if (session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  for (const auto& [mailbox, messages] : news.messages()) {
    write_status(*snapshot, mailbox, messages);
    if (session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  write_metadata(*snapshot, news);
  co_return Result<>{};
}

// RFC 5465 5.4, 5.5: as it is by now; \NonExistent if it is gone.
void Watching::write_name(const mail::Snapshot& snapshot, const News::Name& name) {
  imap::ListRow row = mailbox_row(snapshot, name.name);
  row.subscribed = snapshot.subscribed(name.name);
  row.old_name = name.old_name;
  imap::write_list(session_.buffer(), row, false, session_.dialect().utf8_names);
}

// RFC 5465 5.1 to 5.3. UNSEEN goes with FlagChange: without CONDSTORE it is what the client can see of it.
void Watching::write_status(const mail::Snapshot& snapshot, MailboxId id, const News::Messages& messages) {
  const Selected* selected = session_.selected();
  auto mailbox = snapshot.find(id);
  if (!mailbox || mailbox->noselect() || (selected != nullptr && selected->mailbox == id)) return;
  imap::StatusItems items;
  items.add(StatusItem::uid_validity);
  if (!messages.arrived.empty() || messages.events.has(NotifyEvent::message_expunge)) {
    items.add(StatusItem::messages);
    items.add(StatusItem::uid_next);
  }
  if (events_of(snapshot, mailbox->name()).has(NotifyEvent::flag_change)) items.add(StatusItem::unseen);
  if (session_.modes().condstore) items.add(StatusItem::highest_mod_seq);
  imap::write_status(session_.buffer(), mailbox->name(), counters_of(session_, *mailbox), items,
                     session_.dialect().utf8_names);
}

// RFC 5464 4.4.2: the names of what changed, together for each mailbox.
void Watching::write_metadata(const mail::Snapshot& snapshot, const News& news) {
  std::map<MailboxId, std::vector<const std::string*>> changed;
  for (const News::Metadata& one : news.metadata()) changed[one.mailbox].push_back(&one.entry);
  for (const auto& [id, entries] : changed) {
    auto mailbox = snapshot.find(id);
    if (!mailbox && id.value != 0) continue;
    Bytes name = mailbox ? Bytes(mailbox->name()) : Bytes();
    imap::MetadataWriter response(session_.buffer(), name, session_.dialect().utf8_names);
    for (const std::string* entry : entries) response.changed(*entry);
    response.finish();
  }
}

}  // namespace roost::imapd
