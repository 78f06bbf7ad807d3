#include "search/block_builder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>

#include "search/index_piece.h"

namespace roost::search {
namespace {

constexpr int kRunNumberBits = 8;
// Of a word's number, a digit's.
constexpr int kDigitBits = 10;
constexpr size_t kDigits = 2;
static_assert(uint64_t{kTrigramWords} <= uint64_t{1} << kDigitBits * kDigits);

uint32_t digit(uint32_t key, size_t i) {
  return key >> (kRunNumberBits + kDigitBits * static_cast<int>(i)) & ((uint32_t{1} << kDigitBits) - 1);
}

template <class Fn>
void for_each_bit(uint32_t bits, Fn&& fn) {
  for (; bits != 0; bits &= bits - 1) fn(static_cast<size_t>(std::countr_zero(bits)));
}

void set_bit(BodyBits& bits, size_t number) { bits[number / kWordBodies] |= uint64_t{1} << number % kWordBodies; }

}  // namespace

// By the word's number, one digit after the other.
void BlockBuilder::sort_run(std::vector<RunEntry>& run) {
  std::array<std::array<uint32_t, size_t{1} << kDigitBits>, kDigits> places{};
  for (const RunEntry& entry : run) {
    for (size_t i = 0; i < kDigits; ++i) ++places[i][digit(entry.key, i)];
  }
  std::vector<RunEntry> sorted(run.size());
  for (size_t i = 0; i < kDigits; ++i) {
    uint32_t place = 0;
    for (uint32_t& count : places[i]) place += std::exchange(count, place);
    for (const RunEntry& entry : run) sorted[places[i][digit(entry.key, i)]++] = entry;
    run.swap(sorted);
  }
}

// Goes through what was gathered, word by word of trigrams.
class BlockMerge {
 public:
  explicit BlockMerge(const std::vector<BlockBuilder::Source>& sources) : heads_(sources.size()) {
    for (const BlockBuilder::Source& source : sources) cursors_.push_back(Cursor{&source});
    for (size_t i = 0; i < cursors_.size(); ++i) heads_[i] = cursors_[i].head();
  }

  // Calls fn(trigram, bodies that have it) in the order of trigrams, for those that any has.
  template <class Fn>
  void for_each(Fn&& fn) {
    while (!heads_.empty()) {
      const uint32_t word = std::ranges::min(heads_);
      if (word == kTrigramWords) return;
      uint32_t used = 0;
      for (size_t i = 0; i < heads_.size(); ++i) {
        if (heads_[i] != word) continue;
        used |= cursors_[i].take(word, rows_);
        heads_[i] = cursors_[i].head();
      }
      for_each_bit(used, [&](size_t bit) {
        if (rows_[bit] == BodyBits()) return;
        fn(static_cast<Trigram>(word * kTrigramsPerWord + bit), rows_[bit]);
        rows_[bit].fill(0);
      });
    }
  }

 private:
  using Rows = std::array<BodyBits, kTrigramsPerWord>;

  class Cursor {
   public:
    explicit Cursor(const BlockBuilder::Source* source) : source_(source) {}

    // The next word; kTrigramWords at the end.
    uint32_t head() {
      const auto& run = source_->run;
      if (!run.empty()) return at_ < run.size() ? run[at_].key >> kRunNumberBits : kTrigramWords;
      while (!on_list_) {
        on_list_ = reader_ && reader_->next();
        if (on_list_) break;
        if (at_ == source_->pieces.size()) return kTrigramWords;
        reader_.emplace(source_->pieces[at_++]);
      }
      return reader_->trigram() / kTrigramsPerWord;
    }

    // Puts the bodies of the word's trigrams into `rows`; gives a bit for each row that it touched.
    uint32_t take(uint32_t word, Rows& rows) {
      return source_->run.empty() ? take_lists(word, rows) : take_run(word, rows);
    }

   private:
    uint32_t take_run(uint32_t word, Rows& rows) {
      const auto& run = source_->run;
      uint32_t used = 0;
      for (; at_ < run.size() && run[at_].key >> kRunNumberBits == word; ++at_) {
        const size_t number = source_->first + static_cast<uint8_t>(run[at_].key);
        used |= run[at_].bits;
        for_each_bit(run[at_].bits, [&](size_t bit) { set_bit(rows[bit], number); });
      }
      return used;
    }

