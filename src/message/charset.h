// Charsets through ICU. Converters are opened once for each thread and kept (bounded).
#pragma once

#include <memory>

#include "base/bytes.h"

namespace roost::message {

// Whether ICU knows the name (SEARCH CHARSET, BADCHARSET).
bool is_known_charset(BytesView charset);

// Octets that the charset does not have become U+FFFD. In UTF-8, US-ASCII, and where the charset is empty or unknown:
// what is valid UTF-8 is taken as such, and every other octet as windows-1252.
Bytes to_utf8(BytesView bytes, BytesView charset);

// Octets of one charset to UTF-8 in pieces; a character may be cut between them. Belongs to one thread.
class CharsetDecoder {
 public:
  explicit CharsetDecoder(BytesView charset);
  ~CharsetDecoder();
  CharsetDecoder(CharsetDecoder&&) noexcept;
  CharsetDecoder& operator=(CharsetDecoder&&) noexcept;

  // Appends whole code points only. `last` ends the text.
  void feed(BytesView piece, bool last, Bytes& out);
  // 7-bit octets stand for themselves, so that a 7-bit piece between characters needs no decoding.
  bool is_ascii_superset() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace roost::message
