// A client's response, and a secret's line: whatever parses is written back as it was.
#include "sasl/cram_md5.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost::sasl;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto secret = parse_cram(text); secret && format_cram(*secret) != text) abort();
  if (auto response = parse_cram_response(text)) {
    if (response->digest.size() != 16 || response->name.size() + 33 != size) abort();
    if (cram_digest(derive_cram("password"), text) == response->digest) abort();
  }
  return 0;
}
