#include "imap/metadata.h"

#include "imap/metadata_response.h"
#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

using Entries = std::vector<Bytes>;

// The examples of RFC 5464 4.2, options before the mailbox and behind it.
TEST(GetMetadata, TakesTheExamples) {
  GetMetadata get = parsed<GetMetadata>("GETMETADATA \"\" /shared/comment");
  EXPECT_FALSE(get.mailbox);
  EXPECT_EQ(get.entries, Entries{"/shared/comment"});
  get = parsed<GetMetadata>("GETMETADATA \"INBOX\" (/shared/comment /private/comment)");
  EXPECT_EQ(get.mailbox, "INBOX");
  EXPECT_EQ(get.entries, (Entries{"/shared/comment", "/private/comment"}));
  EXPECT_FALSE(get.max_size || get.depth);
  get = parsed<GetMetadata>("GETMETADATA INBOX (MAXSIZE 1024) (/shared/comment /private/comment)");
  EXPECT_EQ(get.max_size, 1024U);
  EXPECT_EQ(get.entries.size(), 2U);
  get = parsed<GetMetadata>("GETMETADATA (depth 1 maxsize 5) INBOX (/private/filters/values)");
  EXPECT_EQ(get.depth, GetMetadata::Depth::one);
  EXPECT_EQ(get.max_size, 5U);
  get = parsed<GetMetadata>("GETMETADATA INBOX (DEPTH infinity) \"/private\"");
  EXPECT_EQ(get.depth, GetMetadata::Depth::infinity);
  EXPECT_EQ(get.entries, Entries{"/private"});
  EXPECT_EQ(parsed<GetMetadata>("GETMETADATA \"INBOX\" /private/comment /shared/comment").entries.size(), 2U);
  EXPECT_EQ(parsed<GetMetadata>("GETMETADATA INBOX {15}\r\n/shared/comment").entries, Entries{"/shared/comment"});
}

TEST(GetMetadata, RefusesWhatTheGrammarForbids) {
  expect_bad({"GETMETADATA", "GETMETADATA INBOX", "GETMETADATA INBOX ()", "GETMETADATA INBOX comment",
              "GETMETADATA INBOX /comment", "GETMETADATA INBOX /private/", "GETMETADATA INBOX /private//comment",
              "GETMETADATA INBOX /private/*", "GETMETADATA INBOX \"/private/%\"", "GETMETADATA INBOX /privately/x",
              "GETMETADATA INBOX \"/private/\x10\"", "GETMETADATA INBOX \"/private/\xc3\xbc\"",
              "GETMETADATA INBOX (DEPTH 2) /private/x", "GETMETADATA INBOX (DEPTH) /private/x",
              "GETMETADATA INBOX (DEPTH 1 DEPTH 1) /private/x", "GETMETADATA INBOX (MAXSIZE -1) /private/x",
              "GETMETADATA INBOX (SORTED) /private/x", "GETMETADATA (DEPTH 1) INBOX (DEPTH 1) /private/x",
              "GETMETADATA INBOX (/private/x) more"});
}

TEST(SetMetadata, TakesValuesOfEveryKind) {
  SetMetadata set =
      parsed<SetMetadata>("SETMETADATA INBOX (/private/Comment {33}\r\nMy new comment across\r\ntwo lines.)");
  ASSERT_EQ(set.entries.size(), 1U);
  EXPECT_EQ(set.entries[0].name, "/private/comment");
  EXPECT_EQ(set.entries[0].value, "My new comment across\r\ntwo lines.");
  set = parsed<SetMetadata>("SETMETADATA \"\" (/private/comment NIL /shared/vendor/x/y \"a \\\"b\\\"\")");
  EXPECT_FALSE(set.mailbox);
  ASSERT_EQ(set.entries.size(), 2U);
  EXPECT_EQ(set.entries[0].value, std::nullopt);
  EXPECT_EQ(set.entries[1].value, "a \"b\"");
  set = parsed<SetMetadata>(std::string("SETMETADATA INBOX (/private/x ~{3}\r\na\0b)", 40));
  EXPECT_EQ(set.entries[0].value, std::string("a\0b", 3));
  EXPECT_EQ(parsed<SetMetadata>("SETMETADATA INBOX (/private/x \"\")").entries[0].value, "");
}

TEST(SetMetadata, RefusesNamesThatCannotHaveAValue) {
  expect_bad({"SETMETADATA INBOX (/private \"x\")", "SETMETADATA INBOX (/shared \"x\")",
              "SETMETADATA INBOX (/private/vendor \"x\")", "SETMETADATA INBOX (/shared/vendor/token \"x\")",
              "SETMETADATA INBOX ()", "SETMETADATA INBOX /private/x \"y\"", "SETMETADATA INBOX (/private/x)",
              "SETMETADATA INBOX (/private/x y)", "SETMETADATA INBOX (/private/x \"y\") more",
              "SETMETADATA INBOX (/private/x* \"y\")"});
  EXPECT_TRUE(refused("SETMETADATA INBOX (/private/" + std::string(2'000, 'x') + " NIL)").starts_with("NO "));
}

TEST(ListMetadata, IsAReturnOption) {
  List list = parsed<List>("LIST \"\" % RETURN (METADATA (\"/shared/vendor/cmu/cyrus-imapd/color\") SUBSCRIBED)");
  EXPECT_EQ(list.give.metadata, Entries{"/shared/vendor/cmu/cyrus-imapd/color"});
  EXPECT_TRUE(list.give.subscribed);
  expect_bad(
      {"LIST \"\" % RETURN (METADATA)", "LIST \"\" % RETURN (METADATA ())", "LIST \"\" % RETURN (METADATA (color))"});
}

TEST(WriteMetadata, HasValuesOrNames) {
  Bytes out;
  MetadataWriter values(out, "INBOX", false);
  Bytes comment = "My \"own\"\r\ncomment";
  Bytes binary("a\0b", 3);
  values.value("/private/comment", &comment);
  values.value("/shared/comment", nullptr);
  values.value("/private/b c", &binary);
  values.finish();
  EXPECT_EQ(out, Bytes("* METADATA INBOX (/private/comment {17}\r\nMy \"own\"\r\ncomment /shared/comment NIL "
                       "\"/private/b c\" ~{3}\r\na\0b)\r\n",
                       106));
  out.clear();
  MetadataWriter names(out, "", false);
  names.finish();
  EXPECT_EQ(out, "") << "nothing without entries";
  names.changed("/shared/comment");
  names.changed("/private/comment");
  names.finish();
  EXPECT_EQ(out, "* METADATA \"\" /shared/comment /private/comment\r\n");
  EXPECT_EQ(code_metadata_long_entries(2199), "METADATA LONGENTRIES 2199");
  EXPECT_EQ(code_metadata_max_size(1024), "METADATA MAXSIZE 1024");
}

}  // namespace
}  // namespace roost::imap
