// What LMTP allows, and who it delivers to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace roost::lmtpd {

struct LmtpConfig {
  std::string host_name = "localhost";                     // in the greeting and in Received
  std::vector<std::string> local_domains = {"localhost"};  // alice@ one of these is also the user "alice"
  uint64_t message_bytes_max = uint64_t{64} << 20;
  uint64_t shared_body_bytes_min = 128 * 1024;  // larger messages to several recipients are stored once
  uint32_t recipients_max = 1'000;
  uint32_t bad_commands_max = 20;    // then the connection ends
  bool over_quota_is_final = false;  // 552 5.2.2: the sender gives up; otherwise 452 4.2.2: it tries again
  char detail_delimiter = '+';
  Millis idle_ms_max{300'000};
};

}  // namespace roost::lmtpd
