// A set of keys and a token, with a line break between them, from whoever likes; and the token under a key that is
// known.
#include "auth/jwt.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost::auth;
  static const std::vector<std::string> algorithms = {"RS256", "PS256", "ES256", "ES384", "EdDSA"};
  static const auto fixed =
      parse_jwt_keys(R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                     R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
  roost::BytesView input(reinterpret_cast<const char*>(data), size);
  size_t cut = input.find('\n');
  auto keys = parse_jwt_keys(input.substr(0, cut));
  roost::BytesView token = cut == roost::BytesView::npos ? input : input.substr(cut + 1);
  auto claims = verify_jwt(token, *fixed, algorithms);
  if (claims && !claims->is_object()) abort();
  if (keys) (void)verify_jwt(token, *keys, algorithms);
  return 0;
}
