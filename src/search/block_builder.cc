#include "search/block_builder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "search/index_piece.h"

namespace roost::search {
namespace {

constexpr int kRunNumberBits = 8;

// By trigram, eight bits at a time; of one trigram, they stay in the order in which they came, which is that of the
// bodies' numbers.
void sort_run(std::vector<uint32_t>& run) {
  constexpr int kDigitBits = 8;
  constexpr size_t kDigits = 3;
  auto digit = [](uint32_t posting, size_t i) {
    return static_cast<uint8_t>(posting >> (kRunNumberBits + kDigitBits * static_cast<int>(i)));
  };
  std::array<std::array<uint32_t, size_t{1} << kDigitBits>, kDigits> places{};
  for (uint32_t posting : run) {
    for (size_t i = 0; i < kDigits; ++i) ++places[i][digit(posting, i)];
  }
  std::vector<uint32_t> sorted(run.size());
  for (size_t i = 0; i < kDigits; ++i) {
    uint32_t place = 0;
    for (uint32_t& count : places[i]) place += std::exchange(count, place);
    for (uint32_t posting : run) sorted[places[i][digit(posting, i)]++] = posting;
    run.swap(sorted);
  }
}

}  // namespace

// Goes through what was gathered, trigram by trigram.
class BlockMerge {
 public:
  explicit BlockMerge(const std::vector<BlockBuilder::Source>& sources) : heads_(sources.size(), kTrigrams) {
    for (const BlockBuilder::Source& source : sources) cursors_.push_back(Cursor{&source});
    for (size_t i = 0; i < cursors_.size(); ++i) heads_[i] = cursors_[i].head();
  }

  // False at the end.
  bool next() {
    trigram_ = kTrigrams;
    for (Trigram head : heads_) trigram_ = std::min(trigram_, head);
    if (trigram_ == kTrigrams) return false;
    numbers_.clear();
    for (size_t i = 0; i < heads_.size(); ++i) {
      if (heads_[i] != trigram_) continue;
      cursors_[i].take(numbers_);
      heads_[i] = cursors_[i].head();
    }
    return true;
  }
  Trigram trigram() const { return trigram_; }
  const std::vector<uint16_t>& numbers() const { return numbers_; }  // none where all of its bodies are gone

 private:
  class Cursor {
   public:
    explicit Cursor(const BlockBuilder::Source* source) : source_(source) {}

    // kTrigrams at the end.
    Trigram head() {
      if (!source_->run.empty()) return at_ < source_->run.size() ? source_->run[at_] >> kRunNumberBits : kTrigrams;
      while (!reader_ || !reader_->next()) {
        if (at_ == source_->pieces.size()) return kTrigrams;
        reader_.emplace(source_->pieces[at_++]);
      }
      return reader_->trigram();
    }

    void take(std::vector<uint16_t>& numbers) {
      if (source_->run.empty()) {
        reader_->list().for_each(source_->numbers.size(), [&](uint32_t number) {
          uint16_t now = source_->numbers[number];
          if (now != BlockBuilder::kGone) numbers.push_back(now);
        });
        return;
      }
      const std::vector<uint32_t>& run = source_->run;
      Trigram trigram = run[at_] >> kRunNumberBits;
      for (; at_ < run.size() && run[at_] >> kRunNumberBits == trigram; ++at_) {
        numbers.push_back(static_cast<uint16_t>(source_->first + static_cast<uint8_t>(run[at_])));
      }
    }

   private:
    const BlockBuilder::Source* source_;
    size_t at_ = 0;  // the next posting of a run, or the next piece
    std::optional<PieceReader> reader_;
  };

  std::vector<Cursor> cursors_;
  std::vector<Trigram> heads_;
  Trigram trigram_ = 0;
  std::vector<uint16_t> numbers_;
};

bool BlockBuilder::has_room_for(size_t bodies, size_t postings) const {
  if (bodies_.empty()) return true;
  return bodies_.size() + bodies <= kBlockBodiesMax && postings_ + postings <= kBlockPostingsMax;
}

void BlockBuilder::close_run() {
  if (run_bodies_ > 0) sort_run(sources_.back().run);
  run_bodies_ = 0;
}

void BlockBuilder::add(IndexedBody body, std::span<const Trigram> trigrams) {
  if (run_bodies_ == kRunBodiesMax) close_run();
  if (run_bodies_ == 0) sources_.push_back({.first = static_cast<uint16_t>(bodies_.size())});
  std::vector<uint32_t>& run = sources_.back().run;
  for (Trigram trigram : trigrams) run.push_back(trigram << kRunNumberBits | static_cast<uint32_t>(run_bodies_));
  ++run_bodies_;
  bodies_.push_back(body);
  postings_ += trigrams.size();
}

Result<> BlockBuilder::add(const BlockBodies& block, std::vector<Bytes> pieces,
                           const std::function<bool(const IndexedBody&)>& keep) {
  close_run();
  Source source{.pieces = std::move(pieces)};
  std::vector<IndexedBody> kept;
  for (const IndexedBody& body : block.bodies) {
    bool stays = keep(body);
    source.numbers.push_back(stays ? static_cast<uint16_t>(bodies_.size() + kept.size()) : kGone);
    if (stays) kept.push_back(body);
  }
  if (bodies_.size() + kept.size() > kBlockBodiesMax) return fault("search index: too many bodies", Code::corruption);
  size_t postings = 0;
  for (const Bytes& piece : source.pieces) {
    PieceReader reader(piece);
    bool sound = true;
    while (sound && reader.next()) {
      sound = reader.list().for_each(block.bodies.size(),
                                     [&](uint32_t number) { postings += source.numbers[number] != kGone ? 1 : 0; });
    }
    if (!sound || reader.failed()) return fault("search index: a piece", Code::corruption);
  }
  bodies_.insert(bodies_.end(), kept.begin(), kept.end());
  postings_ += postings;
  sources_.push_back(std::move(source));
  return {};
}

IndexBlock BlockBuilder::finish() {
  close_run();
  IndexBlock block;
  std::vector<Trigram> firsts;
  PieceWriter writer(bodies_.size());
  Trigram last = 0;
  for (BlockMerge merge(sources_); merge.next();) {
    if (merge.numbers().empty()) continue;
    if (block.pieces.empty() || block.pieces.back().size() >= kIndexPieceBytes) {
      block.pieces.push_back(PieceWriter::begin());
      firsts.push_back(merge.trigram());
      last = 0;
    }
    writer.write(block.pieces.back(), merge.trigram() - last, merge.numbers());
    last = merge.trigram();
  }
  block.bodies = encode_block_bodies({std::exchange(bodies_, {}), std::move(firsts)});
  postings_ = 0;
  sources_.clear();
  return block;
}

}  // namespace roost::search
