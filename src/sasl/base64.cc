#include "sasl/base64.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace roost::sasl {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kNone = 0xff;

constexpr std::array<uint8_t, 256> kValues = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kNone);
  for (size_t i = 0; i < kAlphabet.size(); ++i) values[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  return values;
}();

uint8_t octet(char c) { return static_cast<uint8_t>(c); }

// The octets that the last four characters stand for: 3, 2 or 1; 0 where their padding is malformed.
size_t octets_in_last(BytesView group) {
  if (group[3] != '=') return 3;
  if (group[2] != '=') return 2;
  return 1;
}

}  // namespace

Bytes encode_base64(BytesView data) {
  Bytes out;
  out.reserve((data.size() + 2) / 3 * 4);
  for (size_t i = 0; i < data.size(); i += 3) {
    size_t here = std::min<size_t>(3, data.size() - i);
    uint32_t v = static_cast<uint32_t>(octet(data[i])) << 16;
    if (here > 1) v |= static_cast<uint32_t>(octet(data[i + 1])) << 8;
    if (here > 2) v |= octet(data[i + 2]);
    out.push_back(kAlphabet[v >> 18]);
    out.push_back(kAlphabet[v >> 12 & 63]);
    out.push_back(here > 1 ? kAlphabet[v >> 6 & 63] : '=');
    out.push_back(here > 2 ? kAlphabet[v & 63] : '=');
  }
  return out;
}

std::optional<Bytes> decode_base64(BytesView text) {
  if (text.size() % 4 != 0) return std::nullopt;
  Bytes out;
  out.reserve(text.size() / 4 * 3);
  for (size_t i = 0; i < text.size(); i += 4) {
    size_t octets = i + 4 == text.size() ? octets_in_last(text.substr(i)) : 3;
    uint32_t v = 0;
    for (size_t j = 0; j < 4; ++j) {
      uint8_t value = j <= octets ? kValues[octet(text[i + j])] : uint8_t{0};
      if (value == kNone) return std::nullopt;
      v = v << 6 | value;
    }
    if ((v & ((1U << (8 * (3 - octets))) - 1)) != 0) return std::nullopt;
    for (size_t j = 0; j < octets; ++j) out.push_back(static_cast<char>(v >> (16 - 8 * j)));
  }
  return out;
}

std::optional<Bytes> decode_base64url(BytesView text) {
  if (text.find_first_of("+/=") != BytesView::npos || text.size() % 4 == 1) return std::nullopt;
  Bytes usual(text);
  std::ranges::replace(usual, '-', '+');
  std::ranges::replace(usual, '_', '/');
  usual.append((4 - usual.size() % 4) % 4, '=');
  return decode_base64(usual);
}

}  // namespace roost::sasl
