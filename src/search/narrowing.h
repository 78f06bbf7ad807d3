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

class Narrowing {
 public:
  explicit Narrowing(std::vector<NarrowedKey> keys) : keys_(std::move(keys)) {}

  bool empty() const { return keys_.empty(); }
  // Of a block, the pieces that must be read, ascending.
  std::vector<uint32_t> wanted_pieces(const BlockBodies& block) const;
  // Takes in what a block says; `pieces` are wanted_pieces() of it. Nothing of it where that is an error.
  Result<> take(const BlockBodies& block, std::span<const BytesView> pieces);
  // After the last take().
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
