#include "search/trigrams.h"

#include <algorithm>

namespace roost::search {
namespace {

constexpr size_t kOctets = 3;

Trigram pushed(Trigram last, char octet) { return (last << 8 | static_cast<uint8_t>(octet)) & (kTrigrams - 1); }

}  // namespace

TrigramSet::TrigramSet()
    : seen_(kTrigramWords), touched_(std::make_unique_for_overwrite<uint32_t[]>(kTrigramWords + 1)) {}

// Without a branch on whether a trigram is a new one, which nobody could predict.

bool TrigramSet::text(BytesView folded) {
  size_t at = 0;
  for (; octets_ < kOctets - 1 && at < folded.size(); ++at, ++octets_) last_ = pushed(last_, folded[at]);
  Trigram last = last_;
  uint32_t* const seen = seen_.data();
  uint32_t* touched = touched_.get() + touched_count_;
  size_t size = size_;
  for (; at < folded.size(); ++at) {
    last = pushed(last, folded[at]);
    const uint32_t number = last / kTrigramsPerWord;
    const uint32_t bit = last % kTrigramsPerWord;
    const uint32_t word = seen[number];
    *touched = number;
    touched += word == 0 ? 1 : 0;
    size += ~word >> bit & 1;
    seen[number] = word | uint32_t{1} << bit;
  }
  last_ = last;
  touched_count_ = static_cast<size_t>(touched - touched_.get());
  size_ = size;
  return !too_many();
}

const std::vector<TrigramWord>& TrigramSet::words() {
  words_.clear();
  words_.reserve(touched_count_);
  for (size_t i = 0; i < touched_count_; ++i) words_.push_back({touched_[i], seen_[touched_[i]]});
  return words_;
}

void TrigramSet::clear() {
  for (size_t i = 0; i < touched_count_; ++i) seen_[touched_[i]] = 0;
  touched_count_ = 0;
  size_ = 0;
  octets_ = 0;
}

std::vector<Trigram> needle_trigrams(BytesView folded) {
  std::vector<Trigram> trigrams;
  if (folded.size() < kOctets) return trigrams;
  size_t places = folded.size() - kOctets + 1;
  size_t wanted = std::min(places, kTrigramsPerNeedleMax);
  for (size_t i = 0; i < wanted; ++i) {
    size_t at = wanted == 1 ? 0 : i * (places - 1) / (wanted - 1);
    Trigram trigram = 0;
    for (char octet : folded.substr(at, kOctets)) trigram = pushed(trigram, octet);
    trigrams.push_back(trigram);
  }
  std::ranges::sort(trigrams);
  auto same = std::ranges::unique(trigrams);
  trigrams.erase(same.begin(), same.end());
  return trigrams;
}

}  // namespace roost::search
