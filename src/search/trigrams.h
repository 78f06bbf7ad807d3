// What the search index knows of a text: which three octets follow one another somewhere in it, once it is decoded and
// folded (message/text.h). A text that has a needle in it has all of the needle's trigrams.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "message/text.h"

namespace roost::search {

using Trigram = uint32_t;  // three octets, the first one highest
inline constexpr uint32_t kTrigrams = uint32_t{1} << 24;

// Those that differ in nothing but their lowest five bits stand together, as letters do: the others' number, and a bit
// for each.
struct TrigramWord {
  uint32_t number = 0;
  uint32_t bits = 0;

  friend bool operator==(const TrigramWord&, const TrigramWord&) = default;
};
inline constexpr uint32_t kTrigramsPerWord = 32;
inline constexpr uint32_t kTrigramWords = kTrigrams / kTrigramsPerWord;

// A message with more is not indexed, and always scanned: it would pass for nearly everything.
inline constexpr size_t kTrigramsPerMessageMax = size_t{1} << 18;
// So many of a needle's are looked up: more of them rule hardly anything out.
inline constexpr size_t kTrigramsPerNeedleMax = 16;

// Gathers those of one message after the other. Holds 2 MiB, and for each word that a message has four octets; belongs
// to one thread.
class TrigramSet final : public message::TextSink {
 public:
  TrigramSet();

  bool text(BytesView folded) override;
  void next_text() override { octets_ = 0; }

  size_t size() const { return size_; }
  bool too_many() const { return size_ > kTrigramsPerMessageMax; }
  // Each once, in no order; not complete where there are too many. Until the next call.
  const std::vector<TrigramWord>& words();
  // Ready for another message.
  void clear();

 private:
  std::vector<uint32_t> seen_;           // one bit for each trigram that there can be
  std::unique_ptr<uint32_t[]> touched_;  // the words of it that have bits, as they came; one place more than there are
  size_t touched_count_ = 0;
  size_t size_ = 0;
  std::vector<TrigramWord> words_;
  Trigram last_ = 0;     // the octets before, the latest one lowest
  uint32_t octets_ = 0;  // of the text at hand, up to two
};

// Of a folded needle, each once, ascending: all, or so many of them that lie evenly in it. None where it has less than
// three octets.
std::vector<Trigram> needle_trigrams(BytesView folded);

}  // namespace roost::search
