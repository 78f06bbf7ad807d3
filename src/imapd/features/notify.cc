// NOTIFY (RFC 5465): what is told, and of which mailboxes. watching.cc hears of changes, notifying.cc tells them.
#include "imap/list_response.h"
#include "imapd/features/all.h"
#include "imapd/features/status_row.h"
#include "imapd/features/watching.h"

namespace roost::imapd {
namespace {

using imap::NotifyEvent;
using imap::NotifyEvents;
using imap::StatusItem;

constexpr NotifyEvents supported_events() {
  NotifyEvents events;
  for (NotifyEvent event :
       {NotifyEvent::message_new, NotifyEvent::message_expunge, NotifyEvent::flag_change, NotifyEvent::mailbox_name,
        NotifyEvent::subscription_change, NotifyEvent::mailbox_metadata_change, NotifyEvent::server_metadata_change}) {
    events.bits |= static_cast<uint8_t>(event);
  }
  return events;
}
constexpr NotifyEvents kSupported = supported_events();

bool is_supported(const imap::Notify& notify) {
  if (notify.has_unknown_event) return false;
  for (const imap::Notify::Group& group : notify.groups) {
    if (group.events.has(NotifyEvent::annotation_change)) return false;
  }
  return true;
}

// RFC 5465 3.1: what the client must know to make sense of what it will be told.
imap::StatusItems items_for(NotifyEvents events) {
  imap::StatusItems items;
  if (events.has(NotifyEvent::message_new)) {
    for (StatusItem item : {StatusItem::messages, StatusItem::uid_next, StatusItem::uid_validity}) items.add(item);
  }
  if (events.has(NotifyEvent::message_expunge)) items.add(StatusItem::messages);
  if (events.has(NotifyEvent::flag_change)) {
    for (StatusItem item : {StatusItem::uid_validity, StatusItem::highest_mod_seq, StatusItem::unseen}) items.add(item);
  }
  return items;
}

// How one mailbox stands that the rules cover: STATUS where that is asked for; \NoAccess where it may be listed, and
// nothing told of it (RFC 5465 3.1).
void write_standing(Session& session, const Followed& followed, const mail::Mailbox& mailbox, NotifyEvents events,
                    bool with_status) {
  const bool utf8 = session.dialect().utf8_names;
  Bytes name = followed.prefix + mailbox.name();
  if (!may_be_told(*followed.account, mailbox)) {
    bool listed = followed.account->rights(mailbox).has(Right::lookup);
    if (listed) imap::write_list(session.buffer(), {.name = name, .no_access = true}, false, utf8);
    return;
  }
  imap::StatusItems items = items_for(events);
  const Selected* selected = session.selected();
  bool is_selected =
      selected != nullptr && selected->account->id() == followed.account->id() && selected->mailbox == mailbox.id();
  if (!with_status || items.empty() || mailbox.noselect() || is_selected) return;
  imap::write_status(session.buffer(), name, counters_of(session, followed.account->id(), mailbox), items, utf8);
}

task<Result<>> write_standings(Session& session, const Watching& watch, Followed followed, bool with_status) {
  mail::SnapshotPtr snapshot = followed.account->snapshot();
  std::vector<MailboxId> ids;
  snapshot->for_each_mailbox([&ids](const mail::Mailbox& mailbox) {
    ids.push_back(mailbox.id());
    return true;
  });
  for (MailboxId id : ids) {
    mail::Mailbox mailbox = *snapshot->find(id);
    NotifyEvents events = watch.events_of(followed, mailbox.name());
    if (!events.empty()) write_standing(session, followed, mailbox, events, with_status);
    if (session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  co_return Result<>{};
}

task<Result<Completion>> run_notify(Session& session, imap::Command& command) {
  auto& notify = std::get<imap::Notify>(command.body);
  if (!is_supported(notify)) {
    co_return refusal(imap::code_bad_event(kSupported), "There is no such event.");
  }
  bool with_status = notify.status;
  bool none = notify.groups.empty();
  NotifyRules rules(std::move(notify));
  if (rules.bytes() > session.config().notify_bytes_max) {
    co_return refusal(imap::ResponseCode(imap::kNotificationOverflow), "That is too much to be told of.");
  }
  Result<std::vector<Followed>> followed = co_await find_followed(session, rules);
  if (!followed && followed.error().code == Code::limit) {
    co_return refusal(imap::ResponseCode(imap::kNotificationOverflow), "Those are too many users to be told of.");
  }
  if (!followed) co_return std::unexpected(std::move(followed).error());
  Watching& watch = watching(session);
  // RFC 5465 3.1: what has gathered so far is told, as NOOP does it.
  if (!none && session.selected() != nullptr) ROOST_CO_TRY_VOID(co_await tell(session, Hazard::breaks));
  if (!none) ROOST_CO_TRY_VOID(co_await watch.tell_news(session));
  watch.set_rules(std::move(rules), *std::move(followed));
  for (Followed& one : watch.followed()) {
    ROOST_CO_TRY_VOID(co_await write_standings(session, watch, std::move(one), with_status));
  }
  co_return done("NOTIFY completed.");
}

constexpr Capability kCapabilities[] = {{"NOTIFY", kLoggedIn}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::notify, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_notify},
};

}  // namespace

constinit const Feature kNotify = {.name = "notify", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
