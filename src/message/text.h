// The text of a message as SEARCH sees it: transfer encodings and charsets undone, folded for comparison.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "message/matcher.h"
#include "message/part.h"

namespace roost::message {

enum class TextScope : uint8_t {
  body,     // SEARCH BODY: what text/* parts say
  text,     // SEARCH TEXT: also every header, MIME headers included
  headers,  // the root's header only
};

// Receives text in UTF-8, folded by search_fold, in pieces of any size.
class TextSink {
 public:
  virtual ~TextSink() = default;
  // Returns false to hear no more.
  virtual bool text(BytesView folded) = 0;
  // One header field or one part has ended.
  virtual void next_text() = 0;
};

// Feeds several matchers at once, and stops when each has matched.
class MatchSink final : public TextSink {
 public:
  explicit MatchSink(std::span<Matcher> matchers) : matchers_(matchers) {}
  bool text(BytesView folded) override;
  void next_text() override;

 private:
  std::span<Matcher> matchers_;
};

// The ranges of the stored message that hold the text in `scope`, ascending, not overlapping. Attachments that are not
// text are not among them.
std::vector<ByteRange> text_ranges(std::span<const Part> parts, TextScope scope);

// Give it the octets of text_ranges(), in their order, in pieces of any size (more is ignored). `parts` and `sink` must
// outlive it. Belongs to one thread; memory is bounded whatever the message.
class TextExtractor {
 public:
  TextExtractor(std::span<const Part> parts, TextScope scope, TextSink& sink);
  ~TextExtractor();
  TextExtractor(TextExtractor&&) noexcept;

  // `offset` is that of the piece's first octet in the message. Returns false once nothing more is wanted.
  bool feed(uint64_t offset, BytesView piece);
  void finish();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace roost::message
