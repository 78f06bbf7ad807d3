// Content-Transfer-Encodings undone, piece by piece (RFC 2045 6). Tolerant: what is no part of the encoding is passed
// over, and what is cut off gives what can be had.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "message/part.h"

namespace roost::message {

class TransferDecoder {
 public:
  explicit TransferDecoder(Encoding encoding) : encoding_(encoding) {}

  // Appends the decoded octets. seven_bit, eight_bit, binary and unknown are copied.
  void feed(BytesView piece, Bytes& out);
  // After the last piece.
  void finish(Bytes& out);

 private:
  void feed_base64(BytesView piece, Bytes& out);
  void feed_quoted_printable(BytesView piece, Bytes& out);
  void feed_uuencode(BytesView piece, Bytes& out);
  void end_quoted_printable_escape(char c, Bytes& out);
  void decode_uuencode_line(Bytes& out);

  Encoding encoding_;
  uint32_t bits_ = 0;   // base64: digits of the unfinished group
  uint8_t digits_ = 0;  // base64: how many
  bool ended_ = false;  // uuencode: after its last line
  bool begun_ = false;  // uuencode: after "begin"
  Bytes held_;          // quoted-printable: an unfinished escape or trailing blanks; uuencode: an unfinished line
};

// Whether BINARY can decode it.
bool is_decodable(Encoding encoding);

// Whether decoding changes anything: it is decodable and not 7bit, 8bit or binary.
bool is_encoded(Encoding encoding);

// The whole at once.
Bytes decode_transfer(Encoding encoding, BytesView bytes);

}  // namespace roost::message
