#include "imap/response_check_test.h"

#include <gtest/gtest.h>

namespace roost::imap {
namespace {

TEST(CheckResponses, TakesWhatTheRfcsShow) {
  for (const char* line :
       {"* OK IMAP4rev1 Service Ready",
        "a001 OK LOGIN completed",
        "* 18 EXISTS",
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)",
        "* 2 RECENT",
        "* OK [UNSEEN 17] Message 17 is the first unseen message",
        "* OK [UIDVALIDITY 3857529045] UIDs valid",
        "* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited",
        "A142 OK [READ-WRITE] SELECT completed",
        "+ Ready for additional command text",
        "+ ",
        "* LIST (\\Noselect) \"/\" \"\"",
        "* LIST (\\NoInferiors \\Sent) NIL \"a b\"",
        "* LSUB () \".\" #news.comp.mail.mime",
        "* LIST (\\NonExistent) \"/\" Foo (\"CHILDINFO\" (\"SUBSCRIBED\"))",
        "* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)",
        "* STATUS x (APPENDLIMIT NIL HIGHESTMODSEQ 0 MAILBOXID (F1))",
        "* SEARCH",
        "* SEARCH 2 84 882",
        "* SEARCH 2 (MODSEQ 9)",
        "* ESEARCH (TAG \"A282\") MIN 2 COUNT 3",
        "* ESEARCH (TAG \"A\") UID ALL 2,10:11",
        "* 44 EXPUNGE",
        "* VANISHED (EARLIER) 41,43:116",
        "* NAMESPACE ((\"\" \"/\")) NIL ((\"#shared/\" \"/\")(\"#public/\" \"/\"))",
        "* CAPABILITY IMAP4rev1 STARTTLS AUTH=GSSAPI",
        "* ENABLED",
        "* BYE Autologout; idle for too long",
        "* ID (\"name\" \"Cyrus\" \"os\" NIL)",
        "* ID NIL",
        "A1 OK [APPENDUID 38505 3955] done",
        "A1 OK [COPYUID 38505 304,319:320 3956:3958] Done",
        "A NO [BADCHARSET (UTF-8 US-ASCII)] x",
        "A OK [HIGHESTMODSEQ 7] x",
        "d105 OK [MODIFIED 7,9] Conditional STORE failed",
        "* 23 FETCH (FLAGS (\\Seen) UID 4827313)",
        "* 1 FETCH (MODSEQ (624140003))",
        "* 12 FETCH (BODY[HEADER] {4}\r\nDate BODY[1.2.MIME]<0> NIL BODY[HEADER.FIELDS (DATE \"a b\")] \"\")",
        "* 1 FETCH (EMAILID (M6d99) THREADID NIL SAVEDATE NIL PREVIEW \"x\" BINARY[1] ~{1}\r\n\r BINARY.SIZE[1] 7)",
        "* 12 FETCH (FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 ENVELOPE (\"Wed, 17 "
        "Jul 1996 02:23:25 -0700 "
        "(PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
        "((\"Terry Gray\" NIL \"gray\" "
        "\"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((NIL NIL \"imap\" "
        "\"cac.washington.edu\")) ((NIL NIL "
        "\"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL "
        "\"<B27397-0100000@cac.washington.edu>\") BODY "
        "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92))",
        "* 1 FETCH (BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1152 23 NIL NIL NIL "
        "NIL)(\"APPLICATION\" "
        "\"PDF\" NIL \"<id>\" \"desc\" \"BASE64\" 4554 NIL (\"attachment\" (\"filename\" \"x\")) (\"de\" \"en\") "
        "\"loc\") \"MIXED\" (\"BOUNDARY\" "
        "\"x\") NIL NIL))"}) {
    EXPECT_EQ(check_responses(std::string(line) + "\r\n"), "") << line;
  }
}

TEST(CheckResponses, RefusesWhatTheGrammarForbids) {
  for (const char* line : {"",
                           "* OK",
                           "* OK ",
                           "a001 OK",
                           "a001 FINE x",
                           "* 0 EXPUNGE",
                           "* 1 FETCH ()",
                           "* 1 FETCH (FLAGS \\Seen)",
                           "* 1 FETCH (UID 0)",
                           "* 1 FETCH (FLAGS (\\Seen ))",
                           "* 1 FETCH (FLAGS (\\Seen)  UID 1)",
                           "* 1 FETCH (BODY[] {5}\r\nabc)",
                           "* LIST () \"/\" a b",
                           "* LIST () \"\" a",
                           "* STATUS x (FOO 1)",
                           "* SEARCH 0",
                           "* SEARCH 1 ",
                           "* VANISHED 3:1",
                           "* VANISHED 1,1",
                           "* OK [UIDNEXT 0] x",
                           "* OK [UIDNEXT 1]x",
                           "* OK \xc3\xa4",
                           "* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL))",
                           "* NAMESPACE NIL NIL",
                           "* 1 FETCH (BODY (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3028))",
                           "* 1 FETCH (BODY (\"A\" \"B\" NIL NIL NIL \"7BIT\" 1 NIL))",
                           "* 1 FETCH (INTERNALDATE \"1-Jan-2000 00:00:00 +0000\")",
                           "* 4294967296 EXISTS",
                           "* ID ()",
                           "* 1 FETCH (PREVIEW \"a\\b\")"}) {
    EXPECT_NE(check_responses(std::string(line) + "\r\n"), "") << line;
  }
  EXPECT_NE(check_responses("* OK x\n"), "");
  EXPECT_NE(check_responses("* OK x"), "");
}

}  // namespace
}  // namespace roost::imap
