// The rows of a mailbox, about 16,000 to a chunk, in uid order. What is known of a chunk without its rows (its index
// entry) answers counters, and lets changes_since skip it by one comparison; the rows come from two pages when needed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/flags.h"
#include "base/ids.h"
#include "base/uid_set.h"
#include "mail/column.h"
#include "mail/row.h"

namespace roost::mail {

constexpr uint32_t kLeafRows = 256;
constexpr uint32_t kChunkRowsMax = 16'384;

// What changes about a message. A dead row was expunged; its modseq is that of the expunge.
struct HotRow {
  ModSeq modseq;
  Uid uid;
  KeywordSet keywords;
  SystemFlags flags;
  bool dead;
};
static_assert(sizeof(HotRow) == 16);

// What does not. Blobs are all of the account's own, so their serials suffice.
struct ColdRow {
  enum class Card : uint8_t { none, tail, segment, blob };

  std::shared_ptr<const Bytes> tail;  // Card::tail
  uint64_t card_home = 0;             // Card::segment: the page; Card::blob: the serial
  uint64_t blob = 0;
  uint64_t size = 0;
  int64_t internal_seconds = 0;
  int64_t save_date = 0;
  ObjectId email_id;
  ObjectId thread_id;
  uint32_t card_index = 0;  // Card::segment: of the card in it; Card::blob: its size in bytes
  int16_t zone_minutes = 0;
  Card card = Card::none;
};

struct HotLeaf {
  ColumnPtr<HotRow> column;
  uint16_t rows = 0;
  uint16_t live = 0;
  ModSeq modseq_max;  // of the live ones, or more

  const HotRow* begin() const { return column->data(); }
  const HotRow* end() const { return column->data() + rows; }
};

// All leaves but the last are full, so a row's leaf is its index divided by kLeafRows.
using HotLeaves = std::vector<HotLeaf>;
using ColdLeaves = std::vector<ColumnPtr<ColdRow>>;

struct Chunk {
  Uid uid_min;  // of its rows, live or dead
  Uid uid_max;
  uint32_t rows = 0;
  uint32_t live = 0;
  uint32_t unseen = 0;   // of the live ones
  uint32_t deleted = 0;  // of the live ones
  ModSeq modseq_max;     // of the live ones, or more
  PageId cold_page;      // 0: never written; then rows may be appended, never to a written chunk
  PageId hot_page;
  bool hot_dirty = false;  // hot_page is older than `hot`
  uint64_t tail_card_bytes = 0;

  std::shared_ptr<const HotLeaves> hot;    // null: not in memory
  std::shared_ptr<const ColdLeaves> cold;  // null: not in memory

  const HotRow& hot_row(uint32_t row) const { return (*(*hot)[row / kLeafRows].column)[row % kLeafRows]; }
  const ColdRow& cold_row(uint32_t row) const { return (*(*cold)[row / kLeafRows])[row % kLeafRows]; }
  // Every uid from the lowest to the highest is a live message: so much is known without `hot`.
  bool is_dense() const { return live == rows && uid_max.value - uid_min.value + 1 == rows; }
  // And none of them has been read.
  bool is_all_unseen() const { return is_dense() && unseen == live; }
  bool is_written() const { return cold_page.value != 0; }

  // The first row whose uid is not below `uid`; `rows` if there is none. Needs `hot`.
  uint32_t lower_bound(Uid uid) const;
  size_t resident_bytes() const;
};
using ChunkPtr = std::shared_ptr<const Chunk>;

Cold to_cold(AccountId owner, Uid uid, const ColdRow& row);
inline Hot to_hot(const HotRow& row) { return {row.modseq, row.flags, row.keywords}; }

}  // namespace roost::mail
