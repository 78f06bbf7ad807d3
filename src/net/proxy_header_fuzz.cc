#include <cstdint>
#include <cstdlib>

#include "net/proxy_header.h"

// The parser's answer does not depend on how the header is cut up, and never claims more than there is.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost;
  const BytesView in(reinterpret_cast<const char*>(data), size);
  const auto whole = net::parse_proxy_header(in);
  if (whole && whole->bytes > in.size()) std::abort();
  if (!whole && whole.error() == net::ProxyHeaderError::incomplete && size >= net::kProxyHeaderBytesMax) std::abort();
  for (size_t cut = 0; cut < size && cut < 200; ++cut) {
    const auto part = net::parse_proxy_header(in.substr(0, cut));
    if (part && (!whole || part->bytes != whole->bytes)) std::abort();
    if (!part && part.error() == net::ProxyHeaderError::malformed && whole) std::abort();
  }
  return 0;
}
