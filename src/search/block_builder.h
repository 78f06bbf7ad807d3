// A block of the search index in the making. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "search/index_block.h"
#include "search/trigrams.h"

namespace roost::search {

// Gathers what is sorted by itself, a few messages or a stored block, and merges it in the end. Belongs to one thread.
class BlockBuilder {
 public:
  bool empty() const { return bodies_.empty(); }
  size_t bodies() const { return bodies_.size(); }
  size_t postings() const { return postings_; }
  // Whether so many bodies with so many postings still go in. A single body always does.
  bool has_room_for(size_t bodies, size_t postings) const;
  // Each word once.
  void add(IndexedBody body, std::span<const TrigramWord> trigrams);
  // Of a stored block, all pieces in order, but for those bodies that `keep` says no to.
  Result<> add(const BlockBodies& block, std::vector<Bytes> pieces,
               const std::function<bool(const IndexedBody&)>& keep);
  // Empty again afterwards.
  IndexBlock finish();

 private:
  friend class BlockMerge;
  // So few bodies that their words are sorted where they lie in a cache.
  static constexpr size_t kRunBodiesMax = 64;
  static constexpr uint16_t kGone = UINT16_MAX;
  // A word of trigrams of one body.
  struct RunEntry {
    uint32_t key = 0;  // the word's number, then in the lowest 8 bits the body's number in the run
    uint32_t bits = 0;
  };
  struct Source {
    std::vector<RunEntry> run;  // bodies one after the other; then sorted
    size_t first = 0;           // the number of its first body
    // Or a stored block, with the number that each of its bodies has now where some of them are gone.
    std::vector<Bytes> pieces;
    std::vector<uint16_t> numbers;
  };
  static void sort_run(std::vector<RunEntry>& run);
  static Result<size_t> kept_postings(const Source& source, size_t bodies);
  void close_run();

  std::vector<IndexedBody> bodies_;
  size_t postings_ = 0;
  std::vector<Source> sources_;  // in the order of their bodies' numbers
  size_t run_bodies_ = 0;        // of the last source, which is a run that is not sorted yet; 0: it is not
};

}  // namespace roost::search
