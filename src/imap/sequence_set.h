// The messages that a command names.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/uid_set.h"

namespace roost::imap {

// sequence-set = (seq-number / seq-range) ["," sequence-set] / "$"     RFC 9051 9, RFC 5182
//
// As the client wrote it: in its order, with its overlaps, `*` not yet known. Numbers or UIDs, by the command.
struct SequenceSet {
  static constexpr uint32_t kStar = 0;

  struct Range {
    uint32_t first = 0;  // kStar, or 1..2^32-1; may be above last
    uint32_t last = 0;
    friend bool operator==(const Range&, const Range&) = default;
  };

  std::vector<Range> ranges;
  bool saved = false;  // "$": the result of the last SEARCH RETURN (SAVE); ranges is empty

  bool empty() const { return ranges.empty() && !saved; }
  bool has_star() const;
  friend bool operator==(const SequenceSet&, const SequenceSet&) = default;
};

struct SeqRange {
  SeqNum first;
  SeqNum last;
  friend bool operator==(const SeqRange&, const SeqRange&) = default;
};

// Sorted and merged: O(n log n), O(n) where it is sorted already. `star` stands for `*`: the highest UID, or UIDNEXT in
// an empty mailbox (RFC 9051 9, seq-number). Names UIDs that may not exist.
UidSet resolve_uids(const SequenceSet& set, Uid star);

// Sorted, merged and within 1..exists. Bad for a number above `exists`, and for `*` in an empty mailbox.
Result<std::vector<SeqRange>> resolve_numbers(const SequenceSet& set, uint32_t exists);

// SEARCH's key: those of the numbers that are within 1..exists. The rule above names COPY, FETCH and STORE only (RFC
// 9051 9, seq-number), and nothing more than an empty answer is lost.
std::vector<SeqRange> existing_numbers(const SequenceSet& set, uint32_t exists);

// The whole of `text`, without "$". Bad otherwise.
Result<SequenceSet> parse_sequence_set(BytesView text);
void write_sequence_set(Bytes& out, const SequenceSet& set);

// known-uids, known-sequence-set: no `*`, no "$" (RFC 7162 7).
Result<UidSet> parse_uid_set(BytesView text);

}  // namespace roost::imap
