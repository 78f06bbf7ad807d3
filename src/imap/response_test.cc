#include "imap/response.h"

#include <gtest/gtest.h>

namespace roost::imap {
namespace {

template <class F>
Bytes written(F&& f) {
  Bytes out;
  f(out);
  return out;
}

UidSet uids(BytesView text) { return parse_uid_set(text).value(); }

Bytes error_reply(BytesView tag, const Error& error, BytesView id = {}) {
  return written([&](Bytes& out) { write_error(out, tag, error, id); });
}

TEST(StatusResponse, HasConditionCodeAndText) {
  EXPECT_EQ(written([](Bytes& o) { write_tagged(o, "A1", Condition::ok, "", "LOGIN completed"); }),
            "A1 OK LOGIN completed\r\n");
  EXPECT_EQ(written([](Bytes& o) { write_untagged(o, Condition::bye, "ALERT", "x"); }), "* BYE [ALERT] x\r\n");
  EXPECT_EQ(written([](Bytes& o) { write_untagged(o, Condition::preauth, "", ""); }), "* PREAUTH Done\r\n");
}

TEST(StatusResponse, CarriesNothingThatEndsTheLine) {
  EXPECT_EQ(written([](Bytes& o) { write_tagged(o, "t", Condition::no, "", "a\r\n* BYE\xff"); }), "t NO a??* BYE?\r\n");
  EXPECT_EQ(written([](Bytes& o) { write_tagged(o, "t", Condition::no, "", "[ALERT] x"); }), "t NO  [ALERT] x\r\n");
}

TEST(ErrorResponse, TellsAFaultByItsIdOnly) {
  EXPECT_EQ(error_reply("t", bad("wrong").error()), "t BAD wrong\r\n");
  EXPECT_EQ(error_reply("", bad("wrong").error()), "* BAD wrong\r\n");
  EXPECT_EQ(error_reply("t", no(Code::try_create, "none").error()), "t NO [TRYCREATE] none\r\n");
  EXPECT_EQ(error_reply("t", fault("secret path").error(), "f1"),
            "t NO [SERVERBUG] An error in the server, logged as f1\r\n");
  EXPECT_TRUE(error_reply("t", fault("x", Code::unavailable).error()).starts_with("t NO [UNAVAILABLE] "));
  EXPECT_TRUE(error_reply("t", closed().error()).starts_with("* BYE "));
}

TEST(ErrorResponse, NamesEveryCode) {
  for (int i = 1; i < 256; ++i) {
    auto code = static_cast<Code>(i);
    if (code_name(code).empty()) {
      EXPECT_GT(i, static_cast<int>(Code::unknown_cte));
      break;
    }
    EXPECT_EQ(code_of(code), code_name(code));
  }
}

TEST(ResponseCodes, AreSpelledAsTheRfcs) {
  std::vector<std::string> keywords{"$Junk"};
  std::string_view charsets[] = {"US-ASCII", "UTF-8"};
  std::vector<std::string> capabilities{"IMAP4rev1", "IDLE"};
  EXPECT_EQ(code_append_uid(UidValidity(38505), uids("3955")), "APPENDUID 38505 3955");
  EXPECT_EQ(code_copy_uid(UidValidity(38505), uids("304,319:320"), uids("3956:3958")),
            "COPYUID 38505 304,319:320 3956:3958");
  EXPECT_EQ(code_uid_next(Uid(4392)), "UIDNEXT 4392");
  EXPECT_EQ(code_uid_validity(UidValidity(3857529045)), "UIDVALIDITY 3857529045");
  EXPECT_EQ(code_unseen(SeqNum(12)), "UNSEEN 12");
  EXPECT_EQ(code_permanent_flags(SystemFlag::deleted | SystemFlag::seen, {}, true),
            "PERMANENTFLAGS (\\Deleted \\Seen \\*)");
  EXPECT_EQ(code_permanent_flags({}, {}, true), "PERMANENTFLAGS (\\*)");
  EXPECT_EQ(code_permanent_flags({}, keywords, false), "PERMANENTFLAGS ($Junk)");
  EXPECT_EQ(code_permanent_flags({}, {}, false), "PERMANENTFLAGS ()");
  EXPECT_EQ(code_highest_mod_seq(ModSeq(715194045007)), "HIGHESTMODSEQ 715194045007");
  EXPECT_EQ(code_modified(uids("7,9")), "MODIFIED 7,9");
  EXPECT_EQ(code_bad_charset(charsets), "BADCHARSET (US-ASCII UTF-8)");
  EXPECT_EQ(code_bad_charset({}), "BADCHARSET");
  EXPECT_EQ(code_capability(capabilities), "CAPABILITY IMAP4rev1 IDLE");
  EXPECT_EQ(code_mailbox_id("F1"), "MAILBOXID (F1)");
  EXPECT_EQ(code_bad_url("/INBOX;UIDVALIDITY=785799047/;UID=113330/;section=1.5.9"),
            "BADURL \"/INBOX;UIDVALIDITY=785799047/;UID=113330/;section=1.5.9\"");
  EXPECT_EQ(code_bad_url("a]\"\\ \r\n\x80%41"), "BADURL \"a%5D%22%5C%20%0D%0A%80%41\"");
  EXPECT_EQ(code_append_limit(257890), "APPENDLIMIT 257890");
}

TEST(UntaggedResponses, AreWholeLines) {
  std::vector<std::string> words{"A", "B"};
  std::pair<std::string, std::string> fields[] = {{"name", "Roost"}};
  EXPECT_EQ(written([](Bytes& o) { write_continuation(o); }), "+ OK\r\n");
  EXPECT_EQ(written([](Bytes& o) { write_challenge(o, ""); }), "+ \r\n");
  EXPECT_EQ(written([](Bytes& o) { write_challenge(o, "foo"); }), "+ Zm9v\r\n");
  EXPECT_EQ(written([&](Bytes& o) { write_capability(o, words); }), "* CAPABILITY A B\r\n");
  EXPECT_EQ(written([&](Bytes& o) { write_enabled(o, {}); }), "* ENABLED\r\n");
  EXPECT_EQ(written([](Bytes& o) { write_exists(o, 23); }), "* 23 EXISTS\r\n");
  EXPECT_EQ(written([](Bytes& o) { write_recent(o, 0); }), "* 0 RECENT\r\n");
  EXPECT_EQ(written([](Bytes& o) { write_expunge(o, SeqNum(44)); }), "* 44 EXPUNGE\r\n");
  EXPECT_EQ(written([](Bytes& o) { write_vanished(o, uids("300:310,405"), true); }),
            "* VANISHED (EARLIER) 300:310,405\r\n");
  EXPECT_EQ(written([&](Bytes& o) { write_flags_response(o, SystemFlag::answered, words); }),
            "* FLAGS (\\Answered A B)\r\n");
  EXPECT_EQ(written([&](Bytes& o) { write_id(o, fields); }), "* ID (\"name\" \"Roost\")\r\n");
  EXPECT_EQ(written([](Bytes& o) { write_id(o, {}); }), "* ID NIL\r\n");
}

TEST(ResponseCodes, SayWhereALimitStoppedACommand) {
  EXPECT_EQ(code_message_limit(1000, Uid(23221)), "MESSAGELIMIT 1000 23221");
  EXPECT_EQ(code_message_limit(1000, std::nullopt), "MESSAGELIMIT 1000");
}

TEST(ResponseCodes, SayHowFarACommandIs) {
  EXPECT_EQ(code_in_progress("A001", 454, 1000), "INPROGRESS (\"A001\" 454 1000)");
  EXPECT_EQ(code_in_progress("tag", 175, std::nullopt), "INPROGRESS (\"tag\" 175 NIL)");
  EXPECT_EQ(code_in_progress("tag", std::nullopt, std::nullopt), "INPROGRESS (\"tag\" NIL NIL)");
  EXPECT_EQ(code_in_progress("a]b", 0, 1), "INPROGRESS (NIL 0 1)");
}

}  // namespace
}  // namespace roost::imap
