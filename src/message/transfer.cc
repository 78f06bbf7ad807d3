#include "message/transfer.h"

#include <emmintrin.h>

#include <algorithm>
#include <array>
#include <bit>

#include "message/ascii.h"

namespace roost::message {
namespace {

constexpr uint8_t kSkip = 0xff;
constexpr uint8_t kPad = 0xfe;
constexpr size_t kHeldBytesMax = 1024;  // blanks before a line end, or a uuencoded line: beyond this they are text

constexpr std::array<uint8_t, 256> base64_values() {
  std::array<uint8_t, 256> out{};
  out.fill(kSkip);
  BytesView alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < alphabet.size(); ++i) out[static_cast<unsigned char>(alphabet[i])] = static_cast<uint8_t>(i);
  out['='] = kPad;
  return out;
}
constexpr auto kBase64 = base64_values();

// Octets before the first "=", CR or LF, sixteen looked at at once.
size_t quoted_printable_run(BytesView text) {
  const __m128i equals = _mm_set1_epi8('=');
  const __m128i cr = _mm_set1_epi8('\r');
  const __m128i lf = _mm_set1_epi8('\n');
  size_t i = 0;
  for (; i + sizeof(__m128i) <= text.size(); i += sizeof(__m128i)) {
    __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(octets, cr), _mm_cmpeq_epi8(octets, lf));
    int found = _mm_movemask_epi8(_mm_or_si128(ends, _mm_cmpeq_epi8(octets, equals)));
    if (found != 0) return i + static_cast<size_t>(std::countr_zero(static_cast<uint32_t>(found)));
  }
  while (i < text.size() && text[i] != '=' && text[i] != '\r' && text[i] != '\n') ++i;
  return i;
}

// The size of the escape or soft line break that `text` begins with, 0 where it is neither, or not all there.
size_t take_escape(BytesView text, Bytes& out) {
  if (text.size() >= 3 && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0) {
    out += static_cast<char>(hex_value(text[1]) * 16 + hex_value(text[2]));
    return 3;
  }
  if (text.starts_with("=\r\n")) return 3;
  return text.starts_with("=\n") ? 2 : 0;
}

// What is usual: lines, escapes and soft line breaks that lie in `text` from end to end, where nothing is held. Returns
// how much was used.
size_t decode_plain_quoted_printable(BytesView text, Bytes& out) {
  size_t used = 0;
  while (used < text.size()) {
    size_t end = used + quoted_printable_run(text.substr(used));
    bool escape = end < text.size() && text[end] == '=';
    size_t shown = end;
    while (!escape && shown > used && is_blank(text[shown - 1])) --shown;
    out += text.substr(used, shown - used);
    if (end == text.size() || end - shown > kHeldBytesMax) return shown;
    if (!escape) out += text[end];
    size_t size = escape ? take_escape(text.substr(end), out) : 1;
    if (size == 0) return end;
    used = end + size;
  }
  return used;
}

}  // namespace

bool is_decodable(Encoding encoding) { return encoding != Encoding::unknown; }

bool is_encoded(Encoding encoding) {
  return encoding == Encoding::base64 || encoding == Encoding::quoted_printable || encoding == Encoding::uuencode;
}

Bytes decode_transfer(Encoding encoding, BytesView bytes) {
  Bytes out;
  TransferDecoder decoder(encoding);
  decoder.feed(bytes, out);
  decoder.finish(out);
  return out;
}

void TransferDecoder::feed(BytesView piece, Bytes& out) {
  switch (encoding_) {
    case Encoding::base64: return feed_base64(piece, out);
    case Encoding::quoted_printable: return feed_quoted_printable(piece, out);
    case Encoding::uuencode: return feed_uuencode(piece, out);
    default: out += piece;
  }
}

void TransferDecoder::finish(Bytes& out) {
  if (encoding_ == Encoding::base64) {
    feed_base64("=", out);
  } else if (encoding_ == Encoding::quoted_printable) {
    // An escape cut off stays as it is, but "=" and blanks are a soft line break whose line end a boundary took.
    if (held_.size() == 2 && hex_value(held_[1]) >= 0) out += held_;
    held_.clear();
  } else if (encoding_ == Encoding::uuencode) {
    decode_uuencode_line(out);
  }
}

