#include "message/charset.h"

#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include "message/casemap.h"

namespace roost::message {
namespace {

Bytes in_pieces(BytesView bytes, BytesView charset, size_t size) {
  CharsetDecoder decoder(charset);
  Bytes out;
  for (size_t i = 0; i < bytes.size(); i += size) decoder.feed(bytes.substr(i, size), false, out);
  decoder.feed({}, true, out);
  return out;
}

void expect_decodes(BytesView bytes, BytesView charset, BytesView utf8) {
  EXPECT_EQ(to_utf8(bytes, charset), utf8) << charset;
  for (size_t size = 1; size < 5; ++size) EXPECT_EQ(in_pieces(bytes, charset, size), utf8) << charset;
}

TEST(Charset, IsConvertedWhereIcuKnowsIt) {
  expect_decodes("caf\xe9", "iso-8859-1", "caf\u00e9");
  expect_decodes("\xcf\xf0\xe8", "windows-1251", "\u041f\u0440\u0438");
  expect_decodes("\x93\xfa\x96\x7b", "Shift_JIS", "\u65e5\u672c");
  expect_decodes("\x1b$BF|K\\\x1b(B!", "iso-2022-jp", "\u65e5\u672c!");
  expect_decodes("\xc7\xd1", "ks_c_5601-1987", "\ud55c");
  expect_decodes("\xa4\xa4", "big5", "\u4e2d");
  expect_decodes("Hi Mom -+Jjo--!", "utf-7", "Hi Mom -\u263a-!");
  expect_decodes(BytesView("\x3d\xd8\x00\xde", 4), "utf-16le", "\U0001f600");
}

TEST(Charset, FallsBackToUtf8AndWindows1252) {
  expect_decodes("Gr\xc3\xbc\xdf \x93x\x94", "", "Gr\u00fc\u00df \u201cx\u201d");
  expect_decodes("\xe2\x82", "utf-8", "\u00e2\u201a");
  expect_decodes("caf\xe9", "x-unknown", "caf\u00e9");
  expect_decodes("caf\xe9", "us-ascii", "caf\u00e9");
}

TEST(Charset, IsKnownByAnyOfItsNames) {
  EXPECT_TRUE(is_known_charset("UTF-8"));
  EXPECT_TRUE(is_known_charset("latin1"));
  EXPECT_TRUE(is_known_charset("KOI8-R"));
  EXPECT_FALSE(is_known_charset("x-unknown"));
  EXPECT_FALSE(is_known_charset(""));
  EXPECT_FALSE(is_known_charset("../../../tmp/x"));
  EXPECT_FALSE(is_known_charset(Bytes(10'000, 'a')));
}

// "A" in each charset that has a name for mail, by ICU's own encoder.
TEST(Charset, IsDecodedForEveryMimeNameThatIcuKnows) {
  int tried = 0;
  for (int32_t i = 0; i < ucnv_countAvailable(); ++i) {
    UErrorCode status = U_ZERO_ERROR;
    const char* name = ucnv_getStandardName(ucnv_getAvailableName(i), "MIME", &status);
    if (U_FAILURE(status) || name == nullptr) continue;
    UConverter* converter = ucnv_open(name, &status);
    ASSERT_TRUE(U_SUCCESS(status)) << name;
    Bytes encoded(64, '\0');
    const UChar letter = u'A';
    int32_t size = ucnv_fromUChars(converter, encoded.data(), 64, &letter, 1, &status);
    ucnv_close(converter);
    ASSERT_TRUE(U_SUCCESS(status)) << name;
    encoded.resize(static_cast<size_t>(size));
    EXPECT_TRUE(is_known_charset(name)) << name;
    EXPECT_EQ(to_utf8(encoded, name), "A") << name;
    ++tried;
  }
  EXPECT_GT(tried, 30);
}

TEST(SearchFold, MakesAsciiUpperCase) {
  EXPECT_EQ(search_fold("Hello, World! 123"), "HELLO, WORLD! 123");
  EXPECT_EQ(search_fold(""), "");
}

// RFC 5051 2, and its example.
TEST(SearchFold, TitlecasesAndDecomposes) {
  EXPECT_EQ(search_fold("\u01c4"), "Dz\u030c");
  EXPECT_EQ(search_fold("gr\u00fcn"), search_fold("GR\u00dcN"));
  EXPECT_EQ(search_fold("\u043f\u0440\u0438"), "\u041f\u0420\u0418");
  EXPECT_EQ(search_fold("\ufb01"), "fi");
  EXPECT_EQ(search_fold("\u65e5\u672c\u8a9e"), "\u65e5\u672c\u8a9e");
  EXPECT_EQ(search_fold("\uff46\uff55\uff4c\uff4c"), "FULL");
  EXPECT_EQ(search_fold("\ud55c"), "\u1112\u1161\u11ab");
}

TEST(SearchFold, KeepsOctetsThatAreNoUtf8) { EXPECT_EQ(search_fold("a\xff\xc3z"), "A\xff\xc3Z"); }

}  // namespace
}  // namespace roost::message
