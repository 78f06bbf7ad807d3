// What a session is told of other mailboxes, of names and of annotations: ENABLE METADATA (RFC 5464) and NOTIFY
// (RFC 5465). From the same changes as IDLE.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "imapd/features/news.h"
#include "imapd/features/notify_rules.h"
#include "imapd/session.h"
#include "imapd/telling.h"
#include "mail/change.h"

namespace roost::imapd {

// Listens to all changes of the account and keeps what its client wants to hear. Logged in only.
class Watching final : public Watch, public accounts::Listener {
 public:
  explicit Watching(Session& session);

  // From the first NOTIFY on they say what is told, of the selected mailbox too. What waits is told before.
  void set_rules(NotifyRules rules);

  task<Result<>> tell_after(Session& session, Hazard hazard, bool expunges) override;
  task<Result<>> tell_between_commands(Session& session) override;
  // LIST, STATUS and METADATA responses for what waits.
  task<Result<>> tell_news(Session& session);

  void changed(const mail::Change& change) override;

  // own_changes.h
  void expect_own_name(mail::NameChange::What what, std::string name);
  void end_own_name(bool done);
  void note_own_arrivals(MailboxId mailbox, const UidSet& uids);
  void note_own_metadata(ModSeq modseq) { news_.forget_metadata(modseq); }

 private:
  struct OwnNameExpected {
    mail::NameChange::What what;
    std::string name;
    std::vector<News::Name> skipped;
  };

  imap::NotifyEvents events_of(const mail::Snapshot& snapshot, BytesView name) const;
  void hear_messages(const mail::Snapshot& snapshot, const mail::MailboxChange& change);
  void hear_name(const mail::Snapshot& snapshot, const mail::NameChange& change, bool own);
  void hear_affected(const mail::Snapshot& snapshot, const std::string& name, const std::string& old_name, bool own);
  void hear_metadata(const mail::Snapshot& snapshot, const mail::MetadataChange& change);
  std::vector<uint32_t> own_operations(const mail::Change& change) const;
  bool concerns_selected(const mail::Change& change) const;

  Told told() const;
  task<Result<>> tell_selected(Session& session, Hazard hazard, Told told);
  void write_name(const mail::Snapshot& snapshot, const News::Name& name);
  void write_status(const mail::Snapshot& snapshot, MailboxId id, const News::Messages& messages);
  void write_metadata(const mail::Snapshot& snapshot, const News& news);

  Session& session_;
  std::optional<NotifyRules> rules_;  // none: no NOTIFY yet
  News news_;
  UidSet own_arrivals_;  // in the selected mailbox, not told of yet
  std::optional<OwnNameExpected> own_name_;
  accounts::Subscription subscription_;  // last: it calls the rest
};

// The session's; made if there is none.
Watching& watching(Session& session);

}  // namespace roost::imapd
