// NOTIFY (RFC 5465): which events of which mailboxes a client wants to be told of.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "imap/fetch.h"
#include "imap/response.h"

namespace roost::imap {

class Parser;

enum class NotifyEvent : uint8_t {
  message_new = 1 << 0,
  message_expunge = 1 << 1,
  flag_change = 1 << 2,
  annotation_change = 1 << 3,
  mailbox_name = 1 << 4,
  subscription_change = 1 << 5,
  mailbox_metadata_change = 1 << 6,
  server_metadata_change = 1 << 7,
};

struct NotifyEvents {
  uint8_t bits = 0;
  bool has(NotifyEvent event) const { return (bits & static_cast<uint8_t>(event)) != 0; }
  void add(NotifyEvent event) { bits |= static_cast<uint8_t>(event); }
  void add(NotifyEvents events) { bits |= events.bits; }
  // message-event     RFC 5465 8
  NotifyEvents of_messages() const { return {static_cast<uint8_t>(bits & 0x0f)}; }
  bool empty() const { return bits == 0; }
  friend bool operator==(NotifyEvents, NotifyEvents) = default;
};

// notify = "NOTIFY" SP ("SET" [SP "STATUS"] SP event-groups / "NONE")     RFC 5465 8
struct Notify {
  struct Group {
    enum class Filter : uint8_t { selected, selected_delayed, inboxes, personal, subscribed, subtree, mailboxes };

    Filter filter = Filter::personal;
    std::vector<Bytes> names;  // of subtree and mailboxes; UTF-8, without those that no mailbox can have
    NotifyEvents events;
    std::vector<FetchItem> items;  // of MessageNew

    bool is_of_selected() const { return filter == Filter::selected || filter == Filter::selected_delayed; }
  };

  bool status = false;
  std::vector<Group> groups;       // NONE: none
  bool has_unknown_event = false;  // an event that no RFC here names: NO [BADEVENT]
};

Result<Notify> parse_notify(Parser& in);

// "BADEVENT (…)" with the names of `supported`
ResponseCode code_bad_event(NotifyEvents supported);
inline constexpr std::string_view kNotificationOverflow = "NOTIFICATIONOVERFLOW";

}  // namespace roost::imap
