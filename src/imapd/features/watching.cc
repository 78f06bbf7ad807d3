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
  return !change.appended.empty() || !change.expunged.empty() || !change.flags_changed.empty() ||
         !change.seen_changed.empty();
}

}  // namespace

SelectedElsewhere::SelectedElsewhere(net::Stream& stream, accounts::AccountPtr account, MailboxId mailbox)
    : stream_(stream),
      account_(std::move(account)),
      mailbox_(mailbox),
      subscription_(account_->subscribe(stream.loop(), mailbox, this)) {}

bool SelectedElsewhere::is_of(const accounts::Account& account, MailboxId mailbox) const {
  return account_->id() == account.id() && mailbox_ == mailbox;
}

Watching::Watching(Session& session)
    : session_(session),
      own_{.account = session.account_ptr(), .prefix = {}},
      news_(session.config().notify_bytes_max),
      subscription_(session.account().subscribe(session.stream().loop(), MailboxId(0), this)) {}

void Watching::set_rules(NotifyRules rules, std::vector<Followed> followed) {
  rules_ = std::move(rules);
  visit(std::move(followed), false);
  watch_grants();
  news_ = News(session_.config().notify_bytes_max);
}

// Those that are visited already stay, with what is known of their names.
void Watching::visit(std::vector<Followed> followed, bool names_are_news) {
  std::vector<std::unique_ptr<VisitedAccount>> before = std::exchange(visited_, {});
  for (Followed& one : followed) {
    auto known = std::ranges::find_if(
        before, [&](const auto& visited) { return visited && visited->followed().prefix == one.prefix; });
    if (known != before.end()) {
      visited_.push_back(std::move(*known));
    } else {
      visited_.push_back(std::make_unique<VisitedAccount>(
          std::move(one), session_.stream().loop(),
          [this](const VisitedAccount& visited, const mail::Change& change) { hear(visited.followed(), change); },
          names_are_news));
    }
  }
  subscriptions_changed_ = false;
}

// Where the rules are about all other users, those who grant something for the first time are followed from then on.
void Watching::watch_grants() {
  grants_.clear();
  granted_ = false;
  bool all_others = false;
  rules_->for_each_name([&](const Bytes& name, bool whole_tree) {
    all_others = all_others || (whole_tree && name + imap::kHierarchySeparator == kOtherUsers);
  });
  if (!all_others) return;
  for (const Bytes& identifier : {session_.user(), Bytes(mail::kAnyone), Bytes(mail::kAuthUser)}) {
    grants_.push_back(session_.services().accounts.watch_grants(session_.stream().loop(), identifier, [this] {
      granted_ = true;
      session_.stream().wake();
    }));
  }
}

std::vector<Followed> Watching::followed() const {
  std::vector<Followed> all{own_};
  for (const auto& visited : visited_) all.push_back(visited->followed());
  return all;
}

const Followed* Watching::find_followed(AccountId account) const {
  if (account == own_.account->id()) return &own_;
  auto found =
      std::ranges::find_if(visited_, [&](const auto& one) { return one->followed().account->id() == account; });
  return found == visited_.end() ? nullptr : &(*found)->followed();
}

// Within the account, its changes wake the session anyway.
void Watching::follow_selected() {
  const Selected* selected = session_.selected();
  bool needed = selected != nullptr && rules_ && rules_->selected() != nullptr &&
                find_followed(selected->account->id()) == nullptr;
  if (!needed) {
    selected_elsewhere_.reset();
  } else if (!selected_elsewhere_ || !selected_elsewhere_->is_of(*selected->account, selected->mailbox)) {
    selected_elsewhere_ = std::make_unique<SelectedElsewhere>(session_.stream(), selected->account, selected->mailbox);
  }
}

// RFC 5464 4.4: before any NOTIFY, what ENABLE METADATA asks for.
NotifyEvents Watching::events_of(const Followed& followed, BytesView local_name) const {
  Bytes name = followed.prefix + Bytes(local_name);
  if (rules_) {
    bool subscribed = own_.account->snapshot()->subscribed(name);
    return rules_->events_of(name, {.personal = followed.prefix.empty(), .subscribed = subscribed});
  }
  NotifyEvents events;
  if (session_.modes().metadata) events.add(NotifyEvent::mailbox_metadata_change);
  return events;
}

