#include "net/proxy_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace roost::net {
namespace {

using Parsed = std::expected<ProxyHeader, ProxyHeaderError>;

constexpr auto kIncomplete = std::unexpected(ProxyHeaderError::incomplete);
constexpr auto kMalformed = std::unexpected(ProxyHeaderError::malformed);

constexpr BytesView kSignature1 = "PROXY ";
constexpr size_t kBytes1Max = 107;  // with CRLF
constexpr BytesView kSignature2("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kFixed2 = 16;

// The next word of a line of version 1; words are separated by exactly one space.
BytesView take_word(BytesView& line) {
  const size_t space = line.find(' ');
  const BytesView word = line.substr(0, space);
  line = space == line.npos ? BytesView() : line.substr(space + 1);
  return word;
}

bool parse_port(BytesView word, uint16_t& port) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), port);
  return error == std::errc() && end == word.data() + word.size();
}

// "PROXY TCP4 192.0.2.1 192.0.2.2 49152 993", without its CRLF, or "PROXY UNKNOWN" and anything.
Parsed parse_line(BytesView line, size_t bytes) {
  ProxyHeader header{.bytes = bytes};
  line.remove_prefix(kSignature1.size());
  const BytesView family = take_word(line);
  if (family == "UNKNOWN") return header;
  if (family != "TCP4" && family != "TCP6") return kMalformed;
  const BytesView source_text = take_word(line);
  const auto source = parse_address(source_text);
  const auto target = parse_address(take_word(line));
  uint16_t target_port = 0;
  const bool ports = parse_port(take_word(line), header.source_port) && parse_port(take_word(line), target_port);
  const bool v6 = source_text.find(':') != source_text.npos;
  if (!source || !target || !ports || !line.empty() || v6 != (family == "TCP6")) return kMalformed;
  header.source = *source;
  return header;
}

Parsed parse_version_1(BytesView in) {
  const size_t end = in.substr(0, kBytes1Max).find("\r\n");
  if (end != in.npos) return parse_line(in.substr(0, end), end + 2);
  if (in.size() >= kBytes1Max) return kMalformed;
  return kIncomplete;
}

uint16_t big_endian(BytesView two) {
  return static_cast<uint16_t>(static_cast<uint8_t>(two[0]) << 8 | static_cast<uint8_t>(two[1]));
}

Parsed parse_version_2(BytesView in) {
  if (in.size() < kFixed2) return kIncomplete;
  const auto version = static_cast<uint8_t>(in[12]) >> 4;
  const auto command = static_cast<uint8_t>(in[12]) & 0xf;
  const auto family = static_cast<uint8_t>(in[13]) >> 4;
  const size_t length = big_endian(in.substr(14));
  if (version != 2 || command > 1 || family > 3 || kFixed2 + length > kProxyHeaderBytesMax) return kMalformed;
  if (in.size() < kFixed2 + length) return kIncomplete;
  ProxyHeader header{.bytes = kFixed2 + length, .local = command == 0};
  const size_t octets = family == 1 ? 4 : 16;
  if (header.local || (family != 1 && family != 2)) return header;
  if (length < 2 * octets + 4) return kMalformed;
  const BytesView addresses = in.substr(kFixed2);
  std::array<uint8_t, 16> source{};
  std::ranges::copy(addresses.substr(0, octets), source.begin());
  header.source = make_address(std::span(source).first(octets));
  header.source_port = big_endian(addresses.substr(2 * octets));
  return header;
}

}  // namespace

Parsed parse_proxy_header(BytesView in) {
  const auto begins_with = [&](BytesView signature) {
    return in.substr(0, signature.size()) == signature.substr(0, in.size());
  };
  if (begins_with(kSignature2)) return in.size() < kSignature2.size() ? Parsed(kIncomplete) : parse_version_2(in);
  if (begins_with(kSignature1)) return in.size() < kSignature1.size() ? Parsed(kIncomplete) : parse_version_1(in);
  return kMalformed;
}

}  // namespace roost::net
