// Address lists (RFC 5322 3.4, obsolete forms of 4.4, groups) in the shape that ENVELOPE gives them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace roost::message {

inline constexpr size_t kAddressCountMax = 4'096;  // of one field; what follows is left out

// One address structure (RFC 9051 7.5.2). A group begins with one that has a mailbox (its name) but no host, and ends
// with one that has neither. An address whose host or mailbox is missing in the message has it empty, never absent.
struct Address {
  std::optional<Bytes> name;     // display name, quotes removed, encoded words as they came; or the comment after it
  std::optional<Bytes> route;    // obsolete source route, "@a,@b"
  std::optional<Bytes> mailbox;  // local part, quotes removed
  std::optional<Bytes> host;

  bool is_group_start() const { return mailbox && !host; }
  bool is_group_end() const { return !mailbox && !host; }
  friend bool operator==(const Address&, const Address&) = default;
};

// Takes anything; what is no address degrades to something a person can read.
std::vector<Address> parse_addresses(BytesView value, size_t count_max = kAddressCountMax);

// The addresses as ENVELOPE has them, for people and SEARCH: "name <mailbox@host>", separated by commas, encoded words
// decoded.
Bytes address_text(BytesView value);

}  // namespace roost::message
