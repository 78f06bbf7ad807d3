#include "message/section.h"

#include <gtest/gtest.h>

#include "message/parser.h"

namespace roost::message {
namespace {

// The example of RFC 9051 6.4.5.1, spelled out.
constexpr BytesView kExample =
    "Subject: outer\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"
    "preamble\r\n"
    "--a\r\nContent-Type: text/plain\r\n\r\none\r\n"
    "--a\r\nContent-Type: application/octet-stream\r\n\r\ntwo\r\n"
    "--a\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: three\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\n\r\nthree one\r\n"
    "--b\r\nContent-Type: application/octet-stream\r\n\r\nthree two\r\n--b--\r\n"
    "--a\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
    "--c\r\nContent-Type: image/gif\r\n\r\nfour one\r\n"
    "--c\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: four two\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n"
    "--d\r\nContent-Type: text/plain\r\n\r\nfour two one\r\n"
    "--d\r\nContent-Type: multipart/alternative; boundary=e\r\n\r\n"
    "--e\r\n\r\nfour two two one\r\n"
    "--e\r\nContent-Type: text/richtext\r\n\r\nfour two two two\r\n--e--\r\n--d--\r\n--c--\r\n--a--\r\n";

std::optional<Bytes> section(BytesView message, std::vector<uint32_t> numbers, SectionText text = SectionText::whole) {
  Parsed parsed = parse(message);
  auto range = find_section(parsed.parts, numbers, text);
  if (!range) return std::nullopt;
  return Bytes(message.substr(range->offset, range->size));
}

TEST(Section, FollowsTheExampleOfTheRfc) {
  EXPECT_EQ(section(kExample, {}), kExample);
  EXPECT_EQ(section(kExample, {1}), "one");
  EXPECT_EQ(section(kExample, {2}), "two");
  EXPECT_EQ(section(kExample, {3, 1}), "three one");
  EXPECT_EQ(section(kExample, {3, 2}), "three two");
  EXPECT_EQ(section(kExample, {4, 1}), "four one");
  EXPECT_EQ(section(kExample, {4, 2, 1}), "four two one");
  EXPECT_EQ(section(kExample, {4, 2, 2, 1}), "four two two one");
  EXPECT_EQ(section(kExample, {4, 2, 2, 2}), "four two two two");
}

TEST(Section, GivesTheHeaderWithItsBlankLine) {
  EXPECT_EQ(section(kExample, {}, SectionText::header),
            "Subject: outer\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n");
  EXPECT_EQ(section(kExample, {4, 2}, SectionText::header),
            "Subject: four two\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n");
  EXPECT_EQ(section(kExample, {4, 1}, SectionText::mime), "Content-Type: image/gif\r\n\r\n");
  EXPECT_EQ(section(kExample, {3}, SectionText::mime), "Content-Type: message/rfc822\r\n\r\n");
}

TEST(Section, LeavesTheLineEndBeforeABoundaryToTheBoundaryAtEveryLevel) {
  EXPECT_EQ(section(kExample, {3}, SectionText::text),
            "--b\r\n\r\nthree one\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\nthree two\r\n--b--");
  EXPECT_TRUE(section(kExample, {4, 2, 2})->ends_with("four two two two\r\n--e--"));
  EXPECT_TRUE(section(kExample, {4, 2})->ends_with("--e--\r\n--d--"));
  EXPECT_TRUE(section(kExample, {4})->ends_with("--d--\r\n--c--"));
}

TEST(Section, IsAbsentWhereTheMessageHasNoSuchPart) {
  EXPECT_EQ(section(kExample, {5}), std::nullopt);
  EXPECT_EQ(section(kExample, {0}), std::nullopt);
  EXPECT_EQ(section(kExample, {1, 1}), std::nullopt);
  EXPECT_EQ(section(kExample, {1}, SectionText::header), std::nullopt);
  EXPECT_EQ(section(kExample, {4}, SectionText::text), std::nullopt);
  EXPECT_EQ(section(kExample, {}, SectionText::mime), std::nullopt);
}

TEST(Section, TakesPartOneOfASimpleMessageAsItsBody) {
  BytesView simple = "Subject: x\r\n\r\nbody\r\n";
  EXPECT_EQ(section(simple, {1}), "body\r\n");
  EXPECT_EQ(section(simple, {}, SectionText::text), "body\r\n");
  EXPECT_EQ(section(simple, {1}, SectionText::mime), "Subject: x\r\n\r\n");
  EXPECT_EQ(section(simple, {2}), std::nullopt);
  EXPECT_EQ(section(simple, {1, 1}), std::nullopt);
  EXPECT_EQ(section(simple, {1}, SectionText::text), std::nullopt);
}

TEST(Section, NumbersTheBodyOfAnEncapsulatedSimpleMessage) {
  BytesView forwarded =
      "Content-Type: message/rfc822\r\n\r\nSubject: in\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx";
  EXPECT_EQ(section(forwarded, {1}, SectionText::header), "Subject: in\r\nContent-Type: message/rfc822\r\n\r\n");
  EXPECT_EQ(section(forwarded, {1, 1}), "Subject: inner\r\n\r\nx");
  EXPECT_EQ(section(forwarded, {1, 1}, SectionText::header), "Subject: inner\r\n\r\n");
  EXPECT_EQ(section(forwarded, {1, 1, 1}), "x");
  EXPECT_EQ(section(forwarded, {1, 1, 1, 1}), std::nullopt);
}

TEST(Partial, IsCutToWhatIsThere) {
  EXPECT_EQ(partial({10, 5}, 0, 3), (ByteRange{10, 3}));
  EXPECT_EQ(partial({10, 5}, 3, 100), (ByteRange{13, 2}));
  EXPECT_EQ(partial({10, 5}, 6, 1).size, 0U);
  EXPECT_EQ(partial({10, 5}, UINT64_MAX, UINT64_MAX).size, 0U);
}

Bytes filtered(BytesView header, std::vector<BytesView> names, FieldFilter filter = FieldFilter::only) {
  return filter_header_fields(header, names, filter);
}

TEST(HeaderFields, KeepsMatchingFieldsByteForByte) {
  BytesView header = "From: a\r\nSubject:  folded\r\n\tline \r\nfrom : again\r\nX: y\r\n\r\n";
  EXPECT_EQ(filtered(header, {"FROM"}), "From: a\r\nfrom : again\r\n\r\n");
  EXPECT_EQ(filtered(header, {"subject"}), "Subject:  folded\r\n\tline \r\n\r\n");
  EXPECT_EQ(filtered(header, {"from", "subject"}, FieldFilter::all_but), "X: y\r\n\r\n");
  EXPECT_EQ(filtered(header, {"Fro"}), "\r\n");
}

TEST(HeaderFields, TakesListsOfAnyLength) {
  std::vector<Bytes> unknown;
  for (int i = 0; i < 1000; ++i) unknown.push_back("X-" + std::to_string(i));
  std::vector<BytesView> names(unknown.begin(), unknown.end());
  names.push_back("SUBJECT");
  EXPECT_EQ(filtered("Subject: x\r\nTo: y\r\n\r\n", names), "Subject: x\r\n\r\n");
  EXPECT_EQ(filtered("Subject: x\r\nTo: y\r\n\r\n", {}), "\r\n");
}

TEST(HeaderFields, HasNoBlankLineWhereTheHeaderHasNone) {
  EXPECT_EQ(filtered("From: a\r\nTo: b", {"To"}), "To: b");
  EXPECT_EQ(filtered("From: a\nTo: b\n\n", {"To"}), "To: b\n\n");
}

TEST(HeaderFields, LeavesOutLinesThatAreNoField) {
  BytesView header = "From me\r\n  folded\r\nSubject: x\r\nno colon\r\n\r\n";
  EXPECT_EQ(filtered(header, {"subject"}), "Subject: x\r\n\r\n");
  EXPECT_EQ(filtered(header, {"x"}, FieldFilter::all_but), "Subject: x\r\n\r\n");
}

}  // namespace
}  // namespace roost::message
