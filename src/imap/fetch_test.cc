#include "imap/fetch.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

using Kind = FetchItem::Kind;

std::vector<Kind> kinds(const std::string& items) {
  std::vector<Kind> out;
  for (const FetchItem& item : parsed<Fetch>("FETCH 1 " + items).items) out.push_back(item.kind);
  return out;
}

FetchItem only(const std::string& item) {
  Fetch fetch = parsed<Fetch>("FETCH 1 (" + item + ")");
  return fetch.items.size() == 1 ? fetch.items[0] : FetchItem();
}

TEST(Fetch, HasTheExampleOfRfc9051) {
  Fetch f = parsed<Fetch>("FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])");
  EXPECT_FALSE(f.uid);
  ASSERT_EQ(f.items.size(), 2u);
  EXPECT_EQ(f.items[1].section.text, Section::Text::header_fields);
  EXPECT_EQ(f.items[1].section.fields, (std::vector<Bytes>{"DATE", "FROM"}));
}

TEST(Fetch, ExpandsMacros) {
  EXPECT_EQ(kinds("ALL"), (std::vector{Kind::flags, Kind::internal_date, Kind::rfc822_size, Kind::envelope}));
  EXPECT_EQ(kinds("fast"), (std::vector{Kind::flags, Kind::internal_date, Kind::rfc822_size}));
  EXPECT_EQ(kinds("Full").back(), Kind::body);
  expect_bad({"FETCH 1 (ALL)", "FETCH 1 ALLX"});
}

TEST(Fetch, KnowsEveryItem) {
  EXPECT_EQ(kinds("(UID rfc822.size Internaldate ENVELOPE BODY BODYSTRUCTURE RFC822 RFC822.HEADER RFC822.TEXT)"),
            (std::vector{Kind::uid, Kind::rfc822_size, Kind::internal_date, Kind::envelope, Kind::body,
                         Kind::body_structure, Kind::rfc822, Kind::rfc822_header, Kind::rfc822_text}));
  EXPECT_EQ(
      kinds("(MODSEQ SAVEDATE EMAILID THREADID PREVIEW PREVIEW (LAZY) BINARY[1.2] BINARY.PEEK[]<0.5> BINARY.SIZE[1])"),
      (std::vector{Kind::mod_seq, Kind::save_date, Kind::email_id, Kind::thread_id, Kind::preview, Kind::preview,
                   Kind::binary, Kind::binary, Kind::binary_size}));
}

TEST(Fetch, KnowsEverySection) {
  EXPECT_EQ(only("BODY[]").section, Section());
  EXPECT_EQ(only("BODY[HEADER]").section.text, Section::Text::header);
  EXPECT_EQ(only("BODY[TEXT]").section.text, Section::Text::text);
  EXPECT_EQ(only("body.peek[1.mime]").section, (Section{{1}, Section::Text::mime, {}}));
  EXPECT_EQ(only("BODY[4.2.HEADER]").section, (Section{{4, 2}, Section::Text::header, {}}));
  EXPECT_EQ(only("BODY[4.2.2.1]").section.part, (std::vector<uint32_t>{4, 2, 2, 1}));
  EXPECT_EQ(only("BODY[1.HEADER.FIELDS.NOT (\"X-A\" {3+}\r\nX B)]").section,
            (Section{{1}, Section::Text::header_fields_not, {"X-A", "X B"}}));
}

TEST(Fetch, TakesPartials) {
  FetchItem item = only("BODY.PEEK[]<0.2048>");
  EXPECT_TRUE(item.peek);
  EXPECT_EQ(item.partial, (Partial{0, 2048}));
  EXPECT_EQ(only("BODY[1]<9223372036854775807.1>").partial->offset, 9223372036854775807u);
}

TEST(Fetch, KnowsWhatSetsSeen) {
  for (const char* item : {"BODY[]", "BODY[TEXT]", "RFC822", "RFC822.TEXT", "BINARY[1]"})
    EXPECT_TRUE(only(item).sets_seen()) << item;
  for (const char* item : {"BODY.PEEK[]", "RFC822.HEADER", "BODY", "ENVELOPE", "BINARY.SIZE[1]", "BINARY.PEEK[1]"}) {
    EXPECT_FALSE(only(item).sets_seen()) << item;
  }
}

