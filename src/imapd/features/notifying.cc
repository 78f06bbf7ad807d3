// What a Watching tells: the order is that of telling.cc, and after it LIST, STATUS and METADATA of everything else.
#include "imap/list_response.h"
#include "imap/metadata_response.h"
#include "imap/response.h"
#include "imapd/features/areas.h"
#include "imapd/features/fetch_unasked.h"
#include "imapd/features/status_row.h"
#include "imapd/features/watching.h"

namespace roost::imapd {

using imap::NotifyEvent;
using imap::NotifyEvents;
using imap::StatusItem;

namespace {

bool owes_something(const Selected& selected) {
  return selected.account->snapshot()->position() != selected.position || !selected.ghosts.empty() ||
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
  follow_selected();
  const Selected* selected = session.selected();
  const imap::Notify::Group* group = rules_ ? rules_->selected() : nullptr;
  if (selected != nullptr && group != nullptr && owes_something(*selected)) {
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
  if (session.selected() == nullptr) co_return Result<>{};  // the right to read it is gone
  Uid end = session.selected()->uidnext;
  UidSet own = std::exchange(own_arrivals_, {});
  const imap::Notify::Group* group = rules_ ? rules_->selected() : nullptr;
  if (group == nullptr || group->items.empty() || first >= end) co_return Result<>{};
  UidSet arrived = UidSet{{first, Uid(end.value - 1)}}.subtract(own);
  mail::SnapshotPtr snapshot = session.selected_account().snapshot();
  auto mailbox = snapshot->find(session.selected()->mailbox);
  if (!mailbox || !mailbox->missing_pages(mail::kAllFlags).empty()) co_return Result<>{};
  arrived = mailbox->live(arrived);
  if (arrived.empty()) co_return Result<>{};
  co_return co_await fetch_unasked(session, group->items, std::move(arrived));
}

// What is heard meanwhile waits for the next time.
[[gnu::noinline]] task<Result<>> Watching::tell_news(Session& session) {
  if (!has_news()) co_return Result<>{};
  ROOST_CO_TRY_VOID(co_await refresh_followed());
  News news = std::exchange(news_, News(session.config().notify_bytes_max));
  if (news.overflowed()) {
    imap::write_untagged(session.buffer(), imap::Condition::ok, imap::kNotificationOverflow,
                         "Too many changes to tell of them.");
    if (rules_) set_rules({}, {});  // RFC 5465 5.8
    co_return Result<>{};
  }
  for (const News::Name& name : news.names()) {
    write_name(name);
    if (session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  ROOST_CO_TRY_VOID(co_await tell_visited_names());
  for (const auto& [mailbox, messages] : news.messages()) {
    if (const Followed* followed = find_followed(mailbox.account)) write_status(*followed, mailbox.mailbox, messages);
    if (session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  write_metadata(news);
  co_return Result<>{};
}

// RFC 5465 6.4. Where there are too many, the others go on without those that were added last.
task<Result<>> Watching::refresh_followed() {
  const bool granted = std::exchange(granted_, false);
  const bool subscribed = std::exchange(subscriptions_changed_, false) && rules_ && rules_->follow_subscriptions();
  if (!rules_ || (!subscribed && !granted)) co_return Result<>{};
  Result<std::vector<Followed>> followed = co_await imapd::find_followed(session_, *rules_);
  if (!followed && followed.error().kind != Error::Kind::no) co_return std::unexpected(std::move(followed).error());
  if (followed && rules_) visit(*std::move(followed), granted);
  co_return Result<>{};
}

// RFC 5465 5.4, 5.9: who lost the right to a mailbox that he follows is told so in any case.
task<Result<>> Watching::tell_visited_names() {
  std::vector<imap::ListRow> rows;
  for (const auto& visited : visited_) {
    if (!visited->names_changed()) continue;
    for (imap::ListRow& row : visited->take_names()) rows.push_back(std::move(row));
  }
  for (imap::ListRow& row : rows) {
    if (!rules_) break;
    row.subscribed = own_.account->snapshot()->subscribed(row.name);
    NotifyRules::Standing standing{.personal = false, .subscribed = row.subscribed};
    NotifyEvents events = rules_->events_of(row.name, standing);
    if (!row.old_name.empty()) events.add(rules_->events_of(row.old_name, standing));
    bool wanted = row.no_access ? !events.empty() : events.has(NotifyEvent::mailbox_name);
    if (!wanted) continue;
    imap::write_list(session_.buffer(), row, false, session_.dialect().utf8_names);
    if (session_.batch_due()) ROOST_CO_TRY_VOID(co_await session_.next_batch());
  }
  co_return Result<>{};
}

// RFC 5465 5.4, 5.5: as it is by now; \NonExistent if it is gone.
void Watching::write_name(const News::Name& name) {
  std::vector<Area> areas;
  for (Followed& one : followed()) areas.push_back({one.account, one.account->snapshot(), one.prefix});
  imap::ListRow row = area_row(areas, name.name);
  row.subscribed = areas.front().snapshot->subscribed(name.name);
  row.old_name = name.old_name;
  imap::write_list(session_.buffer(), row, false, session_.dialect().utf8_names);
}

// RFC 5465 5.1 to 5.3. UNSEEN goes with FlagChange: without CONDSTORE it is what the client can see of it.
void Watching::write_status(const Followed& followed, MailboxId id, const News::Messages& messages) {
  mail::SnapshotPtr snapshot = followed.account->snapshot();
  auto mailbox = snapshot->find(id);
  if (!mailbox || mailbox->noselect() || is_selected(followed, id)) return;
  if (!may_be_told(*followed.account, *mailbox)) return;
  imap::StatusItems items;
  items.add(StatusItem::uid_validity);
  if (!messages.arrived.empty() || messages.events.has(NotifyEvent::message_expunge)) {
    items.add(StatusItem::messages);
    items.add(StatusItem::uid_next);
  }
  if (events_of(followed, mailbox->name()).has(NotifyEvent::flag_change)) items.add(StatusItem::unseen);
  if (session_.modes().condstore) items.add(StatusItem::highest_mod_seq);
  imap::write_status(session_.buffer(), followed.prefix + mailbox->name(),
                     counters_of(session_, followed.account->id(), *mailbox), items, session_.dialect().utf8_names);
}

// RFC 5464 4.4.2: the names of what changed, together for each mailbox.
void Watching::write_metadata(const News& news) {
  std::map<News::MailboxOf, std::vector<const std::string*>> changed;
  for (const News::Metadata& one : news.metadata()) changed[one.mailbox].push_back(&one.entry);
  for (const auto& [of, entries] : changed) {
    const Followed* followed = find_followed(of.account);
    if (followed == nullptr) continue;
    mail::SnapshotPtr snapshot = followed->account->snapshot();
    auto mailbox = snapshot->find(of.mailbox);
    bool told = mailbox ? may_be_told(*followed->account, *mailbox) : of.mailbox.value == 0;
    if (!told) continue;
    Bytes name = mailbox ? followed->prefix + mailbox->name() : Bytes();
    imap::MetadataWriter response(session_.buffer(), name, session_.dialect().utf8_names);
    for (const std::string* entry : entries) response.changed(*entry);
    response.finish();
  }
}

}  // namespace roost::imapd
