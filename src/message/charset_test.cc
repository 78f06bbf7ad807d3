#include "message/charset.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unicode/ucnv.h>
#include <unicode/uniset.h>

#include <algorithm>
#include <memory>
#include <string>

#include "message/casemap.h"
#include "message/header.h"

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

struct CloseConverter {
  void operator()(UConverter* c) const { ucnv_close(c); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

constexpr int32_t kSampleLetters = 12;

Bytes encode(UConverter* converter, std::u16string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  Bytes out(1024, '\0');
  ucnv_setFromUCallBack(converter, UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  int32_t size = ucnv_fromUChars(converter, out.data(), 1024, text.data(), static_cast<int32_t>(text.size()), &status);
  out.resize(U_SUCCESS(status) ? static_cast<size_t>(size) : 0);
  return out;
}

// Letters that the charset has, spread over all of it.
std::u16string sample_letters(UConverter* converter) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeSet has;
  icu::UnicodeSet letters(icu::UnicodeString("[:L:]"), status);
  ucnv_getUnicodeSet(converter, has.toUSet(), UCNV_ROUNDTRIP_SET, &status);
  letters.retainAll(has);
  std::u16string out;
  int32_t step = std::max(1, letters.size() / kSampleLetters);
  for (int32_t i = 0; U_SUCCESS(status) && i < letters.size() && std::ssize(out) < 2 * kSampleLetters; i += step) {
    icu::UnicodeString one(letters.charAt(i));
    std::u16string_view units(one.getBuffer(), static_cast<size_t>(one.length()));
    if (!encode(converter, units).empty()) out += units;  // of ISO-2022-CN the set says too much
  }
  return out;
}

Bytes q_encoded_word(BytesView charset, BytesView octets) {
  Bytes out = "=?" + Bytes(charset) + "?Q?";
  for (unsigned char c : octets) out += fmt::format("={:02X}", c);
  return out + "?=";
}

// ICU's own encoder says what the octets are; text and encoded words must come back.
void expect_read_by_name(const char* name) {
  UErrorCode status = U_ZERO_ERROR;
  Converter converter(ucnv_open(name, &status));
  ASSERT_TRUE(U_SUCCESS(status)) << name;
  std::u16string letters = sample_letters(converter.get());
  Bytes octets = encode(converter.get(), letters);
  ASSERT_FALSE(octets.empty()) << name;
  std::string utf8;
  icu::UnicodeString(letters.data(), static_cast<int32_t>(letters.size())).toUTF8String(utf8);
  EXPECT_TRUE(is_known_charset(name)) << name;
  expect_decodes(octets, name, utf8);
  EXPECT_EQ(decode_header_text(q_encoded_word(name, octets)), utf8) << name;
}

TEST(Charset, IsReadByEveryNameThatIcuKnows) {
  int names = 0;
  for (int32_t i = 0; i < ucnv_countAvailable(); ++i) {
    const char* converter = ucnv_getAvailableName(i);
    UErrorCode status = U_ZERO_ERROR;
    uint16_t aliases = ucnv_countAliases(converter, &status);
    for (uint16_t k = 0; k < aliases; ++k) {
      const char* alias = ucnv_getAlias(converter, k, &status);
      ASSERT_TRUE(U_SUCCESS(status)) << converter;
      if (BytesView(alias).find_first_of(",=") != BytesView::npos) continue;  // no name, but options for ICU
      expect_read_by_name(alias);
      ++names;
    }
  }
  EXPECT_GT(names, 1'000);
}

TEST(Charset, MayShiftTwiceInARow) {
  expect_decodes("\x1b$BF|\x1b(B\x1b$BK\\\x1b(B\x1b(B!", "iso-2022-jp", "\u65e5\u672c!");
}

TEST(Charset, IsTakenForItsSuperset) {
  expect_decodes("\x93x\x94", "ISO-8859-1", "\u201cx\u201d");
  expect_decodes("\x80", "iso-8859-9", "\u20ac");
}

TEST(Charset, IsUtf8ByAnyOfItsNamesWhereItCanBe) {
  for (BytesView name : {"ANSI_X3.4-1968", "iso-ir-6", "cp1208", "'utf-8'"}) {
    expect_decodes("Gr\xc3\xbc\xdf", name, "Gr\u00fc\u00df");
  }
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
