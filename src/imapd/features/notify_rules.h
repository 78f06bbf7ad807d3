// What a client asked for by NOTIFY (RFC 5465), as it is kept while the connection lasts.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "imap/notify.h"

namespace roost::imapd {

class NotifyRules {
 public:
  NotifyRules() = default;  // NOTIFY NONE
  explicit NotifyRules(imap::Notify notify);

  // Of the selected mailbox; null: no events (RFC 5465 3.1).
  const imap::Notify::Group* selected() const { return selected_ ? &*selected_ : nullptr; }
  // Of any other, by its name: all groups that it belongs to, together (RFC 5465 6). `personal`: the user's own.
  struct Standing {
    bool personal = true;
    bool subscribed = false;
  };
  imap::NotifyEvents events_of(BytesView name, Standing standing) const;
  // Calls fn(name, whether what is below it counts too) for each name that they mention.
  void for_each_name(const std::function<void(const Bytes&, bool)>& fn) const;
  bool follow_subscriptions() const;
  bool server_metadata() const { return server_metadata_; }
  // Memory that it takes, more or less.
  size_t bytes() const;

 private:
  std::optional<imap::Notify::Group> selected_;
  std::vector<imap::Notify::Group> others_;  // their names in order
  bool server_metadata_ = false;
};

}  // namespace roost::imapd
