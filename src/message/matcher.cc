#include "message/matcher.h"

#include <emmintrin.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace roost::message {
namespace {

constexpr size_t kLane = sizeof(__m128i);

// Octets that may be compared in vain for each octet scanned, before Knuth-Morris-Pratt takes over: the quick scan is
// quadratic on texts made for it.
constexpr size_t kWasteFactor = 2;
constexpr size_t kWasteAllowance = 4096;

}  // namespace

Matcher::Matcher(Bytes folded_needle) : needle_(std::move(folded_needle)), failure_(needle_.size() + 1, 0) {
  for (uint32_t i = 1, k = 0; i < needle_.size(); ++i) {
    while (k > 0 && needle_[i] != needle_[k]) k = failure_[k];
    if (needle_[i] == needle_[k]) ++k;
    failure_[i + 1] = k;
  }
  matched_ = needle_.empty();
}

void Matcher::reset() {
  state_ = 0;
  matched_ = needle_.empty();
}

bool Matcher::feed(BytesView text) {
  while (!matched_ && !text.empty()) {
    // A beginning of the needle is at hand, or too little is left for the needle: octet by octet.
    size_t used = state_ > 0 || text.size() < needle_.size() ? step(text) : scan(text);
    text.remove_prefix(used);
  }
  return matched_;
}

// Returns how much was used: all, or up to where no beginning of the needle is at hand and the needle could still lie
// in what is left.
size_t Matcher::step(BytesView text) {
  size_t i = 0;
  while (i < text.size()) {
    char c = text[i++];
    while (state_ > 0 && needle_[state_] != c) state_ = failure_[state_];
    if (needle_[state_] == c) ++state_;
    if (state_ == needle_.size()) {
      matched_ = true;
      state_ = 0;
      return i;
    }
    if (state_ == 0 && text.size() - i >= needle_.size()) return i;
  }
  return i;
}

// Looks for places where the first and the last octet of the needle are right, sixteen at once, and compares there.
size_t Matcher::scan(BytesView text) {
  const size_t last = needle_.size() - 1;
  const __m128i first_octet = _mm_set1_epi8(needle_.front());
  const __m128i last_octet = _mm_set1_epi8(needle_.back());
  const size_t beginning = std::min<size_t>(needle_.size(), 8);
  size_t wasted = 0;
  size_t i = 0;
  for (; i + last + kLane <= text.size(); i += kLane) {
    const char* at = text.data() + i;
    __m128i a = _mm_cmpeq_epi8(first_octet, _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
    __m128i b = _mm_cmpeq_epi8(last_octet, _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + last)));
    auto places = static_cast<uint32_t>(_mm_movemask_epi8(_mm_and_si128(a, b)));
    for (; places != 0; places &= places - 1) {
      const char* place = at + std::countr_zero(places);
      wasted += beginning;
      if (std::memcmp(place, needle_.data(), beginning) != 0) continue;
      if (std::memcmp(place, needle_.data(), needle_.size()) == 0) {
        matched_ = true;
        return text.size();
      }
      wasted += needle_.size();
    }
    if (wasted > kWasteAllowance + kWasteFactor * i) return i + step_all(text.substr(i));
  }
  return i + step_all(text.substr(i));
}

size_t Matcher::step_all(BytesView text) {
  size_t used = 0;
  while (used < text.size() && !matched_) used += step(text.substr(used));
  return used;
}

}  // namespace roost::message
