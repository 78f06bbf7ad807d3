// One message as the mailbox knows it. The cold part is written once, the hot part changes.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/flags.h"
#include "base/ids.h"

namespace roost::mail {

// INTERNALDATE: the instant, and the zone it was given in (RFC 9051 2.3.3), which is given back.
struct InternalDate {
  int64_t seconds = 0;       // since 1970 UTC
  int16_t zone_minutes = 0;  // east of UTC

  friend bool operator==(const InternalDate&, const InternalDate&) = default;
};

// Where a message's card lies: in the log's tail (then in memory), in a packed segment, or in a blob of its own.
// At most one is set. Immutable; COPY shares it.
struct CardRef {
  std::shared_ptr<const Bytes> tail;
  PageId segment;      // with index
  uint32_t index = 0;  // of the card within the segment
  BlobId blob;
};

// Which keywords a message has: an index into its mailbox's table of keyword sets (Mailbox::keywords_of). 0 is none.
using KeywordSet = Id<struct KeywordSetTag, uint16_t>;

struct Hot {
  ModSeq modseq;
  SystemFlags flags;
  KeywordSet keywords;
};

struct Cold {
  Uid uid;
  InternalDate internal_date;
  int64_t save_date = 0;  // seconds since 1970 UTC: when it came into this mailbox (RFC 8514)
  uint64_t size = 0;      // octets, as stored
  ObjectId email_id;
  ObjectId thread_id;
  BlobId blob;
  CardRef card;
};

struct Row {
  Cold cold;
  Hot hot;
};

}  // namespace roost::mail
