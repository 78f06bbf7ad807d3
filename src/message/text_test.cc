#include "message/text.h"

#include <gtest/gtest.h>

#include "message/casemap.h"
#include "message/parser.h"

namespace roost::message {
namespace {

// Every text on a line of its own.
class Collect final : public TextSink {
 public:
  bool text(BytesView folded) override {
    all += folded;
    return true;
  }
  void next_text() override { all += '|'; }
  Bytes all;
};

Bytes extract(BytesView message, TextScope scope, size_t piece = 1 << 20) {
  Parsed parsed = parse(message);
  Collect sink;
  TextExtractor extractor(parsed.parts, scope, sink);
  for (const ByteRange& range : text_ranges(parsed.parts, scope)) {
    for (uint64_t at = range.offset; at < range.end(); at += piece) {
      extractor.feed(at, message.substr(at, std::min<uint64_t>(piece, range.end() - at)));
    }
  }
  extractor.finish();
  return sink.all;
}

constexpr BytesView kMessage =
    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n aus\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "preamble\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: "
    "quoted-printable\r\n\r\n"
    "caf=E9 au=\r\n lait\r\n--b\r\nContent-Type: application/pdf\r\n\r\nhidden\r\n"
    "--b\r\nContent-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: base64\r\n\r\n8NLJ18XU\r\n--b--\r\n";

TEST(TextExtractor, DecodesAndFoldsTheBody) {
  Bytes expected = search_fold("café au lait") + "|" + search_fold("Привет") + "|";
  for (size_t piece = 1; piece < 50; ++piece) EXPECT_EQ(extract(kMessage, TextScope::body, piece), expected);
}

TEST(TextExtractor, AddsEveryHeaderForText) {
  Bytes all = extract(kMessage, TextScope::text);
  EXPECT_TRUE(all.starts_with(search_fold("Subject: Grüße aus") + "|")) << all;
  EXPECT_NE(all.find("CONTENT-TYPE: APPLICATION/PDF|"), Bytes::npos);
  EXPECT_EQ(all.find("HIDDEN"), Bytes::npos);
  EXPECT_EQ(all.find("PREAMBLE"), Bytes::npos);
  for (size_t piece = 1; piece < 50; ++piece) EXPECT_EQ(extract(kMessage, TextScope::text, piece), all);
}

TEST(TextExtractor, TakesOnlyTheRootsHeaderForHeaders) {
  EXPECT_EQ(extract(kMessage, TextScope::headers),
            search_fold("Subject: Grüße aus") + "|CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY=B||");
}

TEST(TextExtractor, TakesTheHeadersOfEncapsulatedMessages) {
  BytesView message = "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nbody";
  EXPECT_NE(extract(message, TextScope::text).find("SUBJECT: INNER|"), Bytes::npos);
  EXPECT_EQ(extract(message, TextScope::body), "BODY|");
}

TEST(TextExtractor, MayBeFedTheWholeMessage) {
  Parsed parsed = parse(kMessage);
  Collect sink;
  TextExtractor extractor(parsed.parts, TextScope::body, sink);
  extractor.feed(0, kMessage);
  extractor.finish();
  EXPECT_EQ(sink.all, extract(kMessage, TextScope::body));
}

TEST(TextExtractor, SearchesAFieldOfAMegabyteInBoundedMemory) {
  Bytes message = "X-Long: ";
  for (int i = 0; i < 100'000; ++i) message += "word" + std::to_string(i) + " ";
  message += "\r\n\r\n";
  Parsed parsed = parse(message);
  std::vector<Matcher> matchers = {Matcher("WORD99999"), Matcher("X-LONG: WORD0 ")};
  MatchSink sink(matchers);
  TextExtractor extractor(parsed.parts, TextScope::text, sink);
  extractor.feed(0, message);
  extractor.finish();
  EXPECT_TRUE(matchers[0].matched());
  EXPECT_TRUE(matchers[1].matched());
}

TEST(TextExtractor, StopsOnceEverythingMatched) {
  Parsed parsed = parse(kMessage);
  std::vector<Matcher> matchers = {Matcher(search_fold("CAFÉ"))};
  MatchSink sink(matchers);
  TextExtractor extractor(parsed.parts, TextScope::body, sink);
  EXPECT_FALSE(extractor.feed(0, kMessage));
  EXPECT_TRUE(matchers[0].matched());
}

TEST(TextRanges, LeaveAttachmentsOut) {
  Parsed parsed = parse(kMessage);
  for (const ByteRange& range : text_ranges(parsed.parts, TextScope::text)) {
    EXPECT_EQ(kMessage.substr(range.offset, range.size).find("hidden"), BytesView::npos);
  }
}

}  // namespace
}  // namespace roost::message
