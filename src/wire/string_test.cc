#include "wire/string.h"

#include <gtest/gtest.h>

namespace roost::wire {
namespace {

Bytes string_of(BytesView v, bool utf8 = false) {
  Bytes out;
  write_string(out, v, utf8);
  return out;
}

TEST(WriteString, QuotesAndEscapes) {
  EXPECT_EQ(string_of(""), "\"\"");
  EXPECT_EQ(string_of("a \"b\" \\c"), R"("a \"b\" \\c")");
}

TEST(WriteString, UsesALiteralForWhatAQuotedStringMayNotHold) {
  EXPECT_EQ(string_of("a\r\nb"), "{4}\r\na\r\nb");
  EXPECT_EQ(string_of("gr\xc3\xbc"), "{4}\r\ngr\xc3\xbc");
  EXPECT_EQ(string_of("gr\xc3\xbc", true), "\"gr\xc3\xbc\"");
  EXPECT_EQ(string_of("gr\xfc", true), "{3}\r\ngr\xfc");
}

}  // namespace
}  // namespace roost::wire
