// Whatever the octets and however they are cut: the same table, sound ranges, well-formed lists, and text that can be
// extracted.
#include <algorithm>
#include <cstdint>

#include "base/utf8.h"
#include "message/card.h"
#include "message/fuzz_check_test.h"
#include "message/paren_checker_test.h"
#include "message/parser.h"
#include "message/text.h"

namespace {

using namespace roost;
using namespace roost::message;

ParseLimits small_limits() {
  ParseLimits out;
  out.parts_max = 40;
  out.mime_depth_max = 12;
  out.field_bytes_max = 600;
  out.header_bytes_max = 4000;
  out.preview_bytes_max = 100;
  return out;
}

// The last octets choose the sizes of the pieces, so that plain messages are a corpus.
Parsed parse_in_pieces(BytesView sizes, BytesView message) {
  Parser parser(small_limits());
  for (size_t at = 0, i = 0; at < message.size(); ++i) {
    size_t size = 1 + (static_cast<unsigned char>(sizes[i % sizes.size()]) & 63U);
    parser.feed(message.substr(at, size));
    at += size;
  }
  return parser.finish();
}

void check_part(const Parsed& parsed, const Part& part) {
  ROOST_FUZZ_CHECK(part.header.end() == part.body.offset && part.body.end() <= parsed.size);
  ROOST_FUZZ_CHECK(part.body_lines <= part.body.size);
  ROOST_FUZZ_CHECK((part.kind == PartKind::leaf) == (part.first_child == kNoPart));
  uint64_t at = part.body.offset;
  for (uint32_t child = part.first_child; child != kNoPart; child = parsed.parts[child].next_sibling) {
    ROOST_FUZZ_CHECK(parsed.parts[child].header.offset >= at && parsed.parts[child].body.end() <= part.body.end());
    at = parsed.parts[child].body.end();
  }
}

class Heard final : public TextSink {
 public:
  bool text(BytesView folded) override {
    all += folded;
    return true;
  }
  void next_text() override { all += '|'; }
  Bytes all;
};

Bytes extract(const Parsed& parsed, BytesView message, size_t piece) {
  Heard sink;
  TextExtractor extractor(parsed.parts, TextScope::text, sink);
  for (size_t at = 0; at < message.size(); at += piece) extractor.feed(at, message.substr(at, piece));
  extractor.finish();
  return sink.all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  BytesView input(reinterpret_cast<const char*>(data), size);
  BytesView message = input;
  Parsed whole = parse(message, small_limits());
  for (const Part& part : whole.parts) check_part(whole, part);
  ROOST_FUZZ_CHECK(whole.headers.size() == whole.parts.size() && whole.size == message.size());
  Card card = make_card(whole);
  ROOST_FUZZ_CHECK(make_card(parse_in_pieces(input.substr(size - 4), message)) == card);
  for (BytesView list : {BytesView(card.envelope), BytesView(card.body), BytesView(card.body_structure)}) {
    ROOST_FUZZ_CHECK(ParenChecker(list).run());
  }
  for (BytesView list :
       {BytesView(card.envelope_utf8), BytesView(card.body_utf8), BytesView(card.body_structure_utf8)}) {
    ROOST_FUZZ_CHECK(list.empty() || ParenChecker(list).run());
  }
  ROOST_FUZZ_CHECK(decode_card(encode_card(card)) == card);
  for (BytesView text : {BytesView(card.preview), BytesView(card.sort.subject)}) {
    ROOST_FUZZ_CHECK(is_valid_utf8(text) && text.find_first_of(BytesView("\r\n\0", 3)) == BytesView::npos);
  }
  ROOST_FUZZ_CHECK(extract(whole, message, 1 + (data[size - 1] & 63U)) == extract(whole, message, message.size() + 1));
  return 0;
}
