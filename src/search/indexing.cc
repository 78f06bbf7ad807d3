#include "search/indexing.h"

#include <algorithm>
#include <utility>

#include "message/card.h"
#include "search/content_match.h"

namespace roost::search {
namespace {

// Nothing for a message that cannot be read.
std::vector<message::Part> parts_of(const std::shared_ptr<const Bytes>& card) {
  if (card == nullptr) return {};
  auto view = message::CardView::open(*card);
  if (!view || view->opaque()) return {};
  auto parts = view->parts();
  return parts ? *std::move(parts) : std::vector<message::Part>();
}

}  // namespace

Indexing::Indexing(std::vector<mail::Cold> rows, std::vector<std::shared_ptr<const Bytes>> cards, BlockBuilder& block,
                   TrigramSet& trigrams)
    : rows_(std::move(rows)), cards_(std::move(cards)), block_(block), trigrams_(trigrams) {
  cards_.resize(rows_.size());
}

Indexing::State Indexing::run(const Clock& clock, TimePoint deadline) {
  for (;;) {
    while (used_ < octets_.size()) {
      take(targets_[used_], reads_[used_], octets_[used_]);
      octets_[used_++].reset();
      if (full_) return State::done;
      if (clock.now() >= deadline) return State::more;
    }
    if (want() == State::octets) return State::octets;
    if (full_ || done_ == rows_.size()) return State::done;
  }
}

void Indexing::feed_octets(std::vector<std::optional<Bytes>> octets) {
  octets_ = std::move(octets);
  octets_.resize(reads_.size());
  used_ = 0;
}

// --- which octets ---

Indexing::State Indexing::want() {
  reads_.clear();
  targets_.clear();
  octets_.clear();
  read_bytes_ = 0;
  used_ = 0;
  while (row_ < rows_.size() && !full_ && want_row()) {
    ++row_;
    looked_at_ = false;
    range_ = 0;
    offset_ = 0;
  }
  return reads_.empty() ? State::more : State::octets;
}

// False where the reads are full before this row's text is, or it has none and others are still to be taken in before.
bool Indexing::want_row() {
  if (!looked_at_) {
    auto parts = parts_of(cards_[row_]);
    ranges_ = text_reads(parts, message::TextScope::text);
    looked_at_ = true;
    if (ranges_.empty() && !reads_.empty()) {
      looked_at_ = false;
      return false;
    }
    if (ranges_.empty()) {
      begin(row_);
      end(row_);
      return true;
    }
  }
  while (range_ < ranges_.size()) {
    const message::ByteRange& range = ranges_[range_];
    message::ByteRange piece{range.offset + offset_, std::min(range.size - offset_, kReadBytesMax)};
    bool ends = piece.end() == range.end();
    bool fits = reads_.size() < kBatchReads && (reads_.empty() || read_bytes_ + piece.size <= kBatchReadBytesMax);
    if (!fits) return false;
    read_bytes_ += piece.size;
    reads_.push_back({rows_[row_].blob, piece.offset, piece.size});
    targets_.push_back({row_, range_ == 0 && offset_ == 0, ends && range_ + 1 == ranges_.size()});
    offset_ = ends ? 0 : offset_ + piece.size;
    if (ends) ++range_;
  }
  return true;
}

// --- what they say ---

void Indexing::begin(size_t row) {
  extractor_.reset();
  trigrams_.clear();
  parts_ = parts_of(cards_[row]);
  readable_ = !parts_.empty();
  if (readable_) extractor_.emplace(parts_, message::TextScope::text, trigrams_);
}

void Indexing::take(const Target& target, const Scan::Read& read, const std::optional<Bytes>& octets) {
  if (target.first) begin(target.row);
  readable_ = readable_ && octets && octets->size() == read.size && !trigrams_.too_many();
  if (readable_ && guard_ != nullptr) readable_ = guard_->enter(rows_[target.row]);
  if (readable_) {
    for (uint64_t at = 0; at < octets->size(); at += kTextPieceBytes) {
      if (!extractor_->feed(read.offset + at, BytesView(*octets).substr(at, kTextPieceBytes))) break;
    }
    if (target.last) extractor_->finish();
    if (guard_ != nullptr) guard_->leave();
  }
  if (target.last) end(target.row);
}

void Indexing::end(size_t row) {
  extractor_.reset();
  if (readable_ && !trigrams_.too_many()) {
    full_ = !block_.has_room_for(1, trigrams_.size());
    if (full_) return;
    block_.add({rows_[row].blob.serial, body_check(rows_[row].email_id)}, trigrams_.words());
  }
  done_ = row + 1;
}

}  // namespace roost::search
