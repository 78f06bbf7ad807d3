// A search index in memory, of a mailbox in memory.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "search/index_root.h"
#include "search/indexing.h"
#include "search/test_mailbox_test.h"

namespace roost::search {

inline std::vector<TrigramWord> words_of(const std::vector<Trigram>& trigrams) {
  std::vector<TrigramWord> words;
  for (Trigram trigram : trigrams) {
    auto word = std::ranges::find(words, trigram / kTrigramsPerWord, &TrigramWord::number);
    if (word == words.end()) word = words.insert(word, {trigram / kTrigramsPerWord, 0});
    word->bits |= uint32_t{1} << trigram % kTrigramsPerWord;
  }
  return words;
}

class TestIndex {
 public:
  struct Stored {
    IndexBlock block;
    BlockEntry entry;
  };

  void add(BlockBuilder& builder) {
    BlockEntry entry{.bodies = static_cast<uint32_t>(builder.bodies()), .postings = builder.postings()};
    blocks.push_back({builder.finish(), entry});
  }
  static BlockBodies bodies(const Stored& stored) { return *decode_block_bodies(stored.block.bodies); }

  // Those of a mailbox from `first` on, as many as go into one block.
  void index(const TestMailbox& box, Uid first, Uid last) {
    std::vector<mail::Cold> rows;
    std::vector<std::shared_ptr<const Bytes>> cards;
    box.snapshot()->find(box.inbox())->for_each(first, last, [&](const mail::Cold& cold, const mail::Hot&) {
      rows.push_back(cold);
      cards.push_back(cold.card.tail);
      return true;
    });
    BlockBuilder builder;
    TrigramSet trigrams;
    Indexing work(rows, cards, builder, trigrams);
    work.set_guard(box.guard);
    ImpatientClock clock;
    for (auto state = work.run(clock, TimePoint()); state != Indexing::State::done;
         state = work.run(clock, TimePoint())) {
      if (state == Indexing::State::more) continue;
      std::vector<std::optional<Bytes>> octets;
      for (const Scan::Read& read : work.wanted_octets()) {
        octets.emplace_back(box.body(read.blob).substr(read.offset, read.size));
      }
      work.feed_octets(std::move(octets));
    }
    EXPECT_EQ(work.done(), rows.size());
    if (!builder.empty()) add(builder);
  }

  std::unique_ptr<Narrowing> narrowing(std::vector<NarrowedKey> keys) const {
    auto narrowing = std::make_unique<Narrowing>(std::move(keys));
    for (const Stored& stored : blocks) {
      BlockNarrowing block(narrowing->keys(), bodies(stored));
      while (!block.wanted_pieces().empty()) {
        std::vector<BytesView> pieces;
        for (uint32_t piece : block.wanted_pieces()) pieces.emplace_back(stored.block.pieces[piece]);
        EXPECT_TRUE(block.take(pieces));
      }
      narrowing->add(block);
    }
    narrowing->finish();
    return narrowing;
  }

  std::vector<Stored> blocks;
};

}  // namespace roost::search
