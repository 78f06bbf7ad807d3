#include "imap/base64.h"

#include <array>

namespace roost::imap {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kNoDigit = 0xff;

constexpr std::array<uint8_t, 256> make_digits() {
  std::array<uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (size_t i = 0; i < kAlphabet.size(); ++i) digits[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  return digits;
}

constexpr std::array<uint8_t, 256> kDigits = make_digits();

}  // namespace

// base64 = *(4base64-char) [base64-terminal]     RFC 9051 9
Result<Bytes> decode_base64(BytesView text) {
  if (text.size() % 4 != 0) return bad("The base64 is not a multiple of four characters");
  size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  BytesView digits = text.substr(0, text.size() - padding);
  Bytes out;
  out.reserve(text.size() / 4 * 3);
  uint32_t bits = 0;
  int count = 0;
  for (char c : digits) {
    uint8_t digit = kDigits[static_cast<uint8_t>(c)];
    if (digit == kNoDigit) return bad("A character that base64 does not have");
    bits = (bits << 6) | digit;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count);
    bits &= (1U << count) - 1;
  }
  if (bits != 0) return bad("Surplus bits at the end of the base64");
  return out;
}

void write_base64(Bytes& out, BytesView value) {
  auto octet = [&](size_t i) { return i < value.size() ? static_cast<uint8_t>(value[i]) : 0U; };
  for (size_t i = 0; i < value.size(); i += 3) {
    uint32_t bits = octet(i) << 16 | octet(i + 1) << 8 | octet(i + 2);
    out += kAlphabet[bits >> 18];
    out += kAlphabet[bits >> 12 & 63];
    out += i + 1 < value.size() ? kAlphabet[bits >> 6 & 63] : '=';
    out += i + 2 < value.size() ? kAlphabet[bits & 63] : '=';
  }
}

}  // namespace roost::imap
