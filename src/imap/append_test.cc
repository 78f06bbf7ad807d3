#include "imap/append.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

// What a session does with an APPEND: each use, and the outcome.
std::string followed(std::string command, const Dialect& dialect = full_dialect()) {
  wire::Framer framer({.literals_max = 10'000});
  AppendReader reader(dialect);
  std::string out;
  BytesView input = command;
  while (true) {
    switch (framer.next(input)) {
      case wire::Framer::Event::literal: {
        auto use = reader.at_literal(framer.frame());
        if (!use) return out + (use.error().kind == Error::Kind::no ? "NO" : "BAD");
        out += *use == AppendReader::Use::string ? "string " : "message ";
        if (*use == AppendReader::Use::string) {
          framer.hold();
        } else {
          framer.stream();
        }
        break;
      }
      case wire::Framer::Event::chunk:
      case wire::Framer::Event::literal_end: break;
      case wire::Framer::Event::command: {
        auto result = finish_append(framer.frame(), reader);
        if (!result) return out + "end:BAD";
        const Append& append = std::get<Append>(result->body);
        return out + append.mailbox + ":" + std::to_string(append.messages.size());
      }
      default: return out + "unfinished";
    }
  }
}

TEST(Append, HasTheExampleOfRfc9051) {
  Append a = parsed<Append>("APPEND saved-messages (\\Seen) {5}\r\nDate:");
  EXPECT_EQ(a.mailbox, "saved-messages");
  ASSERT_EQ(a.messages.size(), 1u);
  EXPECT_EQ(a.messages[0].flags.system, SystemFlags(SystemFlag::seen));
  EXPECT_EQ(a.messages[0].size, 5u);
  EXPECT_FALSE(a.messages[0].date);
}

TEST(Append, TakesFlagsAndDate) {
  Append a = parsed<Append>("APPEND x (\\seen $Forwarded \\Foo) \"17-Jul-1996 02:44:25 -0700\" ~{3+}\r\nabc");
  EXPECT_EQ(a.messages[0].flags.keywords, std::vector<std::string>{"$Forwarded"});
  EXPECT_EQ(a.messages[0].date->zone_minutes, -420);
  EXPECT_TRUE(a.messages[0].binary);
  EXPECT_EQ(parsed<Append>("APPEND x () {0}\r\n").messages[0].size, 0u);
}

TEST(Append, TakesManyMessages) {
  Append a = parsed<Append>("APPEND {3}\r\na/b (\\Seen) {1}\r\nx {2}\r\nyz \" 1-Jan-2000 00:00:00 +0000\" {3+}\r\n123");
  ASSERT_EQ(a.messages.size(), 3u);
  EXPECT_EQ(a.mailbox, "a/b");
  EXPECT_EQ(a.messages[0].literal, 1u);
  EXPECT_EQ(a.messages[2].literal, 3u);
  EXPECT_TRUE(a.messages[2].date);
  Dialect single = full_dialect();
  single.multiappend = false;
  expect_bad({"APPEND x {1}\r\na {1}\r\nb"}, single);
}

TEST(Append, RefusesEverythingElse) {
  expect_bad({"APPEND", "APPEND x", "APPEND x ", "APPEND x \"abc\"", "APPEND x abc", "APPEND x (\\Seen){1+}\r\na",
              "APPEND x \"31-Feb-2000 00:00:00 +0000\" {1+}\r\na", "APPEND x \"1-Jan-2000 0:00:00 +0000\" {1+}\r\na",
              "APPEND x \" 1-Jan-2000 00:00:00 +0000\" (\\Seen) {1+}\r\na", "APPEND x {1+}\r\na ",
              "APPEND x {1+}\r\nab", "APPEND x {1+}\r\na (\\Seen)", "APPEND x {1+}\r\na  {1+}\r\nb",
              "APPEND x (\\) {1+}\r\na", "APPEND x () () {1+}\r\na", "APPEND (\\Seen) {1+}\r\na"});
  Dialect d;
  expect_bad({"APPEND x ~{1+}\r\na"}, d);
}

TEST(AppendReader, JudgesALiteralBeforeItIsAccepted) {
  EXPECT_EQ(followed("a APPEND x {3}\r\nabc\r\n"), "message x:1");
  EXPECT_EQ(followed("a APPEND {3}\r\na/b (\\Seen) {3}\r\nabc {4}\r\nabcd\r\n"), "string message message a/b:2");
  EXPECT_EQ(followed("a APPEND x (\\Seen {3}\r\n"), "BAD");
  EXPECT_EQ(followed("a APPEND &bad {3}\r\n"), "NO");
  EXPECT_EQ(followed("a APPEND {4}\r\n&bad {3}\r\n"), "string NO");
  EXPECT_EQ(followed("a APPEND x{3}\r\n"), "BAD");
  EXPECT_EQ(followed("a APPEND{3}\r\n"), "BAD");
  EXPECT_EQ(followed("a APPEND x {3}\r\nabc junk {3}\r\n"), "message BAD");
  EXPECT_EQ(followed("a APPEND x {3}\r\nabc junk\r\n"), "message end:BAD");
  EXPECT_EQ(followed("a APPEND x\r\n"), "end:BAD");
}

TEST(AppendReader, IsLinearInTheNumberOfMessages) {
  std::string command = "a APPEND x";
  for (int i = 0; i < 5000; ++i) command += " {1+}\r\nx";
  std::string out = followed(command + "\r\n");
  EXPECT_TRUE(out.ends_with("x:5000"));
}

}  // namespace
}  // namespace roost::imap
