// The header fields that final delivery puts on top of a message (RFC 5321 4.4; Delivered-To as RFC 9228).
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "lmtpd/command.h"

namespace roost::lmtpd {

struct Trace {
  std::optional<Address> reverse_path;  // none: a bounce, "<>"
  std::optional<Address> delivered_to;  // the only recipient of this copy
  std::string client;                   // what LHLO said
  std::string peer_address;             // "192.0.2.7" or "unix"
  std::string host_name;                // ours
  bool smtputf8 = false;
  std::string id;
  WallTime at;
};

Bytes write_trace(const Trace& trace);

}  // namespace roost::lmtpd
