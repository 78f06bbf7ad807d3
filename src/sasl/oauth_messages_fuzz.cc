// Both messages: what parses holds a token that stands in it, and nothing that a token may not have.
#include "sasl/oauth_messages.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost::sasl;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& request : {parse_oauth_bearer(text), parse_xoauth2(text)}) {
    if (!request) continue;
    std::string_view token = request->token.view();
    if (token.find_first_of(" \1,") != std::string_view::npos || !text.contains(token)) abort();
  }
  return 0;
}
