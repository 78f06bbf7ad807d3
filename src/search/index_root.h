// What the search index of an account consists of, and how far it has followed the account's log.
// docs/formats/search_index.md has the bytes. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "search/index_block.h"

namespace roost::search {

// A block's page of bodies is `first`, and the pages of its pieces follow.
struct BlockEntry {
  uint64_t first = 0;
  uint32_t pieces = 0;
  uint32_t bodies = 0;
  uint64_t postings = 0;
  uint64_t bytes = 0;  // of all its pages

  PageId bodies_page() const { return PageId(first); }
  PageId piece_page(uint32_t piece) const { return PageId(first + 1 + piece); }
  std::vector<PageId> piece_pages() const;
  std::vector<PageId> pages() const;

  friend bool operator==(const BlockEntry&, const BlockEntry&) = default;
};

struct IndexRoot {
  uint64_t id = 0;       // random: another one for an index that is made anew
  std::string made_by;   // index_maker() as it was then
  Position position;     // of the log: all bodies up to it are in the index, or were passed over for good
  bool complete = true;  // false: older bodies than those of the log since `position` are still to come
  uint64_t next_page = 1;
  std::vector<BlockEntry> blocks;

  uint64_t bodies() const;
  uint64_t bytes() const;

  friend bool operator==(const IndexRoot&, const IndexRoot&) = default;
};

Bytes encode_index_root(const IndexRoot& root);
// Code::corruption for what is none.
Result<IndexRoot> decode_index_root(BytesView bytes);

// What the text of a message depends on besides the message: the parser, the folding, the charsets. An index that
// another maker made says nothing.
std::string index_maker();

// Whether the blocks at the end are to be written as one together with a new one of so many bodies: how many of them.
// Keeps blocks few, and each body's postings from being written again more than a few times.
size_t blocks_to_join(const std::vector<BlockEntry>& blocks, size_t new_bodies, size_t new_postings);

}  // namespace roost::search
