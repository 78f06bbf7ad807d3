// Messages made to be too much: bounded memory, sound answers.
#include <gtest/gtest.h>

#include "message/card.h"
#include "message/parser.h"
#include "message/section.h"

namespace roost::message {
namespace {

TEST(Limits, LetTenThousandPartsThrough) {
  Bytes message = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 1; i <= 9'999; ++i) message += "--b\r\n\r\npart " + std::to_string(i) + "\r\n";
  message += "--b--\r\n";
  Card card = make_card(parse(message));
  EXPECT_EQ(card.parts.size(), 10'000U);
  auto range = find_section(card.parts, std::vector<uint32_t>{9'998}, SectionText::whole);
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(message.substr(range->offset, range->size), "part 9998");
  EXPECT_EQ(decode_card(encode_card(card)), card);
}

TEST(Limits, MakeWhatFollowsTheLastPartOpaque) {
  Bytes message = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 50'000; ++i) message += "--b\r\n\r\nx\r\n";
  Card card = make_card(parse(message));
  EXPECT_TRUE(card.limited);
  EXPECT_EQ(card.parts.size(), 10'000U);
  EXPECT_TRUE(card.body_structure.ends_with(" \"MIXED\" (\"BOUNDARY\" \"b\") NIL NIL NIL)"));
}

TEST(Limits, StopAtMultipartsNestedTooDeep) {
  Bytes message = "Content-Type: multipart/mixed; boundary=0e\r\n\r\n";
  for (int i = 0; i < 5'000; ++i) {
    message += "--" + std::to_string(i) + "e\r\nContent-Type: multipart/mixed; boundary=" + std::to_string(i + 1);
    message += "e\r\n\r\n";
  }
  Card card = make_card(parse(message));
  EXPECT_TRUE(card.limited);
  EXPECT_EQ(card.parts.size(), 101U);
  EXPECT_EQ(decode_card(encode_card(card)), card);
}

TEST(Limits, BoundWhatIsKeptOfHeaders) {
  Bytes message = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 200; ++i) message += "--b\r\nContent-Description: " + Bytes(60'000, 'x') + "\r\n\r\ny\r\n";
  Parsed parsed = parse(message);
  EXPECT_EQ(parsed.parts.size(), 201U);
  EXPECT_LE(parsed.kept.size(), ParseLimits().header_bytes_max);
  EXPECT_TRUE(parsed.headers.back().cut);
}

// Mail with a part that clients would show undecoded would be as good as lost.
TEST(Limits, TellTheEncodingOfPartsWhoseHeadersAreNotKept) {
  Bytes message = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 3'000; ++i) {
    message += "--b\r\nContent-Type: text/plain; charset=koi8-r; name=" + Bytes(500, 'x') +
               "\r\nContent-Transfer-Encoding: base64\r\n\r\n7c/T\r\n";
  }
  Parsed parsed = parse(message + "--b--\r\n");
  EXPECT_TRUE(parsed.headers.back().cut);
  EXPECT_TRUE(make_card(parsed).body_structure.ends_with(
      "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"koi8-r\") NIL NIL \"BASE64\" 4 0 NIL NIL NIL NIL) \"MIXED\" "
      "(\"BOUNDARY\" \"b\") NIL NIL NIL)"));
}

TEST(Limits, BoundTheAddressesOfAnEnvelope) {
  Bytes message;
  for (int i = 0; i < 20; ++i) {
    message += "To: ";
    for (int k = 0; k < 5'000; ++k) message += "a@b,";
    message += "\r\n";
  }
  EXPECT_LT(make_card(parse(message + "\r\n")).envelope.size(), 100'000U);
}

}  // namespace
}  // namespace roost::message
