// Any bytes as a card segment: reading one card agrees with reading all.
#include <cstdlib>

#include "mail/checkpoint.h"

using namespace roost;
using namespace roost::mail;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  BytesView segment(reinterpret_cast<const char*>(data), size);
  auto cards = cards_in_segment(segment);
  if (!cards) {
    (void)card_in_segment(segment, 0);
    return 0;
  }
  for (uint32_t i = 0; i < cards->size() && i < 64; ++i) {
    if (card_in_segment(segment, i) != (*cards)[i]) abort();
  }
  if (card_in_segment(segment, static_cast<uint32_t>(cards->size()))) abort();
  return 0;
}
