#include "search/test_mailbox_test.h"

#include <gtest/gtest.h>

namespace roost::search {
namespace {

UidSet uids(std::initializer_list<uint32_t> values) {
  UidSet set;
  for (uint32_t v : values) set.append(Uid(v));
  return set;
}

std::string message(const std::string& subject, const std::string& from, const std::string& body) {
  return "From: " + from + "\r\nSubject: " + subject +
         "\r\nDate: Mon, 7 Feb 1994 23:52:25 -0800\r\nX-Odd: strange\r\n\r\n" + body + "\r\n";
}

TEST(Scan, AnswersFlagsFromRowsAlone) {
  TestMailbox box;
  box.append(message("a", "x@y", "1"), SystemFlag::seen);
  box.append(message("b", "x@y", "2"), SystemFlag::flagged | SystemFlag::seen);
  box.append(message("c", "x@y", "3"), {}, {"$Forwarded"});
  EXPECT_EQ(box.search(Flag{SystemFlag::seen}), uids({1, 2}));
  EXPECT_EQ(box.search(Not{{Flag{SystemFlag::seen}}}), uids({3}));
  EXPECT_EQ(box.search(And{{Flag{SystemFlag::seen}, Flag{SystemFlag::flagged}}}), uids({2}));
  EXPECT_EQ(box.search(Or{{Keyword{"$forwarded"}, Flag{SystemFlag::flagged}}}), uids({2, 3}));
  EXPECT_EQ(box.search(Not{{Keyword{"$never"}}}), uids({1, 2, 3}));
  EXPECT_EQ(box.search(And{}), uids({1, 2, 3}));
  EXPECT_EQ(box.search(Or{}), uids({}));
  EXPECT_EQ(box.cards_read, 0U);
}

TEST(Scan, LooksOnlyAtTheUidsThatAreNamed) {
  TestMailbox box;
  for (int i = 0; i < 10; ++i) box.append(message("s", "x@y", "needle"));
  EXPECT_EQ(box.search(Uids{UidSet{{Uid(3), Uid(5)}, {Uid(9), Uid(4'000'000'000)}}}), uids({3, 4, 5, 9, 10}));
  EXPECT_EQ(box.search(And{{Uids{UidSet{{Uid(3), Uid(5)}}}, InBody{"needle"}}}), uids({3, 4, 5}));
  EXPECT_EQ(box.cards_read, 3U);
  EXPECT_EQ(box.search(Not{{Uids{UidSet{{Uid(2), Uid(9)}}}}}), uids({1, 10}));
}

TEST(Scan, DisregardsTimeAndZoneOfInternalDates) {
  TestMailbox box;
  // 1994-02-07 23:52:25 -0800 is 1994-02-08 07:52:25 UTC.
  box.append(message("a", "x@y", "1"), {}, {}, {760'693'945, -480});
  Day seventh{1994, 2, 7};
  Day eighth{1994, 2, 8};
  EXPECT_EQ(box.search(Date{WhichDate::internal, When::on, seventh}), uids({1}));
  EXPECT_EQ(box.search(Date{WhichDate::internal, When::on, eighth}), uids({}));
  EXPECT_EQ(box.search(Date{WhichDate::internal, When::before, eighth}), uids({1}));
  EXPECT_EQ(box.search(Date{WhichDate::internal, When::before, seventh}), uids({}));
  EXPECT_EQ(box.search(Date{WhichDate::internal, When::since, seventh}), uids({1}));
  EXPECT_EQ(box.search(Date{WhichDate::internal, When::since, eighth}), uids({}));
  EXPECT_EQ(box.search(Date{WhichDate::sent, When::on, seventh}), uids({1}));
  EXPECT_EQ(box.search(Date{WhichDate::sent, When::since, eighth}), uids({}));
  EXPECT_EQ(box.search(Date{WhichDate::saved, When::on, {2023, 11, 14}}), uids({1}));
}

TEST(Scan, AnswersSizesAgesModseqsAndIds) {
  TestMailbox box;
  std::string first = message("a", "x@y", "1");
  box.append(first, {}, {}, {box.now - 100, 0});
  box.append(first + "x", {}, {}, {box.now - 99, 0});
  EXPECT_EQ(box.search(Size{Size::How::larger, first.size()}), uids({2}));
  EXPECT_EQ(box.search(Size{Size::How::smaller, first.size() + 1}), uids({1}));
  EXPECT_EQ(box.search(Within{Within::How::older, 100}), uids({1}));
  EXPECT_EQ(box.search(Within{Within::How::younger, 99}), uids({2}));
  auto inbox = *box.snapshot()->find("INBOX");
  EXPECT_EQ(box.search(FromModSeq{inbox.find_hot(Uid(2))->modseq}), uids({2}));
  EXPECT_EQ(box.search(EmailId{inbox.find(Uid(1))->cold.email_id}), uids({1}));
  EXPECT_EQ(box.search(ThreadId{inbox.find(Uid(1))->cold.thread_id}), uids({1, 2}));
  EXPECT_EQ(box.search(SaveDateSupported{}), uids({1, 2}));
}

TEST(Scan, AnswersEnvelopeFieldsFromCards) {
  TestMailbox box;
  box.append(message("=?utf-8?B?R3LDvMOfZQ==?= an alle", "\"Jane Doe\" <jane@example.org>", "text"));
  box.append("To: a@one\r\nTo: b@two\r\nCc: c@three\r\nBcc: d@four\r\n\r\nbody");
  EXPECT_EQ(box.search(InField{Field::subject, "GRÜßE an"}), uids({1}));
  EXPECT_EQ(box.search(InField{Field::from, "jane@EXAMPLE"}), uids({1}));
  EXPECT_EQ(box.search(InField{Field::to, "b@two"}), uids({2}));
  EXPECT_EQ(box.search(InField{Field::cc, "three"}), uids({2}));
  EXPECT_EQ(box.search(InField{Field::bcc, "four"}), uids({2}));
  EXPECT_EQ(box.search(Date{WhichDate::sent, When::before, {2020, 1, 1}}), uids({1}));
  EXPECT_EQ(box.octets_read, 0U);
}

TEST(Scan, FindsAddressesAndParametersThatTheFieldHides) {
  TestMailbox box;
  box.append("From: \"Doe, \\\"Jane\\\"\" <jane(her)@example . org>\r\n\r\nbody");
  box.append("Content-Disposition: attachment; filename*0*=utf-8''Gr%C3%BC; filename*1*=%C3%9Fe.txt\r\n\r\nbody");
  EXPECT_EQ(box.search(InField{Field::from, "doe, \"jane\""}), uids({1}));
  EXPECT_EQ(box.search(InField{Field::from, "jane@example.org"}), uids({1}));
  EXPECT_EQ(box.search(InHeader{"From", "jane@example.org"}), uids({}));
  EXPECT_EQ(box.search(InHeader{"Content-Disposition", "grüße.txt"}), uids({2}));
  EXPECT_EQ(box.search(InText{"grüße.txt"}), uids({2}));
}

TEST(Scan, ReadsHeadersOfMegabytes) {
  TestMailbox box;
  for (int i = 0; i < 3; ++i) box.append("X-Odd: " + Bytes(1'500'000, 'x') + " needle\r\nX-Last: end\r\n\r\nbody");
  EXPECT_EQ(box.search(InHeader{"X-Odd", "needle"}), uids({1, 2, 3}));
  EXPECT_EQ(box.search(InHeader{"X-Last", "end"}), uids({1, 2, 3}));
}

TEST(Scan, ReadsTheHeaderForFieldsThatCardsDoNotKeep) {
  TestMailbox box;
  box.append(message("a", "x@y", "X-Other: strange"));
  box.append("X-Other: =?iso-8859-1?Q?caf=E9?=\r\n\r\nbody that is not read");
  EXPECT_EQ(box.search(InHeader{"x-ODD", "range"}), uids({1}));
  EXPECT_EQ(box.search(InHeader{"X-Other", "CAFÉ"}), uids({2}));
  EXPECT_LT(box.octets_read, 200U);
  EXPECT_EQ(box.search(InHeader{"X-Other", ""}), uids({2}));
  EXPECT_EQ(box.search(InHeader{"X-None", ""}), uids({}));
  EXPECT_EQ(box.search(InHeader{"Subject", ""}), uids({1}));
}

TEST(Scan, TellsBodiesFromText) {
  TestMailbox box;
  box.append(message("needle", "x@y", "hay"));
  box.append(message("hay", "x@y", "a Needle"));
  box.append("\r\n");
  EXPECT_EQ(box.search(InBody{"NEEDLE"}), uids({2}));
  EXPECT_EQ(box.search(InText{"needle"}), uids({1, 2}));
  EXPECT_EQ(box.search(And{{InText{"needle"}, Not{{InBody{"needle"}}}}}), uids({1}));
  EXPECT_EQ(box.search(InBody{""}), uids({1, 2, 3}));
  EXPECT_EQ(box.search(Not{{InText{"nowhere"}}}), uids({1, 2, 3}));
}

TEST(Scan, ReadsNothingThatACheaperKeyDecides) {
  TestMailbox box;
  box.append(message("a", "x@y", "needle"), SystemFlag::seen);
  box.append(message("b", "x@y", "needle"));
  EXPECT_EQ(box.search(And{{InBody{"needle"}, Flag{SystemFlag::deleted}}}), uids({}));
  EXPECT_EQ(box.cards_read, 0U);
  EXPECT_EQ(box.search(Or{{InBody{"needle"}, Not{{Flag{SystemFlag::deleted}}}}}), uids({1, 2}));
  EXPECT_EQ(box.cards_read, 0U);
  EXPECT_EQ(box.search(And{{InBody{"needle"}, InField{Field::subject, "zzz"}}}), uids({}));
  EXPECT_EQ(box.octets_read, 0U);
}

TEST(Scan, StopsReadingABodyOnceItsAnswerIsKnown) {
  TestMailbox box;
  box.append(message("a", "x@y", "needle " + std::string(8 << 20, 'x')));
  EXPECT_EQ(box.search(InBody{"needle"}), uids({1}));
  EXPECT_LE(box.octets_read, kBatchReadBytesMax);
}

TEST(Scan, FindsWhatLiesAcrossReads) {
  TestMailbox box;
  for (size_t at : {kReadBytesMax - 3, kBatchReadBytesMax - 3, uint64_t{16 * 1024 - 3}}) {
    std::string body = message("a", "x@y", "");
    body.resize(at, 'x');
    box.append(body + "needle" + std::string(3'000'000, 'y'));
  }
  EXPECT_EQ(box.search(InBody{"needle"}), uids({1, 2, 3}));
  EXPECT_EQ(box.search(InBody{"needles"}), uids({}));
}

TEST(Scan, GoesThroughManyMessagesInBatches) {
  TestMailbox box;
  UidSet expected;
  for (uint32_t i = 1; i <= 300; ++i) {
    box.append(message("s", "x@y", i % 7 == 0 ? "needle" : "hay"),
               i % 2 == 0 ? SystemFlags(SystemFlag::seen) : SystemFlags());
    if (i % 7 == 0 || i % 2 == 0) expected.append(Uid(i));
  }
  EXPECT_EQ(box.search(Or{{InBody{"needle"}, Flag{SystemFlag::seen}}}), expected);
}

TEST(Scan, TakesAMessageThatCannotBeReadForOneThatDoesNotMatch) {
  TestMailbox box;
  box.append(message("a", "x@y", "needle"));
  box.append(message("b", "x@y", "needle"), SystemFlag::seen);
  box.lose_bodies();
  EXPECT_EQ(box.search(InBody{"needle"}), uids({}));
  EXPECT_EQ(box.unreadable, 2);
  EXPECT_EQ(box.search(InHeader{"X-Odd", "strange"}), uids({}));
  EXPECT_EQ(box.unreadable, 2);
  EXPECT_EQ(box.search(Or{{InBody{"needle"}, Flag{SystemFlag::seen}}}), uids({2}));
  EXPECT_EQ(box.unreadable, 1);
  EXPECT_EQ(box.search(Flag{SystemFlag::seen}), uids({2}));
  EXPECT_EQ(box.unreadable, 0);
}

TEST(Scan, TakesAMessageWithoutTextForOneThatWasRead) {
  TestMailbox box;
  box.append("Subject: a picture\r\nContent-Type: image/png\r\n\r\nneedle");
  EXPECT_EQ(box.search(InBody{"needle"}), uids({}));
  EXPECT_EQ(box.unreadable, 0);
}

TEST(Scan, LeavesAMessageAloneThatItsGuardRefuses) {
  struct Refuses : ContentGuard {
    Uid refused{2};
    int inside = 0;
    bool enter(const mail::Cold& row) override {
      EXPECT_EQ(inside, 0);
      if (row.uid == refused) return false;
      ++inside;
      return true;
    }
    void leave() override { --inside; }
  } guard;
  TestMailbox box;
  for (int i = 0; i < 3; ++i) box.append(message("a", "x@y", "needle"));
  box.guard = &guard;
  EXPECT_EQ(box.search(InBody{"needle"}), uids({1, 3}));
  EXPECT_EQ(box.search(InHeader{"X-Odd", "strange"}), uids({1, 3}));
  EXPECT_EQ(box.search(InField{Field::subject, "a"}), uids({1, 3}));
  EXPECT_EQ(box.unreadable, 1);
  EXPECT_EQ(guard.inside, 0);
}

TEST(Scan, RefusesAMailboxThatIsGone) {
  TestMailbox box;
  auto scan = Scan::start(box.snapshot(), MailboxId(99), And{}, QueryLimits(), 0);
  EXPECT_EQ(scan.error().code, Code::nonexistent);
}

}  // namespace
}  // namespace roost::search
