#include "lmtpd/dot_decoder.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace roost::lmtpd {
namespace {

// What a sending client makes of a message that ends in CRLF.
Bytes stuffed(BytesView message) {
  Bytes out;
  bool line_start = true;
  for (size_t i = 0; i < message.size(); ++i) {
    if (line_start && message[i] == '.') out += '.';
    out += message[i];
    line_start = message[i] == '\n' && i > 0 && message[i - 1] == '\r';
  }
  return out + ".\r\n";
}

struct Decoded {
  Bytes message;
  size_t used = 0;
  bool done = false;
};

Decoded decode_in_pieces(BytesView in, size_t piece) {
  DotDecoder decoder;
  Decoded result;
  while (result.used < in.size() && !decoder.done()) {
    result.used += decoder.decode(in.substr(result.used, piece), result.message);
  }
  result.done = decoder.done();
  return result;
}

TEST(DotDecoder, GivesBackTheMessageHoweverItIsCut) {
  EXPECT_TRUE(rc::check([] {
    Bytes message = *rc::gen::container<Bytes>(rc::gen::element('.', '\r', '\n', 'a')) + "\r\n";
    Bytes sent = stuffed(message) + "NOOP\r\n";
    for (size_t piece : {size_t{1}, size_t{2}, size_t{3}, sent.size()}) {
      Decoded result = decode_in_pieces(sent, piece);
      RC_ASSERT(result.done);
      RC_ASSERT(result.message == message);
      RC_ASSERT(sent.substr(result.used) == "NOOP\r\n");
    }
  }));
}

TEST(DotDecoder, EndsOnlyAtADotBetweenCrlfs) {
  for (const char* smuggled : {"a\n.\nb", "a\n.\r\nb", "a\r\n.\nb", "a\r.\r\nb", "a\r\n.\rb"}) {
    EXPECT_FALSE(decode_in_pieces(smuggled, 100).done) << smuggled;
  }
}

TEST(DotDecoder, TakesAnEmptyMessage) {
  Decoded result = decode_in_pieces(".\r\n", 1);
  EXPECT_TRUE(result.done);
  EXPECT_EQ(result.message, "");
}

}  // namespace
}  // namespace roost::lmtpd
