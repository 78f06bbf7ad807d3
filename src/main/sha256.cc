#include "main/sha256.h"

#include <fmt/format.h>

#include <array>

namespace roost::main {

Sha256::Sha256() : hash_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(hash_.get(), EVP_sha256(), nullptr); }

void Sha256::add(std::string_view octets) { EVP_DigestUpdate(hash_.get(), octets.data(), octets.size()); }

std::string Sha256::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(hash_.get(), digest.data(), &size);
  std::string out;
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{:02x}", digest.at(i));
  return out;
}

std::string Sha256::of(std::string_view octets) {
  Sha256 hash;
  hash.add(octets);
  return hash.finish();
}

}  // namespace roost::main