void Watching::changed(const mail::Change& change) {
  mail::SnapshotPtr snapshot = own_.account->snapshot();
  std::vector<uint32_t> own = own_operations(change);
  for (const mail::NameChange& one : change.names) {
    hear_name(*snapshot, one, std::ranges::find(own, one.operation) != own.end());
  }
  hear(own_, change);
}

void Watching::hear(const Followed& followed, const mail::Change& change) {
  if (change.is_unknown()) {
    news_.overflow();
    return session_.stream().wake();
  }
  mail::SnapshotPtr snapshot = followed.account->snapshot();
  for (const mail::MailboxChange& one : change.mailboxes) hear_messages(followed, *snapshot, one);
  for (const mail::MetadataChange& one : change.metadata) hear_metadata(followed, *snapshot, one);
  if (has_news() || concerns_selected(followed.account->id(), change)) session_.stream().wake();
}

bool Watching::has_news() const {
  return !news_.empty() || granted_ || (subscriptions_changed_ && rules_ && rules_->follow_subscriptions()) ||
         std::ranges::any_of(visited_, [](const auto& one) { return one->names_changed(); });
}

bool Watching::concerns_selected(AccountId account, const mail::Change& change) const {
  const Selected* selected = session_.selected();
  if (selected == nullptr || !rules_ || rules_->selected() == nullptr) return false;
  const mail::MailboxChange* one = account == selected->account->id() ? change.find(selected->mailbox) : nullptr;
  return one != nullptr && (one->deleted || one->acl_changed || has_messages(*one));
}

bool Watching::is_selected(const Followed& followed, MailboxId mailbox) const {
  const Selected* selected = session_.selected();
  return selected != nullptr && selected->account->id() == followed.account->id() && selected->mailbox == mailbox;
}

void Watching::hear_messages(const Followed& followed, const mail::Snapshot& snapshot,
                             const mail::MailboxChange& change) {
  if (!rules_ || !has_messages(change)) return;
  if (is_selected(followed, change.mailbox)) return;  // RFC 5465 6.1
  auto mailbox = snapshot.find(change.mailbox);
  if (!mailbox || mailbox->noselect() || !may_be_told(*followed.account, *mailbox)) return;
  NotifyEvents wanted = events_of(followed, mailbox->name());
  NotifyEvents heard;
  if (!change.expunged.empty() && wanted.has(NotifyEvent::message_expunge)) heard.add(NotifyEvent::message_expunge);
  UidSet flags_changed = change.flags_changed_for(followed.account->actor().own_seen);
  if (!flags_changed.empty() && wanted.has(NotifyEvent::flag_change)) heard.add(NotifyEvent::flag_change);
  UidSet arrived = wanted.has(NotifyEvent::message_new) ? change.appended : UidSet();
  if (!heard.empty() || !arrived.empty()) news_.add_messages({followed.account->id(), change.mailbox}, heard, arrived);
}

// RFC 5465 5.1: another UIDVALIDITY under the name is told as well, to those who ask for FlagChange.
void Watching::hear_name(const mail::Snapshot& snapshot, const mail::NameChange& change, bool own) {
  using What = mail::NameChange::What;
  if (!rules_) return;
  if (change.what == What::subscribed || change.what == What::unsubscribed) {
    subscriptions_changed_ = true;
    NotifyRules::Standing standing{.personal = !lies_elsewhere(session_, change.name), .subscribed = true};
    if (!own && rules_->events_of(change.name, standing).has(NotifyEvent::subscription_change)) {
      news_.add_name(change.name, {});
    } else if (own && own_name_) {
      own_name_->skipped.push_back({change.name, {}});
    }
    return;
  }
  hear_affected(change.name, change.old_name, own);
  if (change.what == What::renamed) {
    hear_carried_along(change);
  } else {
    hear_affected(parent_of(change.name), {}, own);
  }
  auto mailbox = own || change.what == What::deleted ? std::nullopt : snapshot.find(change.name);
  if (!mailbox || mailbox->noselect() || !events_of(own_, change.name).has(NotifyEvent::flag_change)) return;
  NotifyEvents events;
  events.add(NotifyEvent::flag_change);
  news_.add_messages({own_.account->id(), mailbox->id()}, events, {});
}

