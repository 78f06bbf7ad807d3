// What a session has heard of and not yet told, beside its selected mailbox. It says which, not what: what is told is
// how things are by then. Small and bounded: once it is full it forgets everything but that.
#pragma once

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/uid_set.h"
#include "imap/notify.h"

namespace roost::imapd {

class News {
 public:
  struct Name {
    std::string name;
    std::string old_name;  // empty: it was not renamed
  };
  // A mailbox of the user's own account or of another one.
  struct MailboxOf {
    AccountId account;
    MailboxId mailbox;  // 0: the server
    friend auto operator<=>(const MailboxOf&, const MailboxOf&) = default;
  };
  struct Messages {
    imap::NotifyEvents events;  // but arrivals, which are in `arrived`
    UidSet arrived;
  };
  struct Metadata {
    MailboxOf mailbox;
    std::string entry;
    ModSeq modseq;  // of the last change
  };

  explicit News(size_t bytes_max) : bytes_max_(bytes_max) {}

  void add_name(std::string name, std::string old_name);
  void add_messages(MailboxOf mailbox, imap::NotifyEvents events, const UidSet& arrived);
  void add_metadata(MailboxOf mailbox, std::string entry, ModSeq modseq);
  void overflow();

  // What the session did itself.
  void forget_arrivals(MailboxOf mailbox, const UidSet& uids);
  void forget_metadata(AccountId account, ModSeq modseq);

  // What `name` becomes when `from` is renamed to `to`, for each name that lies below and is still to be told: it will
  // be told as gone then, and of the renaming the client learns of no child that it did not know.
  std::vector<std::string> carried_along(const std::string& from, const std::string& to) const;

  bool empty() const { return names_.empty() && messages_.empty() && metadata_.empty() && !overflowed_; }
  bool overflowed() const { return overflowed_; }
  const std::vector<Name>& names() const { return names_; }  // in the order of what happened
  const std::map<MailboxOf, Messages>& messages() const { return messages_; }
  const std::vector<Metadata>& metadata() const { return metadata_; }

 private:
  bool is_said(const std::string& name) const;
  void charge(size_t bytes);

  size_t bytes_max_;
  size_t bytes_ = 0;  // more or less, since it was empty
  bool overflowed_ = false;
  std::vector<Name> names_;
  std::map<MailboxOf, Messages> messages_;
  std::vector<Metadata> metadata_;
};

}  // namespace roost::imapd
