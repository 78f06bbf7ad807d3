// message::Parser behind the guard: notes what it parses, and makes an opaque card of what killed a process before.
#pragma once

#include "accounts/parse_guard.h"
#include "base/bytes.h"
#include "message/parser.h"

namespace roost::accounts {

// Any thread, one at a time. The guard must outlive it.
class GuardedParser {
 public:
  explicit GuardedParser(ParseGuard& guard) : guard_(guard) {}

  // Octets in front that fingerprints leave out; before any feed().
  void feed_trace(BytesView trace);
  void feed(BytesView piece);
  // The encoded card.
  Bytes finish();

 private:
  void parse(BytesView block);

  ParseGuard& guard_;
  Fingerprinter fingerprinter_;
  message::Parser parser_;
  Bytes block_;  // not parsed yet: less than a block
  uint64_t size_ = 0;
  bool poisoned_ = false;
};

}  // namespace roost::accounts
