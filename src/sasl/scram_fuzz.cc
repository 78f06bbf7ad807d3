// A verifier's line: whatever parses is written back as it was.
#include "sasl/scram.h"

#include <cstdlib>

#include "sasl/base64.h"
#include "sasl/prepare.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost::sasl;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto verifier = parse_scram(text); verifier && format_scram(*verifier) != text) abort();
  if (auto decoded = decode_base64(text); decoded && encode_base64(*decoded) != text) abort();
  // RFC 3454 makes preparation idempotent for what was prepared as a stored string.
  if (auto once = prepare(text, Preparation::stored); once && prepare(*once, Preparation::stored) != once) abort();
  prepare_password(text);
  return 0;
}
