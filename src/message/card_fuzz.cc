// Stored bytes are hostile: decoding fails or gives a card that encodes to one that decodes alike.
#include <array>
#include <cstdint>

#include "message/card.h"
#include "message/fuzz_check_test.h"
#include "message/section.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost;
  using namespace roost::message;
  BytesView input(reinterpret_cast<const char*>(data), size);
  auto card = decode_card(input);
  if (!card) return 0;
  ROOST_FUZZ_CHECK(decode_card(encode_card(*card)) == card);
  constexpr std::array<BytesView, 2> kNames = {"Subject", "to"};
  auto view = CardView::open(input);
  if (auto fields = view->header_fields(kNames)) ROOST_FUZZ_CHECK(fields->size() <= size);
  constexpr std::array<uint32_t, 3> kNumbers = {1, 2, 1};
  for (size_t depth = 0; depth <= kNumbers.size(); ++depth) {
    auto range = find_section(card->parts, std::span(kNumbers).first(depth), SectionText::header);
    ROOST_FUZZ_CHECK(!range || range->end() <= card->size);
  }
  return 0;
}
