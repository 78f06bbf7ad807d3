// Finding encoded words (RFC 2047 2) in header text.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"

namespace roost::message {

// RFC 2047 allows 75 octets; what is longer than this is text.
inline constexpr size_t kEncodedWordBytesMax = 4096;
inline constexpr size_t kCharsetNameBytesMax = 64;

struct EncodedWord {
  BytesView charset;  // without the language of RFC 2231 5
  char coding = 'q';  // 'q' or 'b'
  BytesView text;     // still encoded
  size_t size = 0;    // of the whole, from "=?" to "?="
};

// Linear over all read() calls with rising positions.
class EncodedWordReader {
 public:
  explicit EncodedWordReader(BytesView text) : text_(text) {}
  // The encoded word that begins at `at`.
  std::optional<EncodedWord> read(size_t at);

 private:
  size_t find_end(size_t start, size_t limit);

  BytesView text_;
  size_t end_known_from_ = 1;  // the first "?=" at or after this is end_known_; nothing is known at first
  size_t end_known_ = 0;
};

}  // namespace roost::message
