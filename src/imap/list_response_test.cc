#include "imap/list_response.h"

#include <gtest/gtest.h>

#include "imap/sequence_set.h"

namespace roost::imap {
namespace {

Bytes listed(const ListRow& row, bool lsub = false, bool utf8 = false) {
  Bytes out;
  write_list(out, row, lsub, utf8);
  return out;
}

TEST(WriteList, HasAttributesSeparatorAndName) {
  EXPECT_EQ(listed({.name = "~/Mail/foo", .no_select = true}), "* LIST (\\Noselect) \"/\" ~/Mail/foo\r\n");
  EXPECT_EQ(listed({.name = "Entwürfe", .has_children = false, .special_use = {"\\Drafts"}}),
            "* LIST (\\HasNoChildren \\Drafts) \"/\" Entw&APw-rfe\r\n");
  EXPECT_EQ(listed({.name = "Entwürfe", .subscribed = true, .has_children = true}, false, true),
            "* LIST (\\Subscribed \\HasChildren) \"/\" \"Entwürfe\"\r\n");
  EXPECT_EQ(listed({.name = "a b"}, true), "* LSUB () \"/\" \"a b\"\r\n");
  EXPECT_EQ(listed({.name = "Foo", .non_existent = true, .child_info_subscribed = true}),
            "* LIST (\\NonExistent) \"/\" Foo (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n");
  Bytes out;
  write_list_separator(out);
  EXPECT_EQ(out, "* LIST (\\Noselect) \"/\" \"\"\r\n");
}

TEST(WriteXlist, HasGmailsNames) {
  Bytes out;
  write_xlist(out, {.name = "INBOX", .has_children = false}, false);
  write_xlist(out, {.name = "a", .special_use = {"\\All", "\\Junk", "\\Flagged", "\\Sent"}}, false);
  EXPECT_EQ(out,
            "* XLIST (\\HasNoChildren \\Inbox) \"/\" INBOX\r\n"
            "* XLIST (\\AllMail \\Spam \\Starred \\Sent) \"/\" a\r\n");
}

TEST(WriteStatus, HasWhatWasAskedFor) {
  StatusRow row{.messages = 231, .unseen = 5, .uid_next = Uid(44292), .append_limit = std::nullopt, .mailbox_id = "F2"};
  StatusItems wanted;
  Bytes out;
  for (StatusItem item : {StatusItem::uid_next, StatusItem::messages}) wanted.add(item);
  write_status(out, "blurdybloop", row, wanted, false);
  EXPECT_EQ(out, "* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)\r\n");
  wanted.bits = 0x3ff;
  out.clear();
  write_status(out, "x", row, wanted, false);
  EXPECT_EQ(out,
            "* STATUS x (MESSAGES 231 RECENT 0 UIDNEXT 44292 UIDVALIDITY 0 UNSEEN 5 DELETED 0 SIZE 0 APPENDLIMIT NIL "
            "HIGHESTMODSEQ 0 MAILBOXID (F2))\r\n");
}

TEST(WriteNamespace, HasNilForNone) {
  Bytes personal[] = {""};
  Bytes shared[] = {"Shared Folders/", "Büro/"};
  Bytes out;
  write_namespace(out, personal, {}, shared, false);
  EXPECT_EQ(out, "* NAMESPACE ((\"\" \"/\")) NIL ((\"Shared Folders/\" \"/\")(\"B&APw-ro/\" \"/\"))\r\n");
}

TEST(WriteList, SaysWhatANameWasBefore) {
  Bytes out;
  write_list(out, {.name = "Gr\xc3\xbcn", .old_name = "Gru\xcc\x88n"}, false, true);
  EXPECT_EQ(out, "* LIST () \"/\" \"Gr\xc3\xbcn\" (\"OLDNAME\" (\"Gru\xcc\x88n\"))\r\n");
  out.clear();
  write_list(out, {.name = "b", .child_info_subscribed = true, .old_name = "a"}, false, true);
  EXPECT_EQ(out, "* LIST () \"/\" b (\"CHILDINFO\" (\"SUBSCRIBED\") \"OLDNAME\" (a))\r\n");
}

TEST(WriteSearch, ListsNumbers) {
  uint32_t numbers[] = {2, 84, 882};
  Bytes out;
  write_search(out, numbers);
  write_search(out, {});
  write_search(out, numbers, ModSeq(917162500));
  write_search(out, {}, ModSeq(1));
  EXPECT_EQ(out, "* SEARCH 2 84 882\r\n* SEARCH\r\n* SEARCH 2 84 882 (MODSEQ 917162500)\r\n* SEARCH\r\n");
}

TEST(WriteEsearch, HasOnlyWhatThereIs) {
  EsearchRow row{.tag = "A282", .min = 2, .count = 3};
  Bytes out;
  write_esearch(out, row);
  EXPECT_EQ(out, "* ESEARCH (TAG \"A282\") MIN 2 COUNT 3\r\n");
  out.clear();
  write_esearch(out, {.tag = "a\\", .uid = true, .count = 0});
  EXPECT_EQ(out, "* ESEARCH (TAG \"a\\\\\") UID COUNT 0\r\n");
  out.clear();
  write_esearch(
      out, {.tag = "A", .uid = true, .max = 9, .all = parse_uid_set("2,10:11").value().ranges(), .mod_seq = ModSeq(7)});
  EXPECT_EQ(out, "* ESEARCH (TAG \"A\") UID MAX 9 ALL 2,10:11 MODSEQ 7\r\n");
}

}  // namespace
}  // namespace roost::imap
