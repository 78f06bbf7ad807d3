#include "imapd/features/watching.h"

#include <algorithm>

#include "imap/mailbox_name.h"
#include "imapd/features/own_changes.h"

namespace roost::imapd {

using imap::NotifyEvent;
using imap::NotifyEvents;

namespace {

// RFC 5465 5.4: its direct parent is affected by what is created or deleted.
std::string parent_of(const std::string& name) {
  size_t end = name.rfind(imap::kHierarchySeparator);
  return end == std::string::npos ? std::string() : name.substr(0, end);
}

bool has_messages(const mail::MailboxChange& change) {
  return !change.appended.empty() || !change.expunged.empty() || !change.flags_changed.empty();
}

}  // namespace

Watching::Watching(Session& session)
    : session_(session),
      news_(session.config().notify_bytes_max),
      subscription_(session.account().subscribe(session.stream().loop(), MailboxId(0), this)) {}

void Watching::set_rules(NotifyRules rules) {
  rules_ = std::move(rules);
  news_ = News(session_.config().notify_bytes_max);
}

// RFC 5464 4.4: before any NOTIFY, what ENABLE METADATA asks for.
NotifyEvents Watching::events_of(const mail::Snapshot& snapshot, BytesView name) const {
  if (rules_) return rules_->events_of(name, snapshot.subscribed(name));
  NotifyEvents events;
  if (session_.modes().metadata) events.add(NotifyEvent::mailbox_metadata_change);
  return events;
}

void Watching::changed(const mail::Change& change) {
  if (change.is_unknown()) {
    news_.overflow();
    return session_.stream().wake();
  }
  mail::SnapshotPtr snapshot = session_.account().snapshot();
  std::vector<uint32_t> own = own_operations(change);
  for (const mail::NameChange& one : change.names) {
    hear_name(*snapshot, one, std::ranges::find(own, one.operation) != own.end());
  }
  for (const mail::MailboxChange& one : change.mailboxes) hear_messages(*snapshot, one);
  for (const mail::MetadataChange& one : change.metadata) hear_metadata(*snapshot, one);
  if (!news_.empty() || concerns_selected(change)) session_.stream().wake();
}

bool Watching::concerns_selected(const mail::Change& change) const {
  const Selected* selected = session_.selected();
  if (selected == nullptr || !rules_ || rules_->selected() == nullptr) return false;
  const mail::MailboxChange* one = change.find(selected->mailbox);
  return one != nullptr && (one->deleted || has_messages(*one));
}

void Watching::hear_messages(const mail::Snapshot& snapshot, const mail::MailboxChange& change) {
  if (!rules_ || !has_messages(change)) return;
  const Selected* selected = session_.selected();
  if (selected != nullptr && selected->mailbox == change.mailbox) return;  // RFC 5465 6.1
  auto mailbox = snapshot.find(change.mailbox);
  if (!mailbox || mailbox->noselect()) return;
  NotifyEvents wanted = events_of(snapshot, mailbox->name());
  NotifyEvents heard;
  if (!change.expunged.empty() && wanted.has(NotifyEvent::message_expunge)) heard.add(NotifyEvent::message_expunge);
  if (!change.flags_changed.empty() && wanted.has(NotifyEvent::flag_change)) heard.add(NotifyEvent::flag_change);
  UidSet arrived = wanted.has(NotifyEvent::message_new) ? change.appended : UidSet();
  if (!heard.empty() || !arrived.empty()) news_.add_messages(change.mailbox, heard, arrived);
}

// RFC 5465 5.1: another UIDVALIDITY under the name is told as well, to those who ask for FlagChange.
void Watching::hear_name(const mail::Snapshot& snapshot, const mail::NameChange& change, bool own) {
  using What = mail::NameChange::What;
  if (!rules_) return;
  if (change.what == What::subscribed || change.what == What::unsubscribed) {
    if (!own && rules_->events_of(change.name, true).has(NotifyEvent::subscription_change)) {
      news_.add_name(change.name, {});
    } else if (own && own_name_) {
      own_name_->skipped.push_back({change.name, {}});
    }
    return;
  }
  hear_affected(snapshot, change.name, change.old_name, own);
  if (change.what != What::renamed) hear_affected(snapshot, parent_of(change.name), {}, own);
  auto mailbox = own || change.what == What::deleted ? std::nullopt : snapshot.find(change.name);
  if (!mailbox || mailbox->noselect() || !events_of(snapshot, change.name).has(NotifyEvent::flag_change)) return;
  NotifyEvents events;
  events.add(NotifyEvent::flag_change);
  news_.add_messages(mailbox->id(), events, {});
}

void Watching::hear_affected(const mail::Snapshot& snapshot, const std::string& name, const std::string& old_name,
                             bool own) {
  if (name.empty()) return;
  bool wanted = events_of(snapshot, name).has(NotifyEvent::mailbox_name) ||
                (!old_name.empty() && events_of(snapshot, old_name).has(NotifyEvent::mailbox_name));
  if (!wanted) return;
  if (own && own_name_) {
    own_name_->skipped.push_back({name, old_name});
  } else {
    news_.add_name(name, old_name);
  }
}

void Watching::hear_metadata(const mail::Snapshot& snapshot, const mail::MetadataChange& change) {
  if (change.user.value != 0 && change.user != session_.account().id()) return;
  bool wanted = false;
  if (change.mailbox.value == 0) {
    wanted = rules_ ? rules_->server_metadata() : session_.modes().metadata || session_.modes().metadata_server;
  } else if (auto mailbox = snapshot.find(change.mailbox)) {
    wanted = events_of(snapshot, mailbox->name()).has(NotifyEvent::mailbox_metadata_change);
  }
  if (wanted) news_.add_metadata(change.mailbox, change.entry, change.modseq);
}

// Of the record, those that this session is waiting for.
std::vector<uint32_t> Watching::own_operations(const mail::Change& change) const {
  std::vector<uint32_t> own;
  if (!own_name_) return own;
  for (const mail::NameChange& one : change.names) {
    if (one.what == own_name_->what && one.name == own_name_->name) own.push_back(one.operation);
  }
  return own;
}

void Watching::expect_own_name(mail::NameChange::What what, std::string name) {
  own_name_ = OwnNameExpected{what, std::move(name), {}};
}

void Watching::end_own_name(bool done) {
  if (!done && own_name_) {
    for (News::Name& one : own_name_->skipped) news_.add_name(std::move(one.name), std::move(one.old_name));
  }
  own_name_.reset();
}

void Watching::note_own_arrivals(MailboxId mailbox, const UidSet& uids) {
  const Selected* selected = session_.selected();
  if (selected != nullptr && selected->mailbox == mailbox) {
    own_arrivals_ = own_arrivals_.unite(uids);
  } else {
    news_.forget_arrivals(mailbox, uids);
  }
}

Watching& watching(Session& session) {
  // The only Watch that there is.
  if (session.watch() == nullptr) session.set_watch(std::make_unique<Watching>(session));
  return static_cast<Watching&>(*session.watch());
}

void note_own_arrivals(Session& session, MailboxId mailbox, const UidSet& uids) {
  if (session.watch() != nullptr) watching(session).note_own_arrivals(mailbox, uids);
}

void note_own_metadata(Session& session, ModSeq modseq) {
  if (session.watch() != nullptr) watching(session).note_own_metadata(modseq);
}

OwnName::OwnName(Session& session, mail::NameChange::What what, const std::string& name) : session_(session) {
  if (session.watch() != nullptr) watching(session).expect_own_name(what, name);
}

OwnName::~OwnName() {
  if (session_.watch() != nullptr) watching(session_).end_own_name(done_);
}

}  // namespace roost::imapd
