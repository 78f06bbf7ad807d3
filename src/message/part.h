// The part table: where each MIME part of a message lies, so that any section can be read as one range of bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace roost::message {

// Octets of the message as stored, counted from its first.
struct ByteRange {
  uint64_t offset = 0;
  uint64_t size = 0;

  uint64_t end() const { return offset + size; }
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// Content-Transfer-Encoding (RFC 2045 6). `unknown` is any other token: BINARY answers it with UNKNOWN-CTE.
enum class Encoding : uint8_t { seven_bit, eight_bit, binary, base64, quoted_printable, uuencode, unknown };

enum class PartKind : uint8_t {
  leaf,
  multipart,  // at least one child: an empty one is synthesised where the message has none
  message,    // message/rfc822 or message/global: exactly one child, the encapsulated message's own root
};

inline constexpr uint32_t kNoPart = UINT32_MAX;

// One entity: the message itself (index 0), a body part, or an encapsulated message. The table is in the order in which
// the parts' headers occur (preorder), so parent < own index < children.
struct Part {
  uint32_t parent = kNoPart;
  uint32_t first_child = kNoPart;
  uint32_t next_sibling = kNoPart;
  uint32_t depth = 0;  // the root is 0
  PartKind kind = PartKind::leaf;
  Encoding encoding = Encoding::seven_bit;
  bool synthetic = false;   // made up, so that a multipart or message has a child; both ranges are empty
  bool attachment = false;  // Content-Disposition: attachment
  std::string type;         // lower case, such as "text"
  std::string subtype;      // lower case, such as "plain"
  std::string charset;      // of text/*: as given, in lower case; empty where none was given
  ByteRange header;         // with the blank line that ends it, where there is one
  ByteRange body;           // without the CRLF that belongs to the boundary after it (RFC 2046 5.1.1)
  uint64_t body_lines = 0;  // line ends (LF) in `body`: what BODYSTRUCTURE calls the size in lines

  bool is_text() const { return type == "text"; }
  bool is(std::string_view t, std::string_view s) const { return type == t && subtype == s; }
  friend bool operator==(const Part&, const Part&) = default;
};

}  // namespace roost::message
