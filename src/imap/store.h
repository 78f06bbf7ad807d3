// STORE, COPY, MOVE, EXPUNGE: what is done to messages.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/flags.h"
#include "base/ids.h"
#include "base/result.h"
#include "imap/sequence_set.h"

namespace roost::imap {

class Parser;

// store = "STORE" SP sequence-set [store-modifiers] SP store-att-flags     RFC 9051 6.4.6, RFC 7162 3.1.3
struct Store {
  enum class Mode : uint8_t { replace, add, remove };

  bool uid = false;
  SequenceSet set;
  std::optional<ModSeq> unchanged_since;
  Mode mode = Mode::replace;
  bool silent = false;
  FlagSet flags;  // system flags that do not exist, and \Recent, are left out: they are not in PERMANENTFLAGS
};

// copy = "COPY" SP sequence-set SP mailbox     RFC 9051 6.4.7; move likewise: RFC 6851
struct Copy {
  bool uid = false;
  bool move = false;
  SequenceSet set;
  Bytes mailbox;
};

// expunge = "EXPUNGE"; uid-expunge = "UID EXPUNGE" SP sequence-set     RFC 9051 6.4.3, RFC 4315 2.1
struct Expunge {
  std::optional<SequenceSet> uids;
};

Result<Store> parse_store(Parser& in, bool uid);
Result<Copy> parse_copy(Parser& in, bool uid, bool move);
Result<Expunge> parse_uid_expunge(Parser& in);

}  // namespace roost::imap
