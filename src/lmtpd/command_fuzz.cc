#include "lmtpd/command.h"
#include "lmtpd/dot_decoder.h"

#include <cstdlib>

// The first octet says how the rest is cut. Pieces must give what the whole gives.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost;
  if (size == 0) return 0;
  BytesView in(reinterpret_cast<const char*>(data + 1), size - 1);
  (void)lmtpd::parse_command(in);

  lmtpd::DotDecoder whole;
  Bytes expected;
  size_t expected_used = whole.decode(in, expected);

  lmtpd::DotDecoder cut;
  Bytes message;
  size_t used = 0;
  size_t piece = data[0] % 7 + 1;
  while (used < in.size() && !cut.done()) used += cut.decode(in.substr(used, piece), message);
  if (used != expected_used || message != expected || cut.done() != whole.done()) std::abort();
  return 0;
}
