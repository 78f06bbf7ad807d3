// What a response calls the message that it speaks of.
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace roost::imap {

// "12 FETCH", or once UIDONLY is enabled "4711 UIDFETCH" (RFC 9586 3.3).
struct MessageLabel {
  MessageLabel(SeqNum number) : value(number.value), by_uid(false) {}
  MessageLabel(Uid uid) : value(uid.value), by_uid(true) {}

  // Of the message whose number, and whose UID, is greater by so much.
  MessageLabel plus(uint32_t more) const {
    MessageLabel other = *this;
    other.value += more;
    return other;
  }

  uint32_t value;
  bool by_uid;
};

}  // namespace roost::imap
