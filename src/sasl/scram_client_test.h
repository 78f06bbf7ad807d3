// The client's side of SCRAM, for tests.
#pragma once

#include <string>

#include "sasl/base64.h"
#include "sasl/scram.h"
#include "sasl/scram_crypto.h"

namespace roost::sasl::testing {

// Signs `without_proof` ("c=…,r=…") as the client that sent `bare` and received `server_first`.
inline std::string sign(std::string_view bare, std::string_view server_first, std::string without_proof,
                        std::string_view password, ScramHash hash = ScramHash::sha_256) {
  size_t salt_at = server_first.find(",s=") + 3;
  size_t iterations_at = server_first.find(",i=") + 3;
  std::string salt = decode_base64(server_first.substr(salt_at, iterations_at - 3 - salt_at)).value();
  uint32_t iterations = static_cast<uint32_t>(std::stoul(std::string(server_first.substr(iterations_at))));

  ScramKey u = hmac(hash, password, salt + std::string("\0\0\0\1", 4));
  ScramKey salted = u;
  for (uint32_t i = 1; i < iterations; ++i) {
    u = hmac(hash, password, view(u));
    for (size_t j = 0; j < u.size(); ++j) salted[j] ^= u[j];
  }
  ScramKey client = hmac(hash, view(salted), "Client Key");
  ScramKey stored = digest(hash, view(client));
  std::string signed_text = std::string(bare) + "," + std::string(server_first) + "," + without_proof;
  ScramKey signature = hmac(hash, view(stored), signed_text);
  for (size_t i = 0; i < client.size(); ++i) client[i] ^= signature[i];
  return without_proof + ",p=" + encode_base64(view(client));
}

// The client-final message of an honest client.
inline std::string answer(std::string_view gs2_header, std::string_view bare, std::string_view server_first,
                          std::string_view password, ScramHash hash = ScramHash::sha_256, BytesView binding = {}) {
  std::string nonce(server_first.substr(0, server_first.find(",s=")));
  return sign(bare, server_first, "c=" + encode_base64(std::string(gs2_header) + std::string(binding)) + "," + nonce,
              password, hash);
}

}  // namespace roost::sasl::testing
