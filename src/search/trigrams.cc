#include "search/trigrams.h"

#include <algorithm>

namespace roost::search {
namespace {

constexpr size_t kOctets = 3;
constexpr size_t kWordBits = 64;

Trigram pushed(Trigram last, char octet) { return (last << 8 | static_cast<uint8_t>(octet)) & (kTrigrams - 1); }

}  // namespace

TrigramSet::TrigramSet() : seen_(kTrigrams / kWordBits) {}

bool TrigramSet::text(BytesView folded) {
  size_t at = 0;
  for (; octets_ < kOctets - 1 && at < folded.size(); ++at, ++octets_) last_ = pushed(last_, folded[at]);
  Trigram last = last_;
  for (; at < folded.size(); ++at) {
    last = pushed(last, folded[at]);
    if ((seen_[last / kWordBits] >> (last % kWordBits) & 1) == 0) add(last);
  }
  last_ = last;
  return !too_many();
}

void TrigramSet::add(Trigram trigram) {
  seen_[trigram / kWordBits] |= uint64_t{1} << (trigram % kWordBits);
  trigrams_.push_back(trigram);
}

void TrigramSet::clear() {
  for (Trigram trigram : trigrams_) seen_[trigram / kWordBits] = 0;
  trigrams_.clear();
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