void Watching::hear_affected(const std::string& name, const std::string& old_name, bool own) {
  if (name.empty()) return;
  bool wanted = events_of(own_, name).has(NotifyEvent::mailbox_name) ||
                (!old_name.empty() && events_of(own_, old_name).has(NotifyEvent::mailbox_name));
  if (!wanted) return;
  if (own && own_name_) {
    own_name_->skipped.push_back({name, old_name});
  } else {
    news_.add_name(name, old_name);
  }
}

// INBOX stays, and so do its children (RFC 9051 6.3.6).
void Watching::hear_carried_along(const mail::NameChange& change) {
  if (change.old_name == imap::kInbox) return;
  for (std::string& name : news_.carried_along(change.old_name, change.name)) {
    if (events_of(own_, name).has(NotifyEvent::mailbox_name)) news_.add_name(std::move(name), {});
  }
}

// On the server, each user has entries of his own; a special use is its owner's (EntryValues).
void Watching::hear_metadata(const Followed& followed, const mail::Snapshot& snapshot,
                             const mail::MetadataChange& change) {
  const bool own = followed.account->id() == own_.account->id();
  if (change.user.value != 0 && change.user != own_.account->id()) return;
  if (!own && (change.mailbox.value == 0 || change.entry == mail::kSpecialUseEntry)) return;
  bool wanted = false;
  if (change.mailbox.value == 0) {
    wanted = rules_ ? rules_->server_metadata() : session_.modes().metadata || session_.modes().metadata_server;
  } else if (auto mailbox = snapshot.find(change.mailbox)) {
    wanted = may_be_told(*followed.account, *mailbox) &&
             events_of(followed, mailbox->name()).has(NotifyEvent::mailbox_metadata_change);
  }
  if (wanted) news_.add_metadata({followed.account->id(), change.mailbox}, change.entry, change.modseq);
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

void Watching::end_own_name(const std::string& name, bool done) {
  for (const auto& visited : visited_) {
    const Bytes& prefix = visited->followed().prefix;
    if (done && name.starts_with(prefix)) visited->forget_own_name(name.substr(prefix.size()));
  }
  if (!done && own_name_) {
    for (News::Name& one : own_name_->skipped) news_.add_name(std::move(one.name), std::move(one.old_name));
  }
  own_name_.reset();
}

void Watching::note_own_arrivals(AccountId account, MailboxId mailbox, const UidSet& uids) {
  const Selected* selected = session_.selected();
  if (selected != nullptr && selected->account->id() == account && selected->mailbox == mailbox) {
    own_arrivals_ = own_arrivals_.unite(uids);
  } else {
    news_.forget_arrivals({account, mailbox}, uids);
  }
}

Watching& watching(Session& session) {
  // The only Watch that there is.
  if (session.watch() == nullptr) session.set_watch(std::make_unique<Watching>(session));
  return static_cast<Watching&>(*session.watch());
}

void note_own_arrivals(Session& session, AccountId account, MailboxId mailbox, const UidSet& uids) {
  if (session.watch() != nullptr) watching(session).note_own_arrivals(account, mailbox, uids);
}

void note_own_metadata(Session& session, AccountId account, ModSeq modseq) {
  if (session.watch() != nullptr) watching(session).note_own_metadata(account, modseq);
}

OwnName::OwnName(Session& session, mail::NameChange::What what, std::string name)
    : session_(session), name_(std::move(name)) {
  if (session.watch() != nullptr) watching(session).expect_own_name(what, name_);
}

OwnName::~OwnName() {
  if (session_.watch() != nullptr) watching(session_).end_own_name(name_, done_);
}

}  // namespace roost::imapd
