// Encoded words, addresses, dates, parameters and subjects of whatever octets.
#include <cstdint>

#include "base/utf8.h"
#include "message/address.h"
#include "message/casemap.h"
#include "message/date.h"
#include "message/encoded_word.h"
#include "message/fuzz_check_test.h"
#include "message/header.h"
#include "message/subject.h"

namespace {

// The first octet chooses the size of the pieces.
roost::Bytes decoded_in_pieces(roost::BytesView text) {
  size_t piece = text.empty() ? 1 : 1 + (static_cast<unsigned char>(text.front()) & 31U);
  roost::message::HeaderTextDecoder decoder;
  roost::Bytes out;
  for (size_t at = 0; at < text.size(); at += piece) decoder.feed(text.substr(at, piece), false, out);
  decoder.feed({}, true, out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost;
  using namespace roost::message;
  BytesView input(reinterpret_cast<const char*>(data), size);
  Bytes text = decode_header_text(input);
  ROOST_FUZZ_CHECK(decoded_in_pieces(unfold(input)) == text);
  ROOST_FUZZ_CHECK(is_valid_utf8(text));
  ROOST_FUZZ_CHECK(is_valid_utf8(search_fold(text)));
  ROOST_FUZZ_CHECK(text.find_first_of(BytesView("\r\n\0", 3)) == Bytes::npos);
  int open_groups = 0;
  for (const Address& address : parse_addresses(input)) {
    ROOST_FUZZ_CHECK(address.mailbox || !address.name);
    open_groups += address.is_group_start() ? 1 : address.is_group_end() ? -1 : 0;
    ROOST_FUZZ_CHECK(open_groups == 0 || open_groups == 1);
  }
  ROOST_FUZZ_CHECK(open_groups == 0);
  if (auto date = parse_date(input)) ROOST_FUZZ_CHECK(date->zone_minutes > -1440 && date->zone_minutes < 1440);
  for (const Parameter& p : parse_parameterized(input).parameters) {
    ROOST_FUZZ_CHECK(!p.name.empty() && is_valid_utf8(parameter_text(p)));
  }
  ROOST_FUZZ_CHECK(is_valid_utf8(base_subject(input).text));
  return 0;
}