TEST(Fetch, TakesModifiersInEitherOrder) {
  Fetch f = parsed<Fetch>("UID FETCH 1:51 (FLAGS) (CHANGEDSINCE 51 VANISHED)");
  EXPECT_EQ(f.changed_since, ModSeq(51));
  EXPECT_TRUE(f.vanished);
  f = parsed<Fetch>("UID FETCH 1:* FLAGS (VANISHED CHANGEDSINCE 7)");
  EXPECT_EQ(f.changed_since, ModSeq(7));
  EXPECT_TRUE(parsed<Fetch>("FETCH 1 PREVIEW (LAZY)").items[0].lazy);
  EXPECT_TRUE(parsed<Fetch>("FETCH 1 PREVIEW (CHANGEDSINCE 1)").changed_since);
  EXPECT_EQ(parsed<Fetch>("UID FETCH 1:* (FLAGS) (CHANGEDSINCE 0)").changed_since, ModSeq(0));
  expect_bad({"UID FETCH 1 FLAGS (VANISHED)", "FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)",
              "FETCH 1 FLAGS (CHANGEDSINCE -1)", "FETCH 1 FLAGS (CHANGEDSINCE 1 CHANGEDSINCE 2)", "FETCH 1 FLAGS ()"});
}

TEST(Fetch, TakesTheSameItemTwice) { EXPECT_EQ(kinds("(UID UID)").size(), 2u); }

TEST(Fetch, RefusesEverythingElse) {
  expect_bad({"FETCH",
              "FETCH 1",
              "FETCH 1 ",
              "FETCH 1 ()",
              "FETCH 1 FLAGS UID",
              "FETCH 1 (FLAGS",
              "FETCH 1 (FLAGS )",
              "FETCH 1 (FLAGS  UID)",
              "FETCH 1 BODY[",
              "FETCH 1 BODY[MIME]",
              "FETCH 1 BODY[1.]",
              "FETCH 1 BODY[0]",
              "FETCH 1 BODY[1.0]",
              "FETCH 1 BODY[01]",
              "FETCH 1 BODY[1TEXT]",
              "FETCH 1 BODY[HEADER.FIELDS]",
              "FETCH 1 BODY[HEADER.FIELDS ()]",
              "FETCH 1 BODY[HEADER.FIELDS (A B]",
              "FETCH 1 BODY[]<0.0>",
              "FETCH 1 BODY[]<1>",
              "FETCH 1 BODY[]<0.5",
              "FETCH 1 BODY[]<-1.5>",
              "FETCH 1 BODY[]<0.9223372036854775808>",
              "FETCH 1 BODY.PEEK",
              "FETCH 1 FOO",
              "FETCH 1 ENVELOPE[]",
              "FETCH 1 BINARY",
              "FETCH 1 BINARY[TEXT]",
              "FETCH 1 BINARY[1.TEXT]",
              "FETCH 1 BINARY.SIZE[1]<0.1>",
              "FETCH 1 RFC822<0.5>",
              "FETCH 1 BODY[HEADER.1]",
              "FETCH 1 BODY[1..2]",
              "FETCH 1 BODY[ ]",
              "FETCH 1 PREVIEW (LAZYX)",
              "FETCH 1 (PREVIEW (FOO))",
              "FETCH 1:2:3 FLAGS",
              "FETCH 4294967296 FLAGS",
              "FETCH\xc2\xa0"
              "1 FLAGS"});
  Dialect d;
  expect_bad(
      {"FETCH 1 MODSEQ", "FETCH 1 BINARY[1]", "FETCH 1 PREVIEW", "FETCH 1 EMAILID", "FETCH 1 FLAGS (CHANGEDSINCE 1)"},
      d);
}

TEST(Fetch, HasLimits) {
  std::string parts = "FETCH 1 BODY[1";
  for (int i = 0; i < 1000; ++i) parts += ".1";
  EXPECT_TRUE(refused(parts + "]").starts_with("NO "));
  std::string items = "FETCH 1 (";
  for (int i = 0; i < 10'000; ++i) items += "UID ";
  items.back() = ')';
  EXPECT_TRUE(refused(items).starts_with("NO "));
}

TEST(Fetch, TakesWhatClientsSend) {
  EXPECT_EQ(parsed<Fetch>("UID fetch 297:318,320:416 (UID RFC822.SIZE BODY.PEEK[])").set.ranges.size(), 2u);
  EXPECT_TRUE(parsed<Fetch>("UID fetch 417:* (FLAGS)").set.has_star());
  EXPECT_EQ(parsed<Fetch>("FETCH 1 RFC822.HEADER").items.size(), 1u);
  EXPECT_EQ(parsed<Fetch>("UID FETCH 1 (INTERNALDATE SAVEDATE BODY.PEEK[])").items.size(), 3u);
}

}  // namespace
}  // namespace roost::imap
