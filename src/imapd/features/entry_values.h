// The annotations that one user sees of one mailbox, or of the server: stored ones, and those that are worked out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "imapd/session.h"
#include "mail/snapshot.h"

namespace roost::imapd {

// "/private/…", which is each user's own. Of a name in lower case, as all names are here.
bool is_private_entry(std::string_view name);

class EntryValues {
 public:
  // `mailbox` is one of `account`; 0: the server. A special use is its owner's only (RFC 6154 2).
  EntryValues(const Session& session, const accounts::Account& account, const mail::Snapshot& snapshot,
              MailboxId mailbox)
      : session_(session), snapshot_(snapshot), mailbox_(mailbox), with_special_use_(account.actor().owner) {}

  std::optional<Bytes> find(const std::string& name) const;
  // `below` and what begins with it and a "/", in the order of names.
  void for_each(const std::string& below, const std::function<void(const std::string&, const Bytes&)>& fn) const;

 private:
  std::optional<Bytes> worked_out(std::string_view name) const;
  bool shows(std::string_view name) const;
  AccountId user_of(std::string_view name) const;

  const Session& session_;
  const mail::Snapshot& snapshot_;
  MailboxId mailbox_;
  bool with_special_use_;
};

// RFC 6154 4: "\Drafts \Sent"; none where there is none.
std::optional<Bytes> spell_special_use(const mail::Mailbox& mailbox);

}  // namespace roost::imapd
