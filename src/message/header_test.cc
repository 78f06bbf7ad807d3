#include "message/header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "message/encoded_word.h"

namespace roost::message {
namespace {

TEST(Fields, AreWalkedWithTheirFolds) {
  FieldIterator fields("A: 1\r\nB : 2\r\n\tmore\r\nnot one\r\nC:3\n\nbody: no");
  auto a = fields.next();
  EXPECT_EQ(a->name, "A");
  EXPECT_EQ(a->value, " 1\r\n");
  auto b = fields.next();
  EXPECT_EQ(b->name, "B");
  EXPECT_EQ(b->raw, "B : 2\r\n\tmore\r\n");
  EXPECT_EQ(fields.next()->name, "C");
  EXPECT_FALSE(fields.next().has_value());
  EXPECT_EQ(fields.blank_line(), "\n");
}

TEST(Fields, AreUnfoldedByRemovingLineEnds) {
  EXPECT_EQ(unfold(" a\r\n b\r\n\tc \r\n"), "a b\tc");
  EXPECT_EQ(unfold(BytesView("\0x\0", 3)), "x");
  EXPECT_EQ(unfold(" \r\n "), "");
}

TEST(EncodedWords, AreDecodedInBothCodings) {
  EXPECT_EQ(decode_header_text("=?ISO-8859-1?Q?Andr=E9?= Pirard"), "André Pirard");
  EXPECT_EQ(decode_header_text("=?utf-8?b?R3LDvMOfZQ==?="), "Grüße");
  EXPECT_EQ(decode_header_text("=?US-ASCII*EN?Q?Keith_Moore?="), "Keith Moore");
  EXPECT_EQ(decode_header_text("=?koi8-r?B?8NLJ18XU?="), "Привет");
  EXPECT_EQ(decode_header_text("=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?="), "日本語");
  EXPECT_EQ(decode_header_text("=?gb2312?B?1tDOxA==?="), "中文");
}

TEST(EncodedWords, AreTheSameInPiecesOfAnySize) {
  for (Bytes text : {Bytes("a =?utf-8?Q?Gr=C3?=  \t=?utf-8?Q?=BC=C3=9Fe?= =?koi8-r?B?8NLJ18XU?= z \xc3\xbc = =?x"),
                     "=?utf-8?Q?a?=" + Bytes(5'000, ' ') + "=?utf-8?Q?b?=", "=?utf-8?Q?" + Bytes(5'000, 'a') + "?="}) {
    for (size_t size = 1; size < 40; ++size) {
      HeaderTextDecoder decoder;
      Bytes out;
      for (size_t at = 0; at < text.size(); at += size) decoder.feed(BytesView(text).substr(at, size), false, out);
      decoder.feed({}, true, out);
      EXPECT_EQ(out, decode_header_text(text)) << size;
    }
  }
}

// The table of RFC 2047 8.
TEST(EncodedWords, LoseTheSpaceBetweenThem) {
  EXPECT_EQ(decode_header_text("=?ISO-8859-1?Q?a?="), "a");
  EXPECT_EQ(decode_header_text("=?ISO-8859-1?Q?a?= b"), "a b");
  EXPECT_EQ(decode_header_text("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?="), "ab");
  EXPECT_EQ(decode_header_text("=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?="), "ab");
  EXPECT_EQ(decode_header_text("=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?="), "ab");
  EXPECT_EQ(decode_header_text("=?ISO-8859-1?Q?a_b?="), "a b");
  EXPECT_EQ(decode_header_text("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?="), "a b");
}

TEST(EncodedWords, AreJoinedWhereACharacterIsSplitBetweenThem) {
  EXPECT_EQ(decode_header_text("=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?="), "Grüße");
  EXPECT_EQ(decode_header_text("=?utf-8?B?4oI=?=\r\n =?utf-8?B?rA==?="), "€");
}

TEST(EncodedWords, StayTextWhereTheyAreBroken) {
  EXPECT_EQ(decode_header_text("=?utf-8?X?abc?="), "=?utf-8?X?abc?=");
  EXPECT_EQ(decode_header_text("=?utf-8?Q?abc"), "=?utf-8?Q?abc");
  EXPECT_EQ(decode_header_text("=??Q?abc?="), "=??Q?abc?=");
  EXPECT_EQ(decode_header_text("a =? b"), "a =? b");
}

TEST(EncodedWords, FallBackWhereTheCharsetIsUnknown) {
  EXPECT_EQ(decode_header_text("=?x-nobody-knows?Q?caf=E9?="), "café");
  EXPECT_EQ(decode_header_text("=?../../etc/passwd?Q?x?="), "x");
}

TEST(EncodedWords, CannotBringLineEnds) { EXPECT_EQ(decode_header_text("=?utf-8?Q?a=0D=0Ab=00c?="), "a  bc"); }

TEST(EncodedWords, CostLinearTimeWithoutAnyEnd) {
  Bytes text;
  for (int i = 0; i < 200'000; ++i) text += "=?a?q? ";
  EXPECT_EQ(decode_header_text(text).size(), text.size() - 1);
}

TEST(RawOctets, AreUtf8WhereTheyCanBe) {
  EXPECT_EQ(decode_header_text("Gr\xc3\xbc\xc3\x9f"), "Grüß");
  EXPECT_EQ(decode_header_text("Gr\xfc\xdf \x80"), "Grüß €");
}

Parameter plain(BytesView name, BytesView value) { return {.name = Bytes(name), .value = Bytes(value)}; }

TEST(Parameters, AreReadFromAWellFormedField) {
  auto type = parse_parameterized(" Text/Plain; charset=ISO-8859-1;\r\n name=\"a;\\\"b\\\".txt\"");
  EXPECT_EQ(type.value, "text/plain");
  EXPECT_THAT(type.parameters, testing::ElementsAre(plain("charset", "ISO-8859-1"), plain("name", "a;\"b\".txt")));
}

TEST(Parameters, MayHaveComments) {
  auto type = parse_parameterized("text/plain (text); charset=us-ascii (Plain text)");
  EXPECT_EQ(type.value, "text/plain");
  EXPECT_EQ(type.find("charset")->value, "us-ascii");
}

TEST(Parameters, AreTakenLeniently) {
  EXPECT_EQ(parse_parameterized("application/pdf; name=my file (1).pdf; x=y").find("name")->value, "my file (1).pdf");
  EXPECT_EQ(parse_parameterized("multipart/mixed boundary=x").find("boundary")->value, "x");
  EXPECT_EQ(parse_parameterized("multipart/mixed;; ;boundary=\"x").find("boundary")->value, "x");
  EXPECT_EQ(parse_parameterized("multipart/mixed; boundary=a=b/c:d").find("boundary")->value, "a=b/c:d");
  EXPECT_EQ(parse_parameterized("text / html ; charset = utf-8").value, "text/html");
  EXPECT_EQ(parse_parameterized("").value, "");
}

// The examples of RFC 2231 3 and 4.1.
TEST(Parameters, AreJoinedFromContinuations) {
  auto type = parse_parameterized(
      "message/external-body; access-type=URL;\r\n URL*0=\"ftp://\";\r\n URL*1=\"cs.utk.edu/pub/moore/bulk-mailer\"");
  EXPECT_EQ(type.find("url")->value, "ftp://cs.utk.edu/pub/moore/bulk-mailer");
  auto mixed = parse_parameterized(
      "application/x-stuff;\r\n title*0*=us-ascii'en'This%20is%20even%20more%20;\r\n "
      "title*1*=%2A%2A%2Afun%2A%2A%2A%20;\r\n"
      " title*2=\"isn't it!\"");
  EXPECT_EQ(parameter_text(*mixed.find("title")), "This is even more ***fun*** isn't it!");
  EXPECT_EQ(mixed.find("title")->language, "en");
}

TEST(Parameters, AreJoinedInOrderWhateverTheirPlace) {
  EXPECT_EQ(parse_parameterized("a/b; n*2=c; n*0=a; n*1=b; n*4=e").find("n")->value, "abc");
}

TEST(Parameters, PreferTheExtendedForm) {
  auto file = parse_parameterized("attachment; filename=\"naive.txt\"; filename*=UTF-8''na%C3%AFve.txt");
  EXPECT_EQ(parameter_text(*file.find("filename")), "naïve.txt");
  EXPECT_EQ(file.parameters.size(), 2U);
}

TEST(Parameters, DecodeEncodedWordsThatShouldNotBeThere) {
  EXPECT_EQ(parameter_text(*parse_parameterized("a/b; name=\"=?utf-8?Q?=C3=A4.txt?=\"").find("name")), "ä.txt");
}

TEST(Parameters, AreLimitedInNumber) {
  Bytes field = "a/b";
  for (int i = 0; i < 5000; ++i) field += "; p" + std::to_string(i) + "=x";
  EXPECT_EQ(parse_parameterized(field).parameters.size(), kParametersMax);
}

}  // namespace
}  // namespace roost::message
