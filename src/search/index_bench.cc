// What the search index costs for each message: its text into trigrams, those into a block, and blocks into a larger
// one.
#include <benchmark/benchmark.h>

#include <array>
#include <random>

#include "message/card.h"
#include "message/parser.h"
#include "search/block_builder.h"
#include "search/indexing.h"

namespace roost::search {
namespace {

constexpr size_t kMessages = 128;
constexpr size_t kTextBytes = 4'096;

// Texts of some thousand words, the first ones oftener than the last.
std::vector<std::string> some_texts() {
  std::mt19937_64 random(1);
  constexpr std::array kSyllables = {"ba", "co", "di", "fu", "ga", "he", "in", "jo", "ka", "le", "mo",
                                     "nu", "op", "pa", "ro", "sa", "te", "er", "an", "st", "al", "or"};
  std::vector<std::string> words(8'000);
  for (std::string& word : words) {
    for (uint64_t syllables = 1 + random() % 4; syllables > 0; --syllables)
      word += kSyllables[random() % kSyllables.size()];
  }
  std::vector<std::string> texts(kMessages);
  for (std::string& text : texts) {
    text = "From: a@example.org\r\nSubject: The subject of a message\r\n\r\n";
    while (text.size() < kTextBytes) {
      text += words[random() % (1 + random() % words.size())];
      text += text.size() % 70 < 8 ? "\r\n" : " ";
    }
  }
  return texts;
}

struct Texts {
  Texts() : texts(some_texts()) {
    for (uint64_t i = 0; i < texts.size(); ++i) {
      cards.push_back(
          std::make_shared<const Bytes>(message::encode_card(message::make_card(message::parse(texts[i])))));
      rows.push_back({.size = texts[i].size(), .blob = {AccountId(1), i}});
    }
  }

  void index(BlockBuilder& block, TrigramSet& trigrams) const {
    Indexing work(rows, cards, block, trigrams);
    while (work.run(system_clock(), TimePoint::max()) != Indexing::State::done) {
      std::vector<std::optional<Bytes>> octets;
      for (const Scan::Read& read : work.wanted_octets()) {
        octets.emplace_back(texts[read.blob.serial].substr(read.offset, read.size));
      }
      work.feed_octets(std::move(octets));
    }
  }

  std::vector<std::string> texts;
  std::vector<std::shared_ptr<const Bytes>> cards;
  std::vector<mail::Cold> rows;
};

void index_texts(benchmark::State& state) {
  static const Texts texts;
  TrigramSet trigrams;
  size_t postings = 0;
  for (auto _ : state) {
    BlockBuilder block;
    texts.index(block, trigrams);
    postings = block.postings();
  }
  state.SetItemsProcessed(state.iterations() * kMessages);
  state.counters["postings_each"] = static_cast<double>(postings) / kMessages;
}
BENCHMARK(index_texts);

void index_texts_into_a_block(benchmark::State& state) {
  static const Texts texts;
  TrigramSet trigrams;
  for (auto _ : state) {
    BlockBuilder block;
    texts.index(block, trigrams);
    benchmark::DoNotOptimize(block.finish());
  }
  state.SetItemsProcessed(state.iterations() * kMessages);
}
BENCHMARK(index_texts_into_a_block);

void join_blocks(benchmark::State& state) {
  static const Texts texts;
  constexpr size_t kBlocks = 8;
  TrigramSet trigrams;
  BlockBuilder one;
  texts.index(one, trigrams);
  IndexBlock block = one.finish();
  BlockBodies bodies = *decode_block_bodies(block.bodies);
  for (auto _ : state) {
    BlockBuilder all;
    for (size_t i = 0; i < kBlocks; ++i) {
      if (!all.add(bodies, block.pieces, [](const IndexedBody&) { return true; })) return;
    }
    benchmark::DoNotOptimize(all.finish());
  }
  state.SetItemsProcessed(state.iterations() * kMessages * kBlocks);
}
BENCHMARK(join_blocks);

}  // namespace
}  // namespace roost::search
