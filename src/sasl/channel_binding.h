// What a secure channel gives to bind an exchange to (RFC 5056): a client that proves to know it shows that nobody sits
// in between.
#pragma once

#include <string>

#include "base/bytes.h"

namespace roost::sasl {

struct ChannelBinding {
  std::string type;  // "tls-exporter", "tls-unique", "tls-server-end-point"
  Bytes data;
};

}  // namespace roost::sasl
