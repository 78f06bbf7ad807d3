// What the search index rules out: of each body that it knows, which needles cannot be in its text. What it does not
// know, or does not rule out, is for the scan to find out. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "mail/row.h"
#include "search/index_block.h"
#include "search/program.h"

namespace roost::search {

// A key of a program that the index can say something about.
struct NarrowedKey {
  size_t slot = 0;  // in Answers
  std::vector<Trigram> trigrams;
};
inline constexpr size_t kNarrowedKeysMax = 32;  // more of them are not narrowed

// The keys of a program that look for something long enough in texts.
std::vector<NarrowedKey> narrowed_keys(const Program& program);

// One block on its way into a Narrowing. The rarest trigrams first: mostly they rule out all of it, and the other
// pieces need not be read.
class BlockNarrowing {
 public:
  BlockNarrowing(const std::vector<NarrowedKey>& keys, BlockBodies block);

  // The pieces to be read next, ascending; none once nothing more needs to be known.
  const std::vector<uint32_t>& wanted_pieces() const { return wanted_; }
  // `pieces` are wanted_pieces().
  Result<> take(std::span<const BytesView> pieces);

 private:
  friend class Narrowing;
  struct Key {
    std::vector<Trigram> trigrams;  // the rarest one first
    size_t next = 0;                // from here on they have not been looked up
    size_t wanted = 0;              // and these are being read
    Members members;                // that have all of those before
  };

  uint64_t rarity(Trigram trigram) const;
  void choose();

  BlockBodies block_;
  std::vector<Key> keys_;
  size_t round_ = 0;
  std::vector<uint32_t> wanted_;
};

class Narrowing {
 public:
  explicit Narrowing(std::vector<NarrowedKey> keys) : keys_(std::move(keys)) {}

  const std::vector<NarrowedKey>& keys() const { return keys_; }
  // What a block says, as far as it was read.
  void add(const BlockNarrowing& block);
  // After the last add().
  void finish();

  // Answers with no what is ruled out. Cheapest for rows in the order in which their bodies came.
  void narrow(const mail::Cold& row, Answers& answers);

 private:
  struct Entry {
    IndexedBody body;
    uint32_t ruled_out = 0;  // one bit for each key
  };
  const Entry* find(const mail::Cold& row);

  std::vector<NarrowedKey> keys_;
  std::vector<Entry> entries_;  // once finished, by serial
  size_t next_ = 0;             // where the next row's is, if rows and bodies are in the same order
};

}  // namespace roost::search
