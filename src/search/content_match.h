// Answers the content keys of a program about one message after the other. Belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "message/card.h"
#include "message/matcher.h"
#include "message/part.h"
#include "message/text.h"
#include "search/program.h"

namespace roost::search {

// What lies beyond this in a header is not looked at by HEADER and the like (TEXT looks at all). A header is looked at
// whole, so this bounds memory and the length of a step.
inline constexpr uint64_t kHeaderBytesMax = uint64_t{4} * 1024 * 1024;

// Of a text that is read, so much is looked at in one step.
inline constexpr size_t kTextPieceBytes = size_t{16} * 1024;

// Dates and header fields.
class FieldMatch {
 public:
  explicit FieldMatch(const Program& program);

  // What the card knows.
  void from_card(const message::CardView& card, Answers& answers);
  // What is still unknown, from the raw header (cut at kHeaderBytesMax).
  void from_header(BytesView header, Answers& answers);
  // Whether from_header() would have anything to answer.
  bool wants_header(const Answers& answers) const;

 private:
  struct Entry {
    size_t slot;
    const HeaderKey* key;
    message::Matcher matcher;
    bool in_card;
  };
  // Answers asking_, each field being decoded once for all of them.
  void look(BytesView header, Answers& answers);

  const Program& program_;
  std::vector<Entry> entries_;
  std::vector<Entry*> asking_;  // about the message at hand
};

// What must be read of a message for its text: text_ranges(), those joined that lie close together.
std::vector<message::ByteRange> text_reads(std::span<const message::Part> parts, message::TextScope scope);

// Decoded text, streamed.
class TextMatch {
 public:
  explicit TextMatch(const Program& program);

  // What must be fed about a message with these parts, ascending; nothing where no key asks for its text any more.
  std::vector<message::ByteRange> ranges(std::span<const message::Part> parts, const Answers& answers) const;
  // A new message; `parts` must stay until finish() or the next begin().
  void begin(std::span<const message::Part> parts, const Answers& answers);
  // Notes what is found. `offset` is that of the piece in the message; what lies between the ranges may be among it.
  void feed(uint64_t offset, BytesView piece, Answers& answers);
  // All ranges were fed: what was not found is not there.
  void finish(Answers& answers);

 private:
  // The keys that share a scope, and one reading of the message for them.
  struct Scope {
    message::TextScope scope;
    std::vector<size_t> slots;
    std::vector<message::Matcher> matchers;
    std::optional<message::MatchSink> sink;
    std::optional<message::TextExtractor> extractor;

    bool wanted(const Answers& answers) const;
    void note(Answers& answers) const;
  };

  Scope body_{.scope = message::TextScope::body};
  Scope text_{.scope = message::TextScope::text};
};

}  // namespace roost::search
