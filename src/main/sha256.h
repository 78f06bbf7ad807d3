// SHA-256 of octets as they come.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace roost::main {

class Sha256 {
 public:
  Sha256();
  void add(std::string_view octets);
  // In hexadecimal digits. Ends it.
  std::string finish();

  static std::string of(std::string_view octets);

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash_;
};

}  // namespace roost::main
