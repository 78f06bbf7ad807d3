#include "lmtpd/command.h"

#include <gtest/gtest.h>

namespace roost::lmtpd {
namespace {

template <class T>
T parsed(BytesView line) {
  auto command = parse_command(line);
  EXPECT_TRUE(command.has_value()) << line << ": " << (command ? "" : command.error().text);
  if (!command || !std::holds_alternative<T>(*command)) {
    ADD_FAILURE() << line << " is another command";
    return {};
  }
  return std::get<T>(*command);
}

std::string refusal(BytesView line) {
  auto command = parse_command(line);
  return command ? "accepted" : command.error().text.substr(0, 3);
}

TEST(ParseCommand, ReadsMailWithItsParameters) {
  auto mail = parsed<MailFrom>("mail from:<a@b.example> SIZE=1000 BODY=8BITMIME SMTPUTF8");
  EXPECT_EQ(mail.reverse_path, (Address{"a", "b.example"}));
  EXPECT_EQ(mail.size, 1000U);
  EXPECT_TRUE(mail.smtputf8);
  EXPECT_EQ(parsed<MailFrom>("MAIL FROM:<>").reverse_path, std::nullopt);
}

TEST(ParseCommand, ReadsPathsOfEveryShape) {
  EXPECT_EQ(parsed<RcptTo>("RCPT TO:<alice>").forward_path, (Address{"alice", ""}));
  EXPECT_EQ(parsed<RcptTo>("RCPT TO: <alice+lists@example.org>").forward_path, (Address{"alice+lists", "example.org"}));
  EXPECT_EQ(parsed<RcptTo>("RCPT TO:<@relay,@other:alice@example.org>").forward_path,
            (Address{"alice", "example.org"}));
  EXPECT_EQ(parsed<RcptTo>("RCPT TO:<\"a \\\"b\\\"\"@example.org>").forward_path, (Address{"a \"b\"", "example.org"}));
  EXPECT_EQ(parsed<RcptTo>("RCPT TO:<gr\xc3\xbc@example.org>").forward_path.local, "gr\xc3\xbc");
}

TEST(ParseCommand, ReadsBdat) {
  auto bdat = parsed<Bdat>("BDAT 86 LAST");
  EXPECT_EQ(bdat.size, 86U);
  EXPECT_TRUE(bdat.last);
  EXPECT_FALSE(parsed<Bdat>("BDAT 0").last);
}

TEST(ParseCommand, RefusesWhatTheGrammarForbids) {
  for (const char* line : {"MAIL FROM:a@b", "MAIL FROM:<a@b", "MAIL FROM:<a@>", "RCPT TO:<>", "RCPT TO:<\"a@b>", "BDAT",
                           "BDAT -1", "BDAT 99999999999999999999", "BDAT 1 LASTING", "MAIL FROM:<a@b> SIZE=x",
                           "MAIL FROM:<a@b> BODY=odd", "DATA now", "LHLO"}) {
    EXPECT_EQ(refusal(line), "501") << line;
  }
  EXPECT_EQ(refusal("MAIL FROM:<a@b> FUTURE=1"), "555");
  EXPECT_EQ(refusal("EHLO x"), "500");
  EXPECT_EQ(refusal("TURN"), "500");
  EXPECT_EQ(refusal(BytesView("NOOP\0", 5)), "500");
  EXPECT_EQ(refusal("RCPT TO:<\xff@x>"), "500");
}

}  // namespace
}  // namespace roost::lmtpd
