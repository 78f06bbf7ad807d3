#include "message/parser.h"

#include <gtest/gtest.h>

namespace roost::message {
namespace {

Parsed parse_in_pieces(BytesView message, size_t piece_bytes) {
  Parser parser;
  for (size_t i = 0; i < message.size(); i += piece_bytes) parser.feed(message.substr(i, piece_bytes));
  return parser.finish();
}

Bytes body_of(const Parsed& parsed, BytesView message, uint32_t part) {
  const ByteRange& body = parsed.parts.at(part).body;
  return Bytes(message.substr(body.offset, body.size));
}

void expect_same(const Parsed& a, const Parsed& b) {
  EXPECT_EQ(a.size, b.size);
  EXPECT_EQ(a.parts, b.parts);
  EXPECT_EQ(a.kept, b.kept);
  EXPECT_EQ(a.plain.bytes, b.plain.bytes);
  EXPECT_EQ(a.html.bytes, b.html.bytes);
  EXPECT_EQ(a.blank_line_bytes, b.blank_line_bytes);
  EXPECT_EQ(a.limited, b.limited);
}

TEST(Parser, GivesTheSameForPiecesOfAnySize) {
  BytesView message =
      "Subject: x\r\nContent-Type: multipart/mixed;\r\n boundary=\"a b\"\r\n\r\npreamble\r\n"
      "--a b\r\nContent-Type: text/html\r\n\r\n<b>hello</b>\r\n\r\n"
      "--a b  \r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\n-- \r\nme\n"
      "--a b\n\nlast\r\n--a b--\r\nepilogue";
  Parsed whole = parse(message);
  ASSERT_EQ(whole.parts.size(), 5U);
  for (size_t size = 1; size < 40; ++size) expect_same(whole, parse_in_pieces(message, size));
}

TEST(Parser, TakesAnEmptyMessageAsEmptyText) {
  Parsed parsed = parse("");
  ASSERT_EQ(parsed.parts.size(), 1U);
  EXPECT_TRUE(parsed.parts[0].is("text", "plain"));
  EXPECT_EQ(parsed.parts[0].body, (ByteRange{0, 0}));
}

TEST(Parser, CountsBareLineFeedsAsTheyAre) {
  BytesView message = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\ntwo\n--b--\n";
  Parsed parsed = parse(message);
  ASSERT_EQ(parsed.parts.size(), 2U);
  EXPECT_EQ(body_of(parsed, message, 1), "one\ntwo");
  EXPECT_EQ(parsed.parts[1].body_lines, 1U);
  EXPECT_EQ(parsed.parts[0].body_lines, 5U);
}

TEST(Parser, EndsAllOpenPartsAtAnOuterBoundary) {
  BytesView message =
      "Content-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n"
      "--in\r\n\r\nunclosed\r\n--out\r\n\r\nafter\r\n--out--\r\n";
  Parsed parsed = parse(message);
  ASSERT_EQ(parsed.parts.size(), 4U);
  EXPECT_EQ(body_of(parsed, message, 1), "--in\r\n\r\nunclosed");
  EXPECT_EQ(body_of(parsed, message, 2), "unclosed");
  EXPECT_EQ(body_of(parsed, message, 3), "after");
  EXPECT_EQ(parsed.parts[1].next_sibling, 3U);
}

TEST(Parser, PrefersTheLongestBoundaryThatFits) {
  BytesView message =
      "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/mixed; boundary=x-1\r\n\r\n"
      "--x-1\r\n\r\ninner\r\n--x-1--\r\n--x--\r\n";
  Parsed parsed = parse(message);
  ASSERT_EQ(parsed.parts.size(), 3U);
  EXPECT_EQ(body_of(parsed, message, 2), "inner");
}

TEST(Parser, GivesAMultipartWithoutPartsAnEmptyOne) {
  Parsed parsed = parse("Content-Type: multipart/mixed; boundary=b\r\n\r\nnothing here\r\n--b--\r\n");
  ASSERT_EQ(parsed.parts.size(), 2U);
  EXPECT_TRUE(parsed.parts[1].synthetic);
  EXPECT_TRUE(parsed.parts[1].is("text", "plain"));
  EXPECT_EQ(parsed.parts[1].body.size, 0U);
}

TEST(Parser, TakesAMultipartWithoutBoundaryAsText) {
  Parsed parsed = parse("Content-Type: multipart/mixed\r\n\r\ntext\r\n");
  ASSERT_EQ(parsed.parts.size(), 1U);
  EXPECT_TRUE(parsed.parts[0].is("text", "plain"));
}

TEST(Parser, TakesPartsOfADigestAsMessages) {
  BytesView message =
      "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: one\r\n\r\ntext\r\n"
      "--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b--\r\n";
  Parsed parsed = parse(message);
  ASSERT_EQ(parsed.parts.size(), 4U);
  EXPECT_TRUE(parsed.parts[1].is("message", "rfc822"));
  EXPECT_EQ(body_of(parsed, message, 1), "Subject: one\r\n\r\ntext");
  EXPECT_EQ(body_of(parsed, message, 2), "text");
  EXPECT_TRUE(parsed.parts[3].is("text", "plain"));
}

TEST(Parser, DoesNotLookIntoAnEncodedMessage) {
  BytesView message = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA==\r\n";
  Parsed parsed = parse(message);
  ASSERT_EQ(parsed.parts.size(), 2U);
  EXPECT_EQ(parsed.parts[0].kind, PartKind::message);
  EXPECT_TRUE(parsed.parts[1].synthetic);
}

TEST(Parser, EndsAHeaderWithoutBlankLineBeforeWhatIsNoField) {
  BytesView message = "Subject: x\r\nFrom: a@b\r\nHello there\r\nNote: not a field\r\n";
  Parsed parsed = parse(message);
  EXPECT_EQ(body_of(parsed, message, 0), "Hello there\r\nNote: not a field\r\n");
  EXPECT_EQ(parsed.parts[0].body_lines, 2U);
  EXPECT_EQ(parsed.header_of(0), "Subject: x\r\nFrom: a@b\r\n");
}

TEST(Parser, KeepsABadLineInAHeaderThatHasABlankLine) {
  BytesView message = "Subject: x\r\nbroken fold\r\nFrom: a@b\r\n\r\nbody";
  Parsed parsed = parse(message);
  EXPECT_EQ(body_of(parsed, message, 0), "body");
  EXPECT_EQ(parsed.header_of(0), "Subject: x\r\nFrom: a@b\r\n");
}

TEST(Parser, LetsAPartWithoutBlankLineHaveABody) {
  BytesView message = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nonly text\r\n--b--\r\n";
  Parsed parsed = parse(message);
  ASSERT_EQ(parsed.parts.size(), 2U);
  EXPECT_EQ(body_of(parsed, message, 1), "only text");
}

TEST(Parser, MakesTheLastPartThatTheLimitAllowsOpaque) {
  ParseLimits limits;
  limits.parts_max = 3;
  Bytes message = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 10; ++i) message += "--b\r\n\r\npart\r\n";
  message += "--b--\r\n";
  Parsed parsed = parse(message, limits);
  ASSERT_EQ(parsed.parts.size(), 3U);
  EXPECT_TRUE(parsed.limited);
  EXPECT_TRUE(parsed.parts[2].is("application", "octet-stream"));
  EXPECT_EQ(parsed.parts[2].body.end(), message.size());
}

TEST(Parser, StopsDescendingAtTheDepthLimit) {
  ParseLimits limits;
  limits.mime_depth_max = 4;
  Bytes message;
  for (int i = 0; i < 50; ++i) message += "Content-Type: message/rfc822\r\n\r\n";
  Parsed parsed = parse(message, limits);
  ASSERT_EQ(parsed.parts.size(), 5U);
  EXPECT_TRUE(parsed.limited);
  EXPECT_TRUE(parsed.parts[4].is("application", "octet-stream"));
  EXPECT_EQ(parsed.parts[4].kind, PartKind::leaf);
}

TEST(Parser, KeepsOnlyTheBeginningOfALongField) {
  Bytes message = "To: " + Bytes(1'000'000, 'x') + "\r\nSubject: after\r\n\r\nbody";
  Parsed parsed = parse(message);
  EXPECT_TRUE(parsed.headers[0].cut);
  EXPECT_LE(parsed.kept.size(), 66'000U);
  EXPECT_EQ(parsed.parts[0].header.size, message.size() - 4);
  EXPECT_TRUE(parsed.kept.ends_with("Subject: after\r\n"));
  expect_same(parsed, parse_in_pieces(message, 4096));
}

TEST(Parser, IsLinearInNestedBoundaries) {
  Bytes message = "Content-Type: multipart/mixed; boundary=0\r\n\r\n";
  for (int i = 0; i < 99; ++i) {
    Bytes inner = std::to_string(i + 1);
    message += "--" + std::to_string(i) + "\r\nContent-Type: multipart/mixed; boundary=" + inner + "\r\n\r\n";
  }
  message += "--99\r\n\r\n";
  for (int i = 0; i < 500'000; ++i) message += "--\n";
  Parsed parsed = parse(message);
  EXPECT_EQ(parsed.parts.size(), 101U);
  EXPECT_EQ(parsed.parts.back().body_lines, 500'000U);
}

TEST(Parser, UsesTheFirstOfSeveralContentTypes) {
  Parsed parsed = parse("Content-Type: text/html\r\nContent-Type: image/png\r\n\r\nx");
  EXPECT_TRUE(parsed.parts[0].is("text", "html"));
}

TEST(Parser, CapturesTheTextForAPreviewWithoutTheBoundary) {
  Parsed parsed = parse("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b--\r\n");
  EXPECT_EQ(parsed.plain.part, 1U);
  EXPECT_EQ(parsed.plain.bytes, "hello");
}

TEST(Parser, KeepsTheBlankLineOfAPartWithoutBody) {
  BytesView message = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n--b--";
  Parsed parsed = parse(message);
  ASSERT_EQ(parsed.parts.size(), 2U);
  EXPECT_EQ(message.substr(parsed.parts[1].header.offset, parsed.parts[1].header.size),
            "Content-Type: text/plain\r\n\r\n");
  EXPECT_EQ(parsed.parts[1].body.size, 0U);
}

}  // namespace
}  // namespace roost::message
