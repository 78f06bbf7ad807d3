// What a session is told of other mailboxes, of names and of annotations: ENABLE METADATA (RFC 5464) and NOTIFY
// (RFC 5465). From the same changes as IDLE.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "imapd/features/news.h"
#include "imapd/features/notify_rules.h"
#include "imapd/features/visited_account.h"
#include "imapd/session.h"
#include "imapd/telling.h"
#include "mail/change.h"

namespace roost::imapd {

// The accounts other than the user's own in which mailboxes lie that the rules mention. no(limit): they are too many.
task<Result<std::vector<Followed>>> find_followed(Session& session, NotifyRules rules);

// Wakes a session when its selected mailbox changes, which lies in an account that it does not follow.
class SelectedElsewhere final : public accounts::Listener {
 public:
  SelectedElsewhere(net::Stream& stream, accounts::AccountPtr account, MailboxId mailbox);
  bool is_of(const accounts::Account& account, MailboxId mailbox) const;
  void changed(const mail::Change&) override { stream_.wake(); }

 private:
  net::Stream& stream_;
  const accounts::AccountPtr account_;
  const MailboxId mailbox_;
  accounts::Subscription subscription_;
};

// Listens to all changes of the account, and of those that its client follows beside it, and keeps what the client
// wants to hear. Logged in only.
class Watching final : public Watch, public accounts::Listener {
 public:
  explicit Watching(Session& session);

  // From the first NOTIFY on they say what is told, of the selected mailbox too. What waits is told before.
  void set_rules(NotifyRules rules, std::vector<Followed> followed);
  // The user's own account first.
  std::vector<Followed> followed() const;
  imap::NotifyEvents events_of(const Followed& followed, BytesView local_name) const;

  task<Result<>> tell_after(Session& session, Hazard hazard, bool expunges) override;
  task<Result<>> tell_between_commands(Session& session) override;
  // LIST, STATUS and METADATA responses for what waits.
  task<Result<>> tell_news(Session& session);

  void changed(const mail::Change& change) override;

  // own_changes.h
  void expect_own_name(mail::NameChange::What what, std::string name);
  void end_own_name(const std::string& name, bool done);
  void note_own_arrivals(AccountId account, MailboxId mailbox, const UidSet& uids);
  void note_own_metadata(AccountId account, ModSeq modseq) { news_.forget_metadata(account, modseq); }

 private:
  struct OwnNameExpected {
    mail::NameChange::What what;
    std::string name;
    std::vector<News::Name> skipped;
  };

  void hear(const Followed& followed, const mail::Change& change);
  void hear_messages(const Followed& followed, const mail::Snapshot& snapshot, const mail::MailboxChange& change);
  void hear_name(const mail::Snapshot& snapshot, const mail::NameChange& change, bool own);
  void hear_affected(const std::string& name, const std::string& old_name, bool own);
  void hear_carried_along(const mail::NameChange& change);
  void hear_metadata(const Followed& followed, const mail::Snapshot& snapshot, const mail::MetadataChange& change);
  std::vector<uint32_t> own_operations(const mail::Change& change) const;
  bool concerns_selected(AccountId account, const mail::Change& change) const;
  bool is_selected(const Followed& followed, MailboxId mailbox) const;
  bool has_news() const;
  void visit(std::vector<Followed> followed, bool names_are_news);
  void watch_grants();
  void follow_selected();
  const Followed* find_followed(AccountId account) const;

  Told told() const;
  task<Result<>> tell_selected(Session& session, Hazard hazard, Told told);
  task<Result<>> refresh_followed();
  task<Result<>> tell_visited_names();
  void write_name(const News::Name& name);
  void write_status(const Followed& followed, MailboxId id, const News::Messages& messages);
  void write_metadata(const News& news);

  Session& session_;
  const Followed own_;
  std::optional<NotifyRules> rules_;  // none: no NOTIFY yet
  News news_;
  UidSet own_arrivals_;  // in the selected mailbox, not told of yet
  std::optional<OwnNameExpected> own_name_;
  bool subscriptions_changed_ = false;
  bool granted_ = false;  // something, to this user, since the followed accounts were found
  std::vector<std::unique_ptr<VisitedAccount>> visited_;  // that they mention
  std::unique_ptr<SelectedElsewhere> selected_elsewhere_;
  std::vector<accounts::Subscription> grants_;
  accounts::Subscription subscription_;  // last: it calls the rest
};

// The session's; made if there is none.
Watching& watching(Session& session);

}  // namespace roost::imapd
