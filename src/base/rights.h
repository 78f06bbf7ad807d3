// The rights of access control lists (RFC 4314 2.1), as a set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace roost {

// The bits are stored: never renumber them.
enum class Right : uint16_t {
  lookup = 1 << 0,            // l: LIST shows the mailbox
  read = 1 << 1,              // r: SELECT, STATUS
  seen = 1 << 2,              // s: \Seen
  write = 1 << 3,             // w: flags other than \Seen and \Deleted
  insert = 1 << 4,            // i: APPEND, COPY into it
  post = 1 << 5,              // p: mail to the mailbox's own address
  create_mailboxes = 1 << 6,  // k: below it
  delete_mailbox = 1 << 7,    // x
  delete_messages = 1 << 8,   // t: \Deleted
  expunge = 1 << 9,           // e
  administer = 1 << 10,       // a: the access control list itself
};

struct Rights {
  uint16_t bits = 0;

  static constexpr uint16_t kAllBits = 0x7ff;

  constexpr Rights() = default;
  constexpr Rights(Right right) : bits(static_cast<uint16_t>(right)) {}
  constexpr explicit Rights(uint16_t b) : bits(b & kAllBits) {}
  static constexpr Rights all() { return Rights(kAllBits); }

  constexpr bool has(Right right) const { return (bits & static_cast<uint16_t>(right)) != 0; }
  constexpr bool has_any(Rights of) const { return (bits & of.bits) != 0; }
  constexpr bool empty() const { return bits == 0; }
  constexpr Rights operator|(Rights o) const { return Rights(static_cast<uint16_t>(bits | o.bits)); }
  constexpr Rights operator&(Rights o) const { return Rights(static_cast<uint16_t>(bits & o.bits)); }
  constexpr Rights operator~() const { return Rights(static_cast<uint16_t>(~bits)); }
  constexpr Rights& operator|=(Rights o) { return *this = *this | o; }
  friend constexpr bool operator==(Rights, Rights) = default;

  // "lrswipkxtecda": with the virtual rights c (where k or x is there) and d (t or e), which clients of RFC 2086 look
  // for (RFC 4314 2.1.1).
  std::string spelled() const;
};

constexpr Rights operator|(Right a, Right b) { return Rights(a) | Rights(b); }

// What rights are spelled as, in any order, repeats allowed; c means k and x, d means t and e (RFC 4314 2.1.1). bad()
// for any other letter, a capital among them (RFC 4314 3.1).
Result<Rights> parse_rights(std::string_view spelled);

// The letter of one right.
char letter_of(Right right);

}  // namespace roost