// RFC 2045 6.8. Padding ends a group; what follows, in texts put together from several, begins another.
void TransferDecoder::feed_base64(BytesView piece, Bytes& out) {
  size_t size = out.size();
  out.resize(size + piece.size() / 4 * 3 + 6);
  char* to = out.data() + size;
  const char* from = piece.data();
  const char* end = from + piece.size();
  while (from != end) {
    while (digits_ == 0 && end - from >= 4) {  // the common case: four digits in a row
      uint32_t a = kBase64[static_cast<unsigned char>(from[0])];
      uint32_t b = kBase64[static_cast<unsigned char>(from[1])];
      uint32_t c = kBase64[static_cast<unsigned char>(from[2])];
      uint32_t d = kBase64[static_cast<unsigned char>(from[3])];
      if ((a | b | c | d) >= 64) break;
      uint32_t group = (a << 18) | (b << 12) | (c << 6) | d;
      *to++ = static_cast<char>(group >> 16);
      *to++ = static_cast<char>(group >> 8);
      *to++ = static_cast<char>(group);
      from += 4;
    }
    if (from == end) break;
    uint8_t value = kBase64[static_cast<unsigned char>(*from++)];
    if (value == kSkip) continue;
    if (value != kPad) {
      bits_ = (bits_ << 6) | value;
      ++digits_;
    } else if (digits_ < 2) {
      bits_ = digits_ = 0;
      continue;
    }
    if (digits_ < 4 && value != kPad) continue;
    uint32_t group = bits_ << (6 * (4 - digits_));
    for (int i = 0; i + 1 < digits_; ++i) *to++ = static_cast<char>(group >> (16 - 8 * i));
    bits_ = digits_ = 0;
  }
  out.resize(static_cast<size_t>(to - out.data()));
}

// RFC 2045 6.7. held_ is an escape not yet complete, or blanks, which are dropped where a line end follows.
void TransferDecoder::feed_quoted_printable(BytesView piece, Bytes& out) {
  while (!piece.empty()) {
    if (held_.empty()) piece.remove_prefix(decode_plain_quoted_printable(piece, out));
    if (piece.empty()) return;
    char c = piece.front();
    piece.remove_prefix(1);
    if (held_.starts_with('=')) {
      end_quoted_printable_escape(c, out);
    } else if (is_blank(c)) {
      held_ += c;
      if (held_.size() > kHeldBytesMax) {
        out += held_;
        held_.clear();
      }
    } else {
      if (c != '\r' && c != '\n') out += held_;
      held_.clear();
      if (c == '=') {
        held_ = "=";
      } else {
        out += c;
      }
    }
  }
}

// held_ is "=" and what came after it so far. "=" blanks CRLF is a soft line break; what is no escape stays as it is.
void TransferDecoder::end_quoted_printable_escape(char c, Bytes& out) {
  bool first = held_.size() == 1;
  if (c == '\n' && (first || hex_value(held_[1]) < 0)) {
    held_.clear();
    return;
  }
  bool blank = c == ' ' || c == '\t' || c == '\r';
  if ((blank && (first || hex_value(held_[1]) < 0) && held_.size() < kHeldBytesMax) || (first && hex_value(c) >= 0)) {
    held_ += c;
    return;
  }
  if (held_.size() == 2 && hex_value(held_[1]) >= 0 && hex_value(c) >= 0) {
    out += static_cast<char>(hex_value(held_[1]) * 16 + hex_value(c));
    held_.clear();
    return;
  }
  out += held_;
  held_.clear();
  if (c == '=') {
    held_ = "=";
  } else {
    out += c;
  }
}

void TransferDecoder::feed_uuencode(BytesView piece, Bytes& out) {
  while (!piece.empty()) {
    size_t lf = piece.find('\n');
    BytesView line = piece.substr(0, lf);
    held_ += line.substr(0, kHeldBytesMax - std::min(kHeldBytesMax, held_.size()));
    if (lf == BytesView::npos) return;
    piece.remove_prefix(lf + 1);
    decode_uuencode_line(out);
  }
}

// POSIX uuencode: "begin mode name", lines of a length and groups of four, a line of length 0, "end".
void TransferDecoder::decode_uuencode_line(Bytes& out) {
  Bytes line;
  line.swap(held_);
  while (!line.empty() && line.back() == '\r') line.pop_back();
  if (!begun_) {
    begun_ = line.starts_with("begin ");
    return;
  }
  if (ended_ || line.empty()) return;
  auto value = [&](size_t i) { return i < line.size() ? (static_cast<unsigned char>(line[i]) - 32U) & 0x3fU : 0U; };
  size_t left = value(0);
  ended_ = left == 0 || line == "end";
  if (ended_) return;
  for (size_t i = 1; left > 0 && i < line.size(); i += 4) {
    uint32_t group = (value(i) << 18) | (value(i + 1) << 12) | (value(i + 2) << 6) | value(i + 3);
    for (int shift = 16; shift >= 0 && left > 0; shift -= 8, --left) out += static_cast<char>(group >> shift);
  }
}

}  // namespace roost::message
