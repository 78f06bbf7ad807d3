// CRAM-MD5 (RFC 2195): what the server keeps for it, and the answer it expects.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace roost::sasl {

// HMAC-MD5's two states after the key (RFC 2195 2, "intermediate results"): whoever has them can answer every
// challenge, as with the password itself, and can guess it cheaply.
struct CramSecret {
  std::array<uint8_t, 16> inner{};
  std::array<uint8_t, 16> outer{};

  friend bool operator==(const CramSecret&, const CramSecret&) = default;
};

// The password's octets as they are: clients prepare nothing here.
CramSecret derive_cram(std::string_view password);

// HMAC-MD5 of the challenge, 16 octets.
Bytes cram_digest(const CramSecret& secret, BytesView challenge);

// One line: $cram-md5$INNER$OUTER, in base64.
std::string format_cram(const CramSecret& secret);
std::optional<CramSecret> parse_cram(std::string_view text);

struct CramResponse {
  Bytes name;
  Bytes digest;  // 16 octets
};

// user name SP 32 hexadecimal digits in lower case. Nullopt for any other text.
std::optional<CramResponse> parse_cram_response(BytesView text);

}  // namespace roost::sasl
