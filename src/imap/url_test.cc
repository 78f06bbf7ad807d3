#include "imap/url.h"

#include <gtest/gtest.h>

namespace roost::imap {
namespace {

ImapUrl url(BytesView text) {
  Result<ImapUrl> parsed = parse_imap_url(text);
  if (!parsed) ADD_FAILURE() << text << ": " << parsed.error().text;
  return parsed.value_or(ImapUrl{});
}

// RFC 5092 9
TEST(ImapUrl, HasTheExamplesOfRfc5092) {
  ImapUrl message = url("imap://minbari.example.org/gray-council;UIDVALIDITY=385759045/;UID=20/;PARTIAL=0.1024");
  EXPECT_EQ(message.server, (ImapUrl::Server{.host = "minbari.example.org"}));
  EXPECT_EQ(message.mailbox, "gray-council");
  EXPECT_EQ(message.uidvalidity, UidValidity(385759045));
  EXPECT_EQ(message.uid, Uid(20));
  EXPECT_EQ(message.partial, (ImapUrl::Range{.offset = 0, .count = 1024}));

  ImapUrl list = url("imap://psicorp.example.org/~peter/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E5%8F%B0%E5%8C%97");
  EXPECT_EQ(list.mailbox, "~peter/日本語/台北");
  EXPECT_FALSE(list.uid);

  ImapUrl part = url("imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;uid=20/;section=1.2");
  EXPECT_EQ(part.server->auth, "GSSAPI");
  EXPECT_EQ(part.section, (Section{.part = {1, 2}}));
  EXPECT_EQ(part.uid, Uid(20));

  ImapUrl search = url("imap://;AUTH=*@minbari.example.org/gray%20council?SUBJECT%20shadows");
  EXPECT_EQ(search.mailbox, "gray council");
  EXPECT_EQ(search.search, "SUBJECT shadows");

  search = url(
      "imap://john;AUTH=*@minbari.example.org/babylon5/personel?charset%20UTF-8%20SUBJECT%20%7B14+%7D%0D%0A%D0%98%D0%B2"
      "%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0");
  EXPECT_EQ(search.server->user, "john");
  EXPECT_EQ(search.search, "charset UTF-8 SUBJECT {14+}\r\nИванова");
  EXPECT_EQ(url("imap://michael@example.org/INBOX").server->user, "michael");
}

// RFC 5092 9.1; 7.2 forbids to accept the two relative paths.
TEST(ImapUrl, HasTheRelativeExamplesOfRfc5092) {
  EXPECT_EQ(url("/foo/;UID=20/.."), url("/foo"));
  EXPECT_FALSE(parse_imap_url(";UID=20"));
  EXPECT_FALSE(parse_imap_url("..;UIDVALIDITY=385759045/;UID=20"));
  EXPECT_FALSE(parse_imap_url(""));
  EXPECT_EQ(url("/..;UIDVALIDITY=385759045/;UID=20").mailbox, "..");
}

// RFC 4469 appendix A, RFC 8508 4.2
TEST(ImapUrl, HasTheExamplesOfCatenate) {
  ImapUrl header = url("/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER");
  EXPECT_FALSE(header.server);
  EXPECT_EQ(header.mailbox, "Drafts");
  EXPECT_EQ(header.section, (Section{.text = Section::Text::header}));
  EXPECT_EQ(url("/Drafts;UIDVALIDITY=385759045/;UID=20/;section=1.MIME").section,
            (Section{.part = {1}, .text = Section::Text::mime}));
  EXPECT_EQ(url("/INBOX;UIDVALIDITY=785799047/;UID=113330/;section=1.5.9").section, (Section{.part = {1, 5, 9}}));
  EXPECT_EQ(url("/Drafts/;UID=3002").uid, Uid(3002));
}

TEST(ImapUrl, TakesSectionsAndRanges) {
  ImapUrl fields = url("/a/;UID=1/;SECTION=2.HEADER.FIELDS%20(Subject%20%22X%20y%22)/;PARTIAL=7");
  EXPECT_EQ(fields.section, (Section{.part = {2}, .text = Section::Text::header_fields, .fields = {"Subject", "X y"}}));
  EXPECT_EQ(fields.partial, (ImapUrl::Range{.offset = 7}));
  EXPECT_EQ(url("/a/;UID=1/;PARTIAL=1.2").partial, (ImapUrl::Range{.offset = 1, .count = 2}));
  for (const char* text : {"/a/;UID=1/;SECTION=", "/a/;UID=1/;SECTION=HEADER]", "/a/;UID=1/;SECTION=HEADER%5D",
                           "/a/;UID=1/;SECTION=MIME", "/a/;UID=1/;SECTION=1/2", "/a/;UID=1/;SECTION=0",
                           "/a/;UID=1/;SECTION=TEXT/", "/a/;UID=1/;PARTIAL=", "/a/;UID=1/;PARTIAL=1.0",
                           "/a/;UID=1/;PARTIAL=1/;SECTION=TEXT", "/a/;UID=1/;PARTIAL=99999999999999999999"}) {
    EXPECT_FALSE(parse_imap_url(text)) << text;
  }
}

TEST(ImapUrl, TakesServers) {
  EXPECT_EQ(url("imap://[::1]:1143/x").server, (ImapUrl::Server{.host = "[::1]", .port = 1143}));
  EXPECT_EQ(url("IMAP://h").server->host, "h");
  EXPECT_EQ(url("//u%40v@h/x").server, (ImapUrl::Server{.user = "u@v", .host = "h"}));
  EXPECT_EQ(url("imap://h/").mailbox, "");
  for (const char* text : {"imap://", "imap:///x", "imap://@h/x", "imap://u;AUTH=@h", "imap://u;x@h",
                           "imap://h:", "imap://h:0", "imap://h:65536", "imap://h:1x", "imap://[::1/x", "imap://[x]/y",
                           "imap://%FF@h/x", "imap://h?x", "imap://h/?x", "imap://u:p@h/x"}) {
    EXPECT_FALSE(parse_imap_url(text)) << text;
  }
}

TEST(ImapUrl, TakesMailboxes) {
  EXPECT_EQ(url("/inbox").mailbox, "INBOX");
  EXPECT_EQ(url("/a/b/").mailbox, "a/b");
  EXPECT_EQ(url("/a%2Fb;UIDVALIDITY=7").mailbox, "a/b");
  EXPECT_EQ(url("/a;uidvalidity=7/").uidvalidity, UidValidity(7));
  EXPECT_EQ(url("/a/./b/../c/;uid=1").mailbox, "a/c");
  EXPECT_EQ(url("/../a").mailbox, "a");
  EXPECT_EQ(url("/%2E%2E").mailbox, "..");
  EXPECT_EQ(url("/a&b=c:d@e").mailbox, "a&b=c:d@e");
}

TEST(ImapUrl, RefusesEverythingElse) {
  for (const char* text : {"http://h/x",
                           "imap:x",
                           "x",
                           "/a b",
                           "/a%",
                           "/a%2",
                           "/a%zz",
                           "/a\x80",
                           "/a%80",
                           "/a%00",
                           "/a%0D%0A",
                           "/a//b",
                           "/a;UID=1",
                           "/a/;UID=",
                           "/a/;UID=0",
                           "/a/;UID=4294967296",
                           "/a;UIDVALIDITY=0",
                           "/a;UIDVALIDITY=1/;UIDVALIDITY=1",
                           "/a;UIDVALIDITY=1x",
                           "/a/;FOO=1",
                           "/a/;UID=1/",
                           "/a/;UID=1;UID=2",
                           "/a/;UID=1?ALL",
                           "/a?b?c",
                           "/;UID=1",
                           "/a]",
                           "/a\"",
                           "/a/;UID=1/;URLAUTH=anonymous:INTERNAL:91354a473744909de610943775f92038",
                           "/a/;UID=1;EXPIRE=2026-01-01T00:00:00Z;URLAUTH=anonymous"}) {
    EXPECT_FALSE(parse_imap_url(text)) << text;
  }
}

}  // namespace
}  // namespace roost::imap
