#include "message/transfer.h"

#include <gtest/gtest.h>

namespace roost::message {
namespace {

Bytes in_pieces(Encoding encoding, BytesView bytes, size_t size) {
  TransferDecoder decoder(encoding);
  Bytes out;
  for (size_t i = 0; i < bytes.size(); i += size) decoder.feed(bytes.substr(i, size), out);
  decoder.finish(out);
  return out;
}

void expect_decodes(Encoding encoding, BytesView from, BytesView to) {
  for (size_t size = 1; size <= from.size() + 1; ++size) EXPECT_EQ(in_pieces(encoding, from, size), to) << from;
}

TEST(Base64, IsDecoded) {
  expect_decodes(Encoding::base64, "", "");
  expect_decodes(Encoding::base64, "Zg==", "f");
  expect_decodes(Encoding::base64, "Zm8=", "fo");
  expect_decodes(Encoding::base64, "Zm9vYmFy\r\nZm9v\r\n", "foobarfoo");
}

TEST(Base64, PassesOverWhatIsNoDigit) { expect_decodes(Encoding::base64, "Z.m9 v\r\n!Ym Fy", "foobar"); }

TEST(Base64, GivesWhatCanBeHadOfACutGroup) {
  expect_decodes(Encoding::base64, "Zm9vYg", "foob");
  expect_decodes(Encoding::base64, "Zm9vY", "foo");
}

TEST(Base64, GoesOnAfterPadding) { expect_decodes(Encoding::base64, "Zg==Zg==", "ff"); }

TEST(QuotedPrintable, IsDecoded) {
  expect_decodes(Encoding::quoted_printable, "caf=C3=A9 =3d x\r\n", "caf\xc3\xa9 = x\r\n");
  expect_decodes(Encoding::quoted_printable, "soft=\r\nbreak= \t\r\nagain=\nend", "softbreakagainend");
}

TEST(QuotedPrintable, DropsBlanksBeforeALineEnd) {
  expect_decodes(Encoding::quoted_printable, "a \t\r\nb c\r\n", "a\r\nb c\r\n");
  expect_decodes(Encoding::quoted_printable, "a =20\r\n", "a  \r\n");
}

TEST(QuotedPrintable, KeepsWhatIsNoEscape) {
  expect_decodes(Encoding::quoted_printable, "a=XYb=4", "a=XYb=4");
  expect_decodes(Encoding::quoted_printable, "=4=41==42", "=4A=B");
}

TEST(QuotedPrintable, TakesLongLinesAndShortOnesAlike) {
  Bytes words = "between sixteen octets and the next there are blanks \t in this line";
  expect_decodes(Encoding::quoted_printable, words + "  \r\n" + words + "=C3=A9" + words + " =\r\n" + words,
                 words + "\r\n" + words + "\xc3\xa9" + words + " " + words);
  Bytes blanks(2000, ' ');  // more than are held back for a line end
  Bytes text = "a" + blanks + "\r\n";
  EXPECT_EQ(decode_transfer(Encoding::quoted_printable, text), in_pieces(Encoding::quoted_printable, text, 1));
}

TEST(Uuencode, IsDecoded) {
  expect_decodes(Encoding::uuencode, "before\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n", "Cat");
  expect_decodes(Encoding::uuencode, "begin 644 x\n$86)C9```\n \nend\n", "abcd");
}

TEST(Identity, IsCopied) {
  expect_decodes(Encoding::eight_bit, "a=41\r\n\xff", "a=41\r\n\xff");
  EXPECT_FALSE(is_decodable(Encoding::unknown));
}

}  // namespace
}  // namespace roost::message
