// Which header fields are kept when a message is parsed, and which of them a card holds.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace roost::message {

enum class FieldUse : uint8_t {
  none = 0,
  card = 1,      // HEADER.FIELDS of it is answered from the card
  envelope = 2,  // needed for ENVELOPE, of encapsulated messages too
  mime = 4,      // needed for BODYSTRUCTURE
};

constexpr FieldUse operator|(FieldUse a, FieldUse b) {
  return static_cast<FieldUse>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b));
}
constexpr bool has_use(FieldUse of, FieldUse wanted) {
  return (static_cast<uint8_t>(of) & static_cast<uint8_t>(wanted)) != 0;
}

// By name, in any case.
FieldUse field_use(BytesView name);

}  // namespace roost::message
