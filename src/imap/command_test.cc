#include "imap/command.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

Head head_of(const std::string& text) {
  wire::Frame frame;
  frame.text = text;
  return parse_head(frame);
}

TEST(Head, HasTagAndVerb) {
  Head head = head_of("A001 uid Fetch 1 FLAGS");
  EXPECT_EQ(head.tag, "A001");
  EXPECT_EQ(head.verb, Verb::uid_fetch);
  EXPECT_EQ(head.arguments, 14u);
  EXPECT_EQ(head_of("t NOOP").verb, Verb::noop);
  EXPECT_EQ(head_of("t UID NOOP").verb, std::nullopt);
  EXPECT_EQ(head_of("t UID").verb, std::nullopt);
  EXPECT_EQ(head_of("t EXPUNGE").verb, Verb::expunge);
  EXPECT_EQ(head_of("t UID EXPUNGE 1").verb, Verb::uid_expunge);
}

TEST(Head, TakesTagsOfAnyLegalForm) {
  EXPECT_EQ(head_of("]x.#~/!$&'-,:;<=>?@[^_`|} NOOP").tag, "]x.#~/!$&'-,:;<=>?@[^_`|}");
  EXPECT_EQ(head_of(std::string(10'000, 'x') + " NOOP").tag.size(), 10'000u);
  for (const char* wrong :
       {"", " NOOP", "a+b NOOP", "* NOOP", "+ x", "\"a\" NOOP", "a\\ NOOP", "\xc3\xa4 NOOP", "a\tNOOP"}) {
    EXPECT_EQ(head_of(wrong).tag, "") << wrong;
  }
}

TEST(Command, KnowsItsVerb) {
  for (size_t i = 0; i < kVerbCount; ++i) {
    auto verb = static_cast<Verb>(i);
    EXPECT_EQ(head_of("t " + std::string(verb_name(verb))).verb, verb);
  }
}

TEST(Verb, KnowsWhichCommandsTakeNumbers) {
  for (Verb verb : {Verb::fetch, Verb::store, Verb::search, Verb::sort, Verb::thread, Verb::copy, Verb::move}) {
    EXPECT_TRUE(takes_numbers(verb)) << verb_name(verb);
  }
  for (Verb verb : {Verb::expunge, Verb::uid_fetch, Verb::uid_expunge, Verb::noop, Verb::select}) {
    EXPECT_FALSE(takes_numbers(verb)) << verb_name(verb);
  }
}

TEST(Command, TakesNoArgumentsWhereThereAreNone) {
  for (const char* name :
       {"CAPABILITY", "noop", "LOGOUT", "STARTTLS", "CHECK", "CLOSE", "UNSELECT", "IDLE", "NAMESPACE"}) {
    parsed<Plain>(name);
    EXPECT_TRUE(refused(std::string(name) + " x").contains("expected the end")) << name;
    EXPECT_NE(refused(std::string(name) + " "), "accepted");
  }
}

TEST(Command, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(refused("FOO"), "There is no such command");
  EXPECT_EQ(refused("NOOPX"), "There is no such command");
  auto result = parse_command(frame_of("   "), {});
  EXPECT_EQ(result.error().head.tag, "");
  EXPECT_EQ(parse_command(frame_of("a"), {}).error().head.tag, "a");
  EXPECT_EQ(parse_command(frame_of(""), {}).error().head.tag, "");
}

TEST(Command, SaysWhatItExpected) {
  EXPECT_EQ(refused("STORE 1 FLAGS (\x01)"), "STORE: expected a flag, found '?)'");
  EXPECT_EQ(refused("UID FETCH 1 (FLAGS"),
            "UID FETCH: expected ')' after the fetch items, found the end of the command");
  EXPECT_EQ(refused("SELECT a {1+}\r\nx"), "SELECT: expected '(' before the parameters, found a literal");
  EXPECT_EQ(refused("SELECT {1+}\r\n" + std::string(1, '\0')), "SELECT: a NUL in a literal");
}

TEST(Command, KeepsLiteralsFromRunningIntoWords) {
  expect_bad({"SEL{1+}\r\nECT a", "SELECT a{1+}\r\nb", "FETCH 1 FL{1+}\r\nAGS", "FETCH {1+}\r\n1 FLAGS", "NOOP{0+}\r\n",
              "COPY 1 {1+}\r\na{1+}\r\nb"});
}

TEST(Done, StandsAlone) {
  EXPECT_TRUE(is_done(frame_of("done")));
  EXPECT_FALSE(is_done(frame_of("DONE ")));
  EXPECT_FALSE(is_done(frame_of("t DONE")));
}

// RFC 3501 8, the client's lines.
TEST(Command, HasTheSampleConnection) {
  for (const char* line : {"a001 login mrc secret", "a002 select inbox", "a003 fetch 12 full",
                           "a004 fetch 12 body[header]", "a005 store 12 +flags \\deleted", "a006 logout"}) {
    EXPECT_TRUE(parse_command(frame_of(line), {})) << line;
  }
}

}  // namespace
}  // namespace roost::imap
