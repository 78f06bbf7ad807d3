// Both directions of the auth child's protocol: what decodes is encoded to something that decodes to the same.
#include "auth/protocol.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost::auth;
  roost::BytesView input(reinterpret_cast<const char*>(data), size);
  if (auto request = protocol::decode_request(input)) {
    Secret once = protocol::encode(request->id, request->body);
    auto again = protocol::decode_request(once.view());
    if (!again || protocol::encode(again->id, again->body).view() != once.view()) abort();
  }
  if (auto reply = protocol::decode_reply(input)) {
    Secret once = protocol::encode(reply->id, reply->body);
    auto again = protocol::decode_reply(once.view());
    if (!again || protocol::encode(again->id, again->body).view() != once.view()) abort();
  }
  return 0;
}
