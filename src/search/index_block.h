// One block of the search index: some bodies, and for each trigram which of them have it. Immutable: a block in which
// anything changes is written anew. docs/formats/search_index.md has the bytes. Pure.
#pragma once

#include <bitset>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "search/trigrams.h"

namespace roost::search {

inline constexpr size_t kBlockBodiesMax = 1024;
inline constexpr size_t kBlockPostingsMax = size_t{1} << 21;  // pairs of a trigram and a body
inline constexpr size_t kIndexPieceBytes = 8 * 1024;          // of postings; what a search reads for one trigram

// A body of the account. `check` comes of its EMAILID: should another body ever stand under the same serial, what the
// index says of this one is not taken for that one's.
struct IndexedBody {
  uint64_t serial = 0;
  uint32_t check = 0;

  friend bool operator==(const IndexedBody&, const IndexedBody&) = default;
};
uint32_t body_check(const ObjectId& email_id);

// Bodies of a block by their number in it.
using Members = std::bitset<kBlockBodiesMax>;

// A block as it is stored: its bodies, and pieces of its postings in the order of trigrams.
struct IndexBlock {
  Bytes bodies;
  std::vector<Bytes> pieces;
};

// What is read first of a block.
struct BlockBodies {
  std::vector<IndexedBody> bodies;
  std::vector<Trigram> pieces;  // the first trigram of each

  // The piece that has the trigram, if any has.
  std::optional<uint32_t> piece_of(Trigram trigram) const;
};
Bytes encode_block_bodies(const BlockBodies& block);
// Error with Code::corruption, here and below, for what is none.
Result<BlockBodies> decode_block_bodies(BytesView bytes);

// Leaves of `members` those that have the trigram; `piece` is the one that piece_of() named.
Result<> keep_those_with(Trigram trigram, BytesView piece, const BlockBodies& block, Members& members);

// Calls fn(trigram, body's number) in the order of trigrams, then of numbers.
Result<> for_each_posting(BytesView piece, const BlockBodies& block, const std::function<void(Trigram, uint32_t)>& fn);

}  // namespace roost::search
