// Finding encoded words (RFC 2047 2) in header text.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "message/charset.h"

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

// Header text that comes in pieces, as UTF-8: encoded words decoded, adjacent ones joined, even where a character is
// split between them; raw 8-bit octets are UTF-8 where they can be, else windows-1252. Line ends must be gone already.
// Memory is bounded whatever the text.
class HeaderTextDecoder {
 public:
  // Appends. `last` ends the text.
  void feed(BytesView piece, bool last, Bytes& out);

 private:
  size_t decode(BytesView text, bool last, Bytes& out);
  void add_word(const EncodedWord& word, Bytes& out);
  void add_plain(BytesView text, Bytes& out);
  void end_words(Bytes& out);
  void end_plain(Bytes& out);
  bool joins_words(BytesView between) const;

  Bytes held_;  // the end of what came, which the next piece may make an encoded word of, or blanks between two
  std::optional<CharsetDecoder> words_;  // of adjacent words in charset_
  Bytes charset_;
  std::optional<CharsetDecoder> plain_;  // where 8-bit text is not at its end
};

}  // namespace roost::message
