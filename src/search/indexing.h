// Some messages on their way into a block of the search index: like a scan, it says which octets it needs next, and
// whoever drives it brings them. What a text says is what the scan finds in it: the same octets in the same pieces go
// through the same decoders. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "mail/row.h"
#include "message/text.h"
#include "search/block_builder.h"
#include "search/scan.h"
#include "search/trigrams.h"

namespace roost::search {

// Belongs to one thread at a time.
class Indexing {
 public:
  // `cards` are those of `rows`; a message without one, or whose octets cannot be read, stays out of the index.
  Indexing(std::vector<mail::Cold> rows, std::vector<std::shared_ptr<const Bytes>> cards, BlockBuilder& block,
           TrigramSet& trigrams);

  // `guard` must outlive it.
  void set_guard(ContentGuard* guard) { guard_ = guard; }

  enum class State : uint8_t {
    more,    // the deadline came first: run() again
    octets,  // feed_octets() for wanted_octets(), then run() again
    done,    // all messages are dealt with, or the block is full
  };
  State run(const Clock& clock, TimePoint deadline);

  const std::vector<Scan::Read>& wanted_octets() const { return reads_; }
  // In the order of wanted_octets(); nothing for what cannot be read.
  void feed_octets(std::vector<std::optional<Bytes>> octets);

  // So many of the messages, from the first, are dealt with.
  size_t done() const { return done_; }
  // The next one does not go into the block any more.
  bool full() const { return full_; }

 private:
  struct Target {
    size_t row = 0;
    bool first = false;
    bool last = false;
  };

  State want();
  bool want_row();
  void begin(size_t row);
  void take(const Target& target, const Scan::Read& read, const std::optional<Bytes>& octets);
  void end(size_t row);

  const std::vector<mail::Cold> rows_;
  std::vector<std::shared_ptr<const Bytes>> cards_;
  BlockBuilder& block_;
  TrigramSet& trigrams_;
  ContentGuard* guard_ = nullptr;

  size_t done_ = 0;
  bool full_ = false;

  // Where reads go on: everything before was asked for.
  size_t row_ = 0;
  std::vector<message::ByteRange> ranges_;  // of that row's text, once it was looked at
  bool looked_at_ = false;
  size_t range_ = 0;
  uint64_t offset_ = 0;  // within that range

  std::vector<Scan::Read> reads_;
  std::vector<Target> targets_;  // one for each read
  std::vector<std::optional<Bytes>> octets_;
  uint64_t read_bytes_ = 0;
  size_t used_ = 0;  // of octets_

  // The message at hand.
  std::vector<message::Part> parts_;
  std::optional<message::TextExtractor> extractor_;
  bool readable_ = false;
};

}  // namespace roost::search
