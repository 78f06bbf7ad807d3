#include "message/card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "message/casemap.h"

namespace roost::message {
namespace {

constexpr BytesView kMessage =
    "Received: from a by b\r\nFrom: =?utf-8?Q?J=C3=B6rg?= <joerg@example.org>\r\nTo: Anna <anna@example.org>\r\n"
    "Cc: cc@example.org\r\nSubject: Re: [list] Lunch\r\nDate: Fri, 21 Nov 1997 09:55:06 -0600\r\n"
    "Message-ID: <\"quoted\"@example.org>\r\nReferences: <1@x> <2@x>\r\nIn-Reply-To: <2@x>\r\n\r\n"
    "At noon?\r\n\r\n> Shall we?\r\n";

Card card_of(BytesView message) { return make_card(parse(message)); }

TEST(Card, HoldsSortKeys) {
  SortKeys keys = card_of(kMessage).sort;
  EXPECT_EQ(keys.subject, "LUNCH");
  EXPECT_TRUE(keys.reply_or_forward);
  EXPECT_EQ(keys.from, "JOERG");
  EXPECT_EQ(keys.to, "ANNA");
  EXPECT_EQ(keys.cc, "CC");
  EXPECT_EQ(keys.display_from, search_fold("Jörg"));
  EXPECT_EQ(keys.display_to, "ANNA");
}

TEST(Card, SortsByTheAddressWhereThereIsNoName) {
  EXPECT_EQ(card_of("From: a@b\r\n\r\n").sort.display_from, "A@B");
  EXPECT_EQ(card_of("From: Group: a@b;\r\n\r\n").sort.display_from, "GROUP");
  EXPECT_EQ(card_of("From: \"\" <a@b>\r\n\r\n").sort.display_from, "A@B");
  EXPECT_EQ(card_of("\r\n").sort, SortKeys());
}

TEST(Card, HoldsTheSentDate) {
  EXPECT_EQ(card_of(kMessage).sent, (SentDate{880'127'706, -360}));
  EXPECT_EQ(card_of("Date: never\r\n\r\n").sent, std::nullopt);
}

TEST(Card, HoldsThreadKeysThatQuotingDoesNotChange) {
  ThreadKeys keys = card_of(kMessage).thread;
  EXPECT_EQ(keys.message_id, hash_message_id("<quoted@example.org>"));
  EXPECT_EQ(keys.message_id, hash_message_id("quoted@example.org"));
  EXPECT_THAT(keys.references, testing::ElementsAre(hash_message_id("<1@x>"), hash_message_id("<2@x>")));
}

TEST(Card, TakesTheFirstIdOfInReplyToWithoutReferences) {
  EXPECT_THAT(card_of("In-Reply-To: Your message of today <1@x> <2@x>\r\nReferences: none\r\n\r\n").thread.references,
              testing::ElementsAre(hash_message_id("<1@x>")));
}

TEST(Card, KeepsTheFirstAndTheLastReferences) {
  Bytes message = "References:";
  for (int i = 0; i < 1000; ++i) message += " <" + std::to_string(i) + "@x>";
  auto references = card_of(message + "\r\n\r\n").thread.references;
  ASSERT_EQ(references.size(), kReferencesMax);
  EXPECT_EQ(references.front(), hash_message_id("<0@x>"));
  EXPECT_EQ(references.back(), hash_message_id("<999@x>"));
}

TEST(Card, HoldsAPreviewWithoutQuotedLines) {
  EXPECT_EQ(card_of(kMessage).preview, "At noon?");
  EXPECT_EQ(card_of("\r\n> only\r\n> quoted\r\n").preview, "> only > quoted");
}

TEST(Card, MakesThePreviewOfHtmlWithoutMarkup) {
  BytesView html =
      "Content-Type: text/html; charset=utf-8\r\n\r\n<html><head><style>p { x: y }</style></head><body><!-- no -->\r\n"
      "<p>Fish &amp; <b>ch</b>ips</p><p>&#8364;&nbsp;5 < 6</p><script>no()</script></body></html>";
  EXPECT_EQ(card_of(html).preview, "Fish & chips € 5 < 6");
}

TEST(Card, CutsThePreviewAtCharacters) {
  Bytes long_text = "Content-Type: text/plain; charset=utf-8\r\n\r\n";
  for (int i = 0; i < 500; ++i) long_text += "€";
  EXPECT_EQ(card_of(long_text).preview.size(), 3 * kPreviewCharsMax);
}

Bytes fields(const Bytes& encoded, std::vector<BytesView> names) {
  auto view = CardView::open(encoded);
  return view ? view->header_fields(names).value_or("from the message") : Bytes("damaged");
}

TEST(CardView, AnswersHeaderFieldsByteForByte) {
  Bytes encoded = encode_card(card_of(kMessage));
  EXPECT_EQ(fields(encoded, {"SUBJECT", "to"}), "To: Anna <anna@example.org>\r\nSubject: Re: [list] Lunch\r\n\r\n");
  EXPECT_EQ(fields(encoded, {"X-Label"}), "\r\n");
  EXPECT_EQ(fields(encoded, {"Subject", "Received"}), "from the message");
}

TEST(CardView, LeavesHeaderFieldsToTheMessageWhereTheCardHasNotAll) {
  Bytes cut = encode_card(card_of("Subject: " + Bytes(100'000, 'x') + "\r\n\r\n"));
  EXPECT_EQ(fields(cut, {"Subject"}), "from the message");
  Bytes unended = encode_card(card_of("Subject: x"));
  EXPECT_EQ(fields(unended, {"Subject"}), "from the message");
  Bytes unix_line_ends = encode_card(card_of("Subject: x\nTo: y\n\nbody"));
  EXPECT_EQ(fields(unix_line_ends, {"Subject"}), "Subject: x\n\n");
  Bytes no_blank_line = encode_card(card_of("Subject: x\r\n"));
  EXPECT_EQ(fields(no_blank_line, {"Subject"}), "Subject: x\r\n");
}

TEST(CardView, GivesWhatTheCardHolds) {
  Card card = card_of(kMessage);
  Bytes encoded = encode_card(card);
  auto view = CardView::open(encoded);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->parser_version(), kParserVersion);
  EXPECT_EQ(view->size(), kMessage.size());
  EXPECT_EQ(view->sent(), card.sent);
  EXPECT_EQ(view->envelope(), card.envelope);
  EXPECT_EQ(view->envelope(true), card.envelope);
  EXPECT_EQ(view->body(), card.body);
  EXPECT_EQ(view->body_structure(), card.body_structure);
  EXPECT_EQ(view->preview(), card.preview);
  EXPECT_EQ(view->sort_keys(), card.sort);
  EXPECT_EQ(view->thread_keys(), card.thread);
  EXPECT_EQ(view->parts(), card.parts);
  EXPECT_FALSE(view->opaque());
  EXPECT_FALSE(view->limited());
}

TEST(Card, HasASecondFormOnlyWhereItDiffers) {
  EXPECT_TRUE(card_of(kMessage).envelope_utf8.empty());
  Card raw = card_of("Subject: Grüße\r\n\r\n");
  EXPECT_TRUE(raw.envelope.starts_with("(NIL {7}\r\nGrü"));
  EXPECT_TRUE(raw.envelope_utf8.starts_with("(NIL \"Grüße\" "));
  EXPECT_TRUE(raw.body_structure_utf8.empty());
}

// RFC 9051 7.5.2: parameters are decoded to UTF-8, and message/global is a message.
TEST(Card, DecodesParametersForRev2) {
  Card card = card_of("Content-Type: a/b; name*0*=iso-8859-1''%E4; name*1=b\r\n\r\n");
  EXPECT_EQ(card.body, "(\"A\" \"B\" (\"NAME*\" \"iso-8859-1''%E4b\") NIL NIL \"7BIT\" 0)");
  EXPECT_EQ(card.body_utf8, "(\"A\" \"B\" (\"NAME*\" \"äb\") NIL NIL \"7BIT\" 0)");
}

TEST(Card, TakesMessageGlobalAsAMessageForRev2) {
  Card card = card_of("Content-Type: message/global\r\n\r\nSubject: x\r\n\r\ny\r\n");
  EXPECT_EQ(card.body, "(\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"7BIT\" 17)");
  EXPECT_EQ(
      card.body_utf8,
      "(\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"7BIT\" 17 (NIL \"x\" NIL NIL NIL NIL NIL NIL NIL NIL) (\"TEXT\" \"PLAIN\" "
      "(\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3 1) 3)");
}

TEST(OpaqueCard, IsOnePartOfText) {
  Card card = opaque_card(1234);
  EXPECT_TRUE(card.opaque);
  EXPECT_FALSE(card.fields_complete);
  EXPECT_EQ(card.envelope, "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
  EXPECT_EQ(card.body, "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1234 0)");
  EXPECT_EQ(decode_card(encode_card(card)), card);
}

TEST(Card, StaysSmallWhereFieldsAreLong) {
  Bytes message;
  for (int i = 0; i < 30; ++i) message += "X-Spam-Status: " + Bytes(1000, 'x') + "\r\n";
  Card card = card_of(message + "\r\n");
  EXPECT_FALSE(card.fields_complete);
  EXPECT_LT(encode_card(card).size(), 1000U);
}

// The hexadecimal lines of docs/formats/card.md: "    0010  00 01 …".
Bytes documented_example() {
  std::ifstream document(ROOST_FORMATS_DIR "/card.md");
  Bytes out;
  for (std::string line; std::getline(document, line);) {
    if (!line.starts_with("    0")) continue;
    for (size_t at = 10; at + 1 < line.size(); at += 3) {
      out += static_cast<char>(std::stoi(line.substr(at, 2), nullptr, 16));
    }
  }
  return out;
}

TEST(CardFormat, IsAsItsDocumentShowsIt) {
  Card card = card_of("Subject: x\r\n\r\nhi\r\nthere");
  Bytes example = documented_example();
  EXPECT_EQ(encode_card(card), example);
  EXPECT_EQ(decode_card(example), card);
}

TEST(CardFormat, RefusesWhatIsDamaged) {
  Bytes encoded = encode_card(card_of(kMessage));
  for (size_t size = 0; size < encoded.size(); ++size) {
    EXPECT_FALSE(decode_card(BytesView(encoded).substr(0, size)).has_value());
  }
  EXPECT_FALSE(decode_card(encoded + "x").has_value());
  Bytes other_format = encoded;
  other_format[0] = 2;
  EXPECT_FALSE(CardView::open(other_format).has_value());
}

TEST(CardFormat, RefusesPartsThatLieOutsideTheirParent) {
  Card card = card_of("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n");
  Card outside = card;
  outside.parts[1].body.size = 1000;
  EXPECT_FALSE(decode_card(encode_card(outside)).has_value());
  Card lines = card;
  lines.parts[1].body_lines = 1000;
  EXPECT_FALSE(decode_card(encode_card(lines)).has_value());
  Card childless = card;
  childless.parts.pop_back();
  EXPECT_FALSE(decode_card(encode_card(childless)).has_value());
  Card leaf = card;
  leaf.parts[0].kind = PartKind::leaf;
  EXPECT_FALSE(decode_card(encode_card(leaf)).has_value());
  Card none = card;
  none.parts.clear();
  EXPECT_FALSE(decode_card(encode_card(none)).has_value());
}

}  // namespace
}  // namespace roost::message
