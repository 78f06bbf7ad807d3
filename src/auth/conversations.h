// SCRAM exchanges between their first and their final message. Not thread-safe; time is given.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sasl/scram_server.h"

namespace roost::auth {

struct Conversation {
  std::string name;      // canonical; where no name can be made of it, as it came
  std::string verifier;  // the user's line at the start; empty: there is no such user
  std::string address_block;
  sasl::ScramServer server;
  TimePoint started;
  std::vector<uint64_t> app_passwords = {};  // ids of the server's other passwords
};

class Conversations {
 public:
  static constexpr size_t kEntriesMax = 4096;
  static constexpr Seconds kKeptFor{60};

  // An honest client takes a round trip from first to final: where there are too many, the oldest goes.
  uint64_t add(Conversation conversation);
  // Each can be taken once.
  std::optional<Conversation> take(uint64_t id, TimePoint now);
  size_t size() const { return entries_.size(); }

 private:
  std::map<uint64_t, Conversation> entries_;  // ids ascend, so the first is the oldest
  uint64_t next_id_ = 1;
};

}  // namespace roost::auth
