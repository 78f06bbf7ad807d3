// UIDBATCHES (RFC 10022): ranges of UIDs that hold equally many messages.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace roost::imap {

class Parser;

// message-batches = "UIDBATCHES" SP nz-number [SP nz-number ":" nz-number]
struct UidBatches {
  struct Range {
    uint32_t first = 1;  // the batch with the highest UIDs is 1
    uint32_t last = 1;   // not below first
  };

  uint32_t size = 0;            // messages in each
  std::optional<Range> wanted;  // of the batches; nothing: all of them
};

// BAD [CLIENTBUG] for a range that is the wrong way round.
Result<UidBatches> parse_uid_batches(Parser& in);

// uidbatches-response = "UIDBATCHES" search-correlator [SP uid-range *("," uid-range)]
//
// Writes one response range by range, from the highest UIDs down; finish() closes it. The caller may flush in between.
class UidBatchesWriter {
 public:
  UidBatchesWriter(Bytes& out, BytesView tag);

  void batch(Uid highest, Uid lowest);
  void finish();

 private:
  Bytes& out_;
  bool first_ = true;
};

}  // namespace roost::imap
