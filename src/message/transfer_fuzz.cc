// Decoders of encodings and charsets give the same for pieces of any size.
#include <algorithm>
#include <array>
#include <cstdint>

#include "base/utf8.h"
#include "message/charset.h"
#include "message/fuzz_check_test.h"
#include "message/transfer.h"

namespace {

using namespace roost;
using namespace roost::message;

void check_charset(BytesView bytes, BytesView charset, size_t piece) {
  CharsetDecoder decoder(charset);
  Bytes pieces;
  for (size_t at = 0; at < bytes.size(); at += piece) decoder.feed(bytes.substr(at, piece), false, pieces);
  decoder.feed({}, true, pieces);
  ROOST_FUZZ_CHECK(is_valid_utf8(pieces));
  ROOST_FUZZ_CHECK(pieces == to_utf8(bytes, charset));
}

void check_transfer(BytesView bytes, Encoding encoding, size_t piece) {
  TransferDecoder decoder(encoding);
  Bytes pieces;
  for (size_t at = 0; at < bytes.size(); at += piece) decoder.feed(bytes.substr(at, piece), pieces);
  decoder.finish(pieces);
  ROOST_FUZZ_CHECK(pieces == decode_transfer(encoding, bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  static constexpr std::array<BytesView, 12> kCharsets = {"",        "utf-8", "iso-8859-1", "windows-1251",
                                                          "gb18030", "big5",  "shift_jis",  "iso-2022-jp",
                                                          "euc-kr",  "utf-7", "utf-16",     "iso-2022-cn"};
  BytesView bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  size_t piece = 1 + (data[0] & 31U);
  check_charset(bytes, kCharsets[data[1] % kCharsets.size()], piece);
  check_transfer(bytes, static_cast<Encoding>(data[1] % 7), piece);
  return 0;
}
