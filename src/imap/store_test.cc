#include "imap/store.h"

#include "imap/flag.h"
#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

TEST(Store, TakesAFlagList) {
  Store s = parsed<Store>("STORE 2:4 +FLAGS (\\Deleted)");
  EXPECT_EQ(s.mode, Store::Mode::add);
  EXPECT_EQ(s.flags.system, SystemFlags(SystemFlag::deleted));
  EXPECT_FALSE(s.silent || s.uid);
  s = parsed<Store>("UID STORE 1 -flags.silent (\\seen Work $Junk)");
  EXPECT_EQ(s.mode, Store::Mode::remove);
  EXPECT_TRUE(s.silent && s.uid);
  EXPECT_EQ(s.flags.keywords, (std::vector<std::string>{"Work", "$Junk"}));
  EXPECT_TRUE(parsed<Store>("STORE 1 FLAGS ()").flags.empty());
}

TEST(Store, TakesFlagsWithoutParentheses) {
  Store s = parsed<Store>("UID STORE 13:14 (UNCHANGEDSINCE 1051) +FLAGS \\Flagged $Forwarded");
  EXPECT_EQ(s.unchanged_since, ModSeq(1051));
  EXPECT_EQ(s.flags.system, SystemFlags(SystemFlag::flagged));
  EXPECT_EQ(s.flags.keywords, std::vector<std::string>{"$Forwarded"});
  EXPECT_EQ(parsed<Store>("uid store 5 +Flags (\\DELETED)").flags.system, SystemFlags(SystemFlag::deleted));
}

TEST(Store, LeavesOutFlagsThatNoMessageCanHave) {
  EXPECT_TRUE(parsed<Store>("STORE 1 FLAGS (\\Recent \\Foo \\SeenX)").flags.empty());
}

TEST(Store, RefusesEverythingElse) {
  expect_bad({"STORE",
              "STORE 1",
              "STORE 1 FLAGS",
              "STORE 1 FLAGS ",
              "STORE 1 FLAGS (\\Seen",
              "STORE 1 FLAGS \\Seen)",
              "STORE 1 FLAGS (\\Seen )",
              "STORE 1 FLAGS ( \\Seen)",
              "STORE 1 *FLAGS (\\Seen)",
              "STORE 1 + FLAGS (\\Seen)",
              "STORE 1 FLAGS.LOUD (\\Seen)",
              "STORE x FLAGS (\\Seen)",
              "STORE 1 FLAGS (\\*)",
              "STORE 1 FLAGS (\\)",
              "STORE 1 FLAGS (a]b)",
              "STORE 1 FLAGS (\"a\")",
              "STORE 1 FLAGS (\xc3\xa4)",
              "STORE 0 FLAGS (a)",
              "STORE 1 (UNCHANGEDSINCE) FLAGS (a)",
              "STORE 1 (UNCHANGEDSINCE 1 UNCHANGEDSINCE 1) FLAGS (a)",
              "STORE 1 () FLAGS (a)"});
  EXPECT_EQ(refused("STORE 1 FLAGS ( x)"), "STORE: expected a flag, found ' x)'");
  expect_bad({"STORE 1 (UNCHANGEDSINCE 1) FLAGS (a)", "STORE $ FLAGS (a)"}, Dialect());
}

TEST(Store, BoundsKeywords) {
  std::string many = "STORE 1 FLAGS (";
  for (int i = 0; i < 100'000; ++i) many += "k" + std::to_string(i) + " ";
  many.back() = ')';
  EXPECT_TRUE(refused(many).starts_with("NO "));
  EXPECT_TRUE(refused("STORE 1 FLAGS " + std::string(kKeywordBytesMax + 1, 'x')).starts_with("NO "));
}

TEST(Copy, TakesASetAndAMailbox) {
  Copy c = parsed<Copy>("COPY 2:4 MEETING");
  EXPECT_EQ(c.mailbox, "MEETING");
  EXPECT_FALSE(c.move || c.uid);
  c = parsed<Copy>("UID MOVE $ \"foo bar\"");
  EXPECT_TRUE(c.move && c.uid && c.set.saved);
  expect_bad({"COPY 1", "COPY 1 ", "COPY a b", "COPY 1 b c", "COPY $1 x"});
}

TEST(Expunge, MayNameUids) {
  EXPECT_FALSE(parsed<Expunge>("EXPUNGE").uids);
  EXPECT_EQ(parsed<Expunge>("UID EXPUNGE 3000:3002").uids->ranges.size(), 1u);
  expect_bad({"EXPUNGE 1", "UID EXPUNGE", "UID EXPUNGE x"});
}

TEST(WriteFlags, WritesSystemFlagsFirst) {
  Bytes out;
  std::vector<std::string> keywords{"b", "a"};
  write_flags(out, SystemFlag::seen | SystemFlag::answered, keywords, true);
  EXPECT_EQ(out, "(\\Answered \\Seen \\Recent b a)");
  out.clear();
  write_flags(out, {});
  EXPECT_EQ(out, "()");
}

}  // namespace
}  // namespace roost::imap
