#include "imap/fetch_response.h"

#include "imap/parsing_test.h"
#include "imap/response_check_test.h"

namespace roost::imap {
namespace {

FetchItem item_of(const std::string& text) { return parsed<Fetch>("FETCH 1 (" + text + ")").items.at(0); }

Bytes name_of(const std::string& text) {
  Bytes out;
  write_item_name(out, item_of(text));
  return out;
}

TEST(FetchWriter, WritesItemByItem) {
  Bytes out;
  FetchWriter w(out, SeqNum(12));
  w.uid(Uid(4827313));
  w.flags(SystemFlag::seen);
  w.mod_seq(ModSeq(624140003));
  w.internal_date(parse_date_time_text("17-Jul-1996 02:44:25 -0700").value());
  w.rfc822_size(4286);
  w.ready("ENVELOPE", "(NIL)");
  w.save_date(std::nullopt);
  w.preview("Preview text!", false);
  w.email_id("M1");
  w.thread_id(std::nullopt);
  w.finish();
  EXPECT_EQ(out,
            "* 12 FETCH (UID 4827313 FLAGS (\\Seen) MODSEQ (624140003) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" "
            "RFC822.SIZE 4286 "
            "ENVELOPE (NIL) SAVEDATE NIL PREVIEW \"Preview text!\" EMAILID (M1) THREADID NIL)\r\n");
}

TEST(FetchWriter, WritesBodies) {
  Bytes out;
  FetchWriter w(out, SeqNum(1));
  w.body(item_of("BODY.PEEK[1.MIME]<5.10>"), "ab");
  w.body_nil(item_of("BODY[7]"));
  w.body(item_of("RFC822.TEXT"), "");
  w.body(item_of("BINARY[1]"), BytesView("\0", 1));
  w.binary_size(item_of("BINARY.SIZE[1.2]"), 9);
  w.body_literal(item_of("BODY[]"), 50'000'000);
  EXPECT_EQ(out,
            std::string("* 1 FETCH (BODY[1.MIME]<5> {2}\r\nab BODY[7] NIL RFC822.TEXT {0}\r\n BINARY[1] ~{1}\r\n") +
                '\0' + " BINARY.SIZE[1.2] 9 BODY[] {50000000}\r\n");
}

TEST(FetchWriter, NamesItemsAsTheyWereAskedFor) {
  EXPECT_EQ(name_of("BODY[]"), "BODY[]");
  EXPECT_EQ(name_of("body.peek[header.fields (From \"X-A\" \"a b\" \"\")]"),
            "BODY[HEADER.FIELDS (From X-A \"a b\" \"\")]");
  EXPECT_EQ(name_of("BODY[4.2.HEADER.FIELDS.NOT (A)]<0.9>"), "BODY[4.2.HEADER.FIELDS.NOT (A)]<0>");
  EXPECT_EQ(name_of("RFC822"), "RFC822");
  EXPECT_EQ(name_of("RFC822.HEADER"), "RFC822.HEADER");
}

TEST(WriteFetchFlags, WritesWhatFetchWriterWrites) {
  std::vector<std::string> keywords{"$Junk", "b"};
  for (int bits = 0; bits < 64; ++bits) {
    for (bool with_keywords : {false, true}) {
      std::span<const std::string> words =
          with_keywords ? std::span<const std::string>(keywords) : std::span<const std::string>();
      SystemFlags system(static_cast<uint8_t>(bits));
      bool recent = bits >= 32;
      Bytes slow, fast;
      FetchWriter w(slow, SeqNum(4294967295));
      w.uid(Uid(4294967295));
      w.flags(system, words, recent);
      w.finish();
      write_fetch_flags(fast, SeqNum(4294967295), Uid(4294967295), system, words, recent);
      EXPECT_EQ(fast, slow);
      EXPECT_EQ(check_responses(fast), "");
    }
  }
}

TEST(WriteFetchFlags, WritesTheModSeqAsFetchWriterDoes) {
  std::vector<std::string> keywords{"$Junk", "b"};
  for (bool with_keywords : {false, true}) {
    std::span<const std::string> words =
        with_keywords ? std::span<const std::string>(keywords) : std::span<const std::string>();
    Bytes slow, fast;
    FetchWriter w(slow, SeqNum(4294967295));
    w.uid(Uid(4294967295));
    w.flags(SystemFlags::all(), words, true);
    w.mod_seq(ModSeq(9223372036854775807));
    w.finish();
    write_fetch_flags(fast, SeqNum(4294967295), Uid(4294967295), SystemFlags::all(), words, true,
                      ModSeq(9223372036854775807));
    EXPECT_EQ(fast, slow);
    EXPECT_EQ(check_responses(fast), "");
  }
}

TEST(WriteFetchFlags, NamesTheMessageByItsUidWhereNumbersAreNotWanted) {
  Bytes slow, fast;
  FetchWriter w(slow, Uid(25996));
  w.flags(SystemFlag::seen);
  w.mod_seq(ModSeq(7));
  w.finish();
  write_fetch_flags(fast, Uid(25996), std::nullopt, SystemFlag::seen, {}, false, ModSeq(7));
  EXPECT_EQ(slow, "* 25996 UIDFETCH (FLAGS (\\Seen) MODSEQ (7))\r\n");
  EXPECT_EQ(fast, slow);
  EXPECT_EQ(check_responses(fast), "");
}

TEST(WriteFetchFlags, SaysTheUidAgainWhereItIsAskedFor) {
  Bytes out;
  write_fetch_flags(out, Uid(4294967295), Uid(4294967295), SystemFlags());
  EXPECT_EQ(out, "* 4294967295 UIDFETCH (UID 4294967295 FLAGS ())\r\n");
}

}  // namespace
}  // namespace roost::imap
