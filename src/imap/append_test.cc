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
  ASSERT_EQ(a.messages[0].parts.size(), 1u);
  EXPECT_EQ(a.messages[0].parts[0].size, 5u);
  EXPECT_TRUE(a.messages[0].complete);
  EXPECT_FALSE(a.messages[0].date);
}

TEST(Append, TakesFlagsAndDate) {
  Append a = parsed<Append>("APPEND x (\\seen $Forwarded \\Foo) \"17-Jul-1996 02:44:25 -0700\" ~{3+}\r\nabc");
  EXPECT_EQ(a.messages[0].flags.keywords, std::vector<std::string>{"$Forwarded"});
  EXPECT_EQ(a.messages[0].date->zone_minutes, -420);
  EXPECT_EQ(parsed<Append>("APPEND x () {0}\r\n").messages[0].parts[0].size, 0u);
}

TEST(Append, TakesManyMessages) {
  Append a = parsed<Append>("APPEND {3}\r\na/b (\\Seen) {1}\r\nx {2}\r\nyz \" 1-Jan-2000 00:00:00 +0000\" {3+}\r\n123");
  ASSERT_EQ(a.messages.size(), 3u);
  EXPECT_EQ(a.mailbox, "a/b");
  EXPECT_EQ(a.messages[1].parts[0].size, 2u);
  EXPECT_EQ(a.messages[2].parts[0].size, 3u);
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

TEST(Append, ReplacesOneMessage) {
  Append a = parsed<Append>("REPLACE 4 Drafts (\\Seen \\Draft) {3+}\r\nabc");
  EXPECT_EQ(a.replaces->ranges, (std::vector<SequenceSet::Range>{{4, 4}}));
  EXPECT_FALSE(a.uid);
  EXPECT_EQ(a.mailbox, "Drafts");
  EXPECT_EQ(a.messages.size(), 1u);
  a = parsed<Append>("UID REPLACE * {6+}\r\nDrafts \"17-Jul-1996 02:44:25 -0700\" ~{3+}\r\nabc");
  EXPECT_TRUE(a.replaces->has_star());
  EXPECT_TRUE(a.uid);
  EXPECT_EQ(a.mailbox, "Drafts");
  EXPECT_FALSE(parsed<Append>("APPEND x {1+}\r\na").replaces);
  expect_bad({"REPLACE", "REPLACE 4", "REPLACE 4 x", "REPLACE x {1+}\r\na", "REPLACE 0 x {1+}\r\na",
              "REPLACE 1:2 x {1+}\r\na", "REPLACE 1,2 x {1+}\r\na", "REPLACE $ x {1+}\r\na",
              "REPLACE 1 x {1+}\r\na {1+}\r\nb", "REPLACE 1 x {1+}\r\na (\\Seen) {1+}\r\nb",
              "REPLACE {1+}\r\n1 x {1+}\r\na", "UID REPLACE 1 x {1+}\r\na ", "UID APPEND x {1+}\r\na"});
}

// What the parts of the nth message are: URLs, and sizes of literals.
std::string parts_of(const Append& append, size_t n = 0) {
  std::string out;
  for (const AppendPart& part : append.messages.at(n).parts) {
    out += part.url ? "<" + *part.url + ">" : std::to_string(part.size);
    out += ' ';
  }
  return out;
}

TEST(Append, IsMadeOfParts) {
  Append a = parsed<Append>(
      "APPEND x (\\Seen) CATENATE (URL \"/Drafts;UIDVALIDITY=3/;UID=20/;section=HEADER\" TEXT {4+}\r\n\r\n-- URL /y "
      "UTF8 (~{2+}\r\nzz) url {2+}\r\n/z)");
  ASSERT_EQ(a.messages.size(), 1u);
  EXPECT_TRUE(a.messages[0].catenated);
  EXPECT_TRUE(a.messages[0].complete);
  EXPECT_EQ(parts_of(a), "</Drafts;UIDVALIDITY=3/;UID=20/;section=HEADER> 4 </y> 2 </z> ");
  a = parsed<Append>("APPEND x CATENATE (URL /a) (\\Seen) {1+}\r\nb catenate (TEXT {2+}\r\ncd)");
  ASSERT_EQ(a.messages.size(), 3u);
  EXPECT_EQ(parts_of(a, 0) + parts_of(a, 1) + parts_of(a, 2), "</a> 1 2 ");
  a = parsed<Append>("UID REPLACE 3002 Drafts CATENATE (TEXT {1+}\r\na URL /b)");
  EXPECT_EQ(parts_of(a), "1 </b> ");
}

TEST(Append, RefusesOtherParts) {
  expect_bad({"APPEND x CATENATE", "APPEND x CATENATE ()", "APPEND x CATENATE (URL)", "APPEND x CATENATE (URL /a",
              "APPEND x CATENATE (URL /a )", "APPEND x CATENATE (URL /a URL)", "APPEND x CATENATE URL /a",
              "APPEND x CATENATE (TEXT abc)", "APPEND x CATENATE (TEXT {1+}\r\na", "APPEND x CATENATE ({1+}\r\na)",
              "APPEND x CATENATE (TEXT ~{1+}\r\na)", "APPEND x CATENATE (UTF8 ({1+}\r\na))",
              "APPEND x CATENATE (UTF8 (~{1+}\r\na)", "APPEND x CATENATE (TEXT {1+}\r\naURL /b)",
              "APPEND x CATENATE (URL /a) CATENATE", "APPEND x CATENATE (URL /a)(\\Seen) {1+}\r\nb",
              "REPLACE 1 x CATENATE (URL /a) {1+}\r\nb"});
  Dialect without = full_dialect();
  without.catenate = false;
  expect_bad({"APPEND x CATENATE (URL /a)", "APPEND x CATENATE (TEXT {1+}\r\na)"}, without);
}

TEST(AppendReader, JudgesPartsBeforeTheyAreAccepted) {
  EXPECT_EQ(followed("a APPEND x CATENATE (URL {2}\r\n/a TEXT {1}\r\na)\r\n"), "string message x:1");
  EXPECT_EQ(followed("a UID REPLACE 3 x CATENATE (TEXT {1}\r\na URL {2}\r\n/a)\r\n"), "message string x:1");
  EXPECT_EQ(followed("a REPLACE 3 {1}\r\nx {2}\r\nab\r\n"), "string message x:1");
  EXPECT_EQ(followed("a REPLACE 3 x {1}\r\na {2}\r\nab\r\n"), "message BAD");
  EXPECT_EQ(followed("a APPEND x CATENATE (TEXT {1}\r\na TEXT {2}\r\nab) {3}\r\nabc\r\n"),
            "message message message x:2");
  EXPECT_EQ(followed("a APPEND x CATENATE (TEXT {1}\r\na junk {2}\r\nab)\r\n"), "message BAD");
  std::string many = "a APPEND x CATENATE (";
  for (size_t i = 0; i < AppendMessage::kPartsMax; ++i) many += "URL /a ";
  EXPECT_EQ(followed(many + "TEXT {1}\r\na)\r\n"), "NO");
  EXPECT_EQ(followed("a APPEND x CATENATE (URL " + std::string(9000, 'u') + " TEXT {1}\r\na)\r\n"), "NO");
}

}  // namespace
}  // namespace roost::imap