    uint32_t take_lists(uint32_t word, Rows& rows) {
      uint32_t used = 0;
      for (; head() == word; on_list_ = false) {
        const size_t bit = reader_->trigram() % kTrigramsPerWord;
        take_list(reader_->list(), rows[bit]);
        used |= uint32_t{1} << bit;
      }
      return used;
    }

    void take_list(const PostingView& list, BodyBits& row) {
      if (source_->numbers.empty()) return list.add_to(row, source_->first);
      list.for_each(source_->numbers.size(), [&](uint32_t number) {
        if (source_->numbers[number] != BlockBuilder::kGone) set_bit(row, source_->numbers[number]);
      });
    }

    const BlockBuilder::Source* source_;
    size_t at_ = 0;  // the next entry of a run, or the next piece
    std::optional<PieceReader> reader_;
    bool on_list_ = false;  // the reader is
  };

  std::vector<Cursor> cursors_;
  std::vector<uint32_t> heads_;
  Rows rows_{};  // empty between words
};

bool BlockBuilder::has_room_for(size_t bodies, size_t postings) const {
  if (bodies_.empty()) return true;
  return bodies_.size() + bodies <= kBlockBodiesMax && postings_ + postings <= kBlockPostingsMax;
}

void BlockBuilder::close_run() {
  if (run_bodies_ > 0) sort_run(sources_.back().run);
  run_bodies_ = 0;
}

void BlockBuilder::add(IndexedBody body, std::span<const TrigramWord> trigrams) {
  if (run_bodies_ == kRunBodiesMax) close_run();
  if (run_bodies_ == 0) sources_.push_back({.first = bodies_.size()});
  std::vector<RunEntry>& run = sources_.back().run;
  for (const TrigramWord& word : trigrams) {
    run.push_back({word.number << kRunNumberBits | static_cast<uint32_t>(run_bodies_), word.bits});
    postings_ += static_cast<size_t>(std::popcount(word.bits));
  }
  ++run_bodies_;
  bodies_.push_back(body);
}

Result<> BlockBuilder::add(const BlockBodies& block, std::vector<Bytes> pieces,
                           const std::function<bool(const IndexedBody&)>& keep) {
  close_run();
  Source source{.first = bodies_.size(), .pieces = std::move(pieces)};
  std::vector<IndexedBody> kept;
  for (const IndexedBody& body : block.bodies) {
    bool stays = keep(body);
    source.numbers.push_back(stays ? static_cast<uint16_t>(bodies_.size() + kept.size()) : kGone);
    if (stays) kept.push_back(body);
  }
  if (bodies_.size() + kept.size() > kBlockBodiesMax) return fault("search index: too many bodies", Code::corruption);
  if (kept.size() == block.bodies.size()) source.numbers.clear();
  ROOST_TRY(size_t postings, kept_postings(source, block.bodies.size()));
  bodies_.insert(bodies_.end(), kept.begin(), kept.end());
  postings_ += postings;
  sources_.push_back(std::move(source));
  return {};
}

// Of a stored block of so many bodies, which it looks at whole.
Result<size_t> BlockBuilder::kept_postings(const Source& source, size_t bodies) {
  size_t postings = 0;
  for (const Bytes& piece : source.pieces) {
    PieceReader reader(piece);
    while (reader.next()) {
      std::optional<size_t> count = reader.list().count(bodies);
      if (!count) return fault("search index: a piece", Code::corruption);
      postings += *count;
      if (source.numbers.empty()) continue;
      reader.list().for_each(bodies, [&](uint32_t number) { postings -= source.numbers[number] == kGone ? 1 : 0; });
    }
    if (reader.failed()) return fault("search index: a piece", Code::corruption);
  }
  return postings;
}

IndexBlock BlockBuilder::finish() {
  close_run();
  IndexBlock block;
  std::vector<Trigram> firsts;
  PieceWriter writer(bodies_.size());
  Trigram last = 0;
  BlockMerge(sources_).for_each([&](Trigram trigram, const BodyBits& with) {
    if (block.pieces.empty() || block.pieces.back().size() >= kIndexPieceBytes) {
      block.pieces.push_back(PieceWriter::begin());
      firsts.push_back(trigram);
      last = 0;
    }
    writer.write(block.pieces.back(), trigram - last, with);
    last = trigram;
  });
  block.bodies = encode_block_bodies({std::exchange(bodies_, {}), std::move(firsts)});
  postings_ = 0;
  sources_.clear();
  return block;
}

}  // namespace roost::search
