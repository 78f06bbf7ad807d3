// What a session hears of another user's mailboxes, or of the public ones, which its NOTIFY names (RFC 5465 5.9).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "imap/list_response.h"
#include "imapd/place.h"
#include "mail/change.h"

namespace roost::imapd {

// An account that is listened to, and what stands before its names.
struct Followed {
  accounts::AccountPtr account;
  Bytes prefix;
};

// RFC 5465 5: every event takes the rights "l" and "r".
inline bool may_be_told(const accounts::Account& account, const mail::Mailbox& mailbox) {
  constexpr Rights kNeeded = Right::lookup | Right::read;
  return (account.rights(mailbox) & kNeeded) == kNeeded;
}

// Which of its mailboxes the client may be told of changes with every access control list. So what became of names is
// worked out from what there was when names were last told, and never from what others did: that might tell of a name
// that this user must not know.
class VisitedAccount final : public accounts::Listener {
 public:
  using Heard = std::function<void(const VisitedAccount&, const mail::Change&)>;

  // Calls `heard` in the loop, after each change. `names_are_news`: its names are to be told of.
  VisitedAccount(Followed followed, rt::Loop& loop, Heard heard, bool names_are_news);

  const Followed& followed() const { return followed_; }
  // Also once its user is being removed.
  bool names_changed() const;

  // What became of names since the last time: whole names, with \NonExistent where they are gone, \NoAccess where only
  // the right to them is (RFC 5465 5.4, 5.9).
  std::vector<imap::ListRow> take_names();
  // Of `name` and what is above or below it, the session itself has done what was done.
  void forget_own_name(BytesView name);

  void changed(const mail::Change& change) override;

 private:
  struct Known {
    std::string name;  // within the account
    bool no_select = false;
    bool has_children = false;
    friend bool operator==(const Known&, const Known&) = default;
  };
  using KnownMailboxes = std::map<MailboxId, Known>;

  KnownMailboxes look() const;
  imap::ListRow row_of_lost(MailboxId id, const Known& known);
  imap::ListRow row_of(const Known& known) const;

  const Followed followed_;
  const Heard heard_;
  bool names_changed_;
  KnownMailboxes known_;
  accounts::Subscription subscription_;  // last: it calls the rest
};

}  // namespace roost::imapd
