// STATUS and its items, which LIST … RETURN (STATUS …) shares.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::imap {

class Parser;

enum class StatusItem : uint16_t {
  messages = 1 << 0,
  recent = 1 << 1,
  uid_next = 1 << 2,
  uid_validity = 1 << 3,
  unseen = 1 << 4,
  deleted = 1 << 5,           // RFC 9051
  size = 1 << 6,              // RFC 8438
  append_limit = 1 << 7,      // RFC 7889
  highest_mod_seq = 1 << 8,   // RFC 7162
  mailbox_id = 1 << 9,        // RFC 8474
  deleted_storage = 1 << 10,  // RFC 9208
};

struct StatusItems {
  uint16_t bits = 0;
  bool has(StatusItem item) const { return (bits & static_cast<uint16_t>(item)) != 0; }
  void add(StatusItem item) { bits |= static_cast<uint16_t>(item); }
  bool empty() const { return bits == 0; }
  friend bool operator==(StatusItems, StatusItems) = default;
};

// status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"     RFC 9051 6.3.11
struct Status {
  Bytes mailbox;
  StatusItems items;
};

Result<Status> parse_status(Parser& in);
// "(" status-att *(SP status-att) ")"
Result<StatusItems> parse_status_items(Parser& in);

}  // namespace roost::imap
