#include "sasl/secret.h"

#include <openssl/crypto.h>

namespace roost::sasl {

void wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace roost::sasl
