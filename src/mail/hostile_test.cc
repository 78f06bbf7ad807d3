// Stored bytes that are not what was written: every one of them is refused or read as something consistent.
#include <random>

#include "mail/account_state.h"
#include "mail/chunk_page.h"
#include "mail/engine_test.h"
#include "mail/mailbox_entry.h"
#include "mail/page.h"
#include "mail/segment.h"

namespace roost::mail {
namespace {

// Calls fn with the bytes cut short, lengthened, and with single octets changed.
template <class Fn>
void for_each_damage(const Bytes& sound, Fn&& fn) {
  for (size_t size = 0; size < sound.size(); size += 1 + sound.size() / 400) fn(sound.substr(0, size));
  fn(sound + '\0');
  std::mt19937 random(42);
  for (int i = 0; i < 2'000; ++i) {
    Bytes damaged = sound;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    if (i % 4 == 0) damaged[random() % damaged.size()] = static_cast<char>(0xff);
    fn(damaged);
  }
}

// LZ4 hides most of a page from single changes: the same page, not compressed.
Bytes plain(PageKind kind, const Bytes& page) {
  Bytes content = unpack_page(kind, page).value();
  Bytes out;
  Encoder encoder(out);
  encoder.u8(static_cast<uint8_t>(kind));
  encoder.u8(kPageVersion);
  encoder.u8(0);
  encoder.varint(content.size());
  encoder.raw(content);
  return out;
}

TestAccount sample() {
  TestAccount account;
  account.must<Created>(CreateMailbox{"a/b", {"Sent"}});
  account.append("INBOX", 40, SystemFlag::seen, {"k"});
  account.append("a/b", 5, {}, {"l", "m"});
  account.expunge("INBOX", {{Uid(3), Uid(5)}});
  account.must<Copied>(Copy{account.mailbox().id(), {{Uid(8), Uid(12)}}, std::string("a/b"), false});
  account.must<Reserved>(ReserveBlobs{3, account.now});
  account.must(Subscribe{"a", true});
  return account;
}

TEST(HostileBytes, InARecordAreRefused) {
  TestAccount account = sample();
  std::vector<Bytes> records = account.log;
  for (size_t i = 0; i < records.size(); ++i) {
    TestAccount replayed;
    for (size_t k = 0; k < i; ++k) ASSERT_TRUE(replayed.fold_record(records[k]));
    for_each_damage(records[i], [&](const Bytes& damaged) {
      FoldOutcome outcome = fold(replayed.snapshot, damaged, replayed.snapshot->position().next());
      if (auto* error = std::get_if<Error>(&outcome)) ASSERT_EQ(error->code, Code::corruption);
      if (auto* folded = std::get_if<Folded>(&outcome))
        ASSERT_THAT(check_snapshot(*folded->snapshot), testing::IsEmpty());
    });
  }
}

TEST(HostileBytes, InARecordOfAnotherVersionAreRefused) {
  TestAccount account = sample();
  Bytes record = account.log[0];
  record[0] = 2;
  auto outcome = fold(empty_account(AccountId(7), UidValidity(1000)), record, Position(1));
  ASSERT_TRUE(std::holds_alternative<Error>(outcome));
  EXPECT_EQ(std::get<Error>(outcome).code, Code::corruption);
  Bytes unknown;
  Encoder out(unknown);
  out.u8(1);
  out.varint(1);
  out.bytes("\xf0");
  EXPECT_TRUE(std::holds_alternative<Error>(fold(account.snapshot, unknown, account.snapshot->position().next())));
  EXPECT_TRUE(std::holds_alternative<Error>(fold(account.snapshot, account.log[0], Position(1)))) << "an old position";
}

TEST(HostileBytes, InARootOrItsPagesAreRefused) {
  TestAccount account = sample();
  account.checkpoint();
  Bytes root = plain(PageKind::root, account.root);
  std::vector<LoadedPage> pages;
  for (PageId id : root_pages(root).value()) {
    const Bytes& page = account.pages.at(id);
    pages.push_back({id, plain(static_cast<PageKind>(page[0]), page)});
  }
  ASSERT_TRUE(open_root(AccountId(7), root, pages));
  for_each_damage(root, [&](const Bytes& damaged) { (void)open_root(AccountId(7), damaged, pages); });
  for (size_t i = 0; i < pages.size(); ++i) {
    std::vector<LoadedPage> some = pages;
    for_each_damage(pages[i].data, [&](const Bytes& damaged) {
      some[i].data = damaged;
      auto opened = open_root(AccountId(7), root, some);
      if (opened) (void)check_snapshot(**opened);
    });
  }
}

TEST(HostileBytes, InAChunkAreRefused) {
  TestAccount account = sample();
  account.checkpoint();
  account.reopen();
  const Chunk& index = *state_of(account.mailbox()).chunks.front();
  Bytes hot = plain(PageKind::hot, account.pages.at(index.hot_page));
  Bytes cold = plain(PageKind::cold, account.pages.at(index.cold_page));
  ASSERT_TRUE(read_hot_page(hot, index));
  ASSERT_TRUE(read_cold_page(cold, index));
  for_each_damage(hot, [&](const Bytes& damaged) { (void)read_hot_page(damaged, index); });
  for_each_damage(cold, [&](const Bytes& damaged) { (void)read_cold_page(damaged, index); });
  for_each_damage(account.pages.at(index.cold_page),
                  [&](const Bytes& damaged) { (void)read_cold_page(damaged, index); });
  EXPECT_FALSE(read_hot_page(cold, index)) << "one page for another";
  auto wrong = with_pages(account.snapshot, {{index.hot_page, "nonsense"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::corruption);
  EXPECT_TRUE(with_pages(account.snapshot, {{PageId(123'456), "nonsense"}})) << "nobody asks for that page any more";
}

TEST(HostileBytes, InACardSegmentAreRefused) {
  SegmentBuilder builder;
  for (int i = 0; i < 100; ++i) builder.add(Bytes(static_cast<size_t>(i * 17), static_cast<char>(i)));
  Bytes segment = builder.finish();
  EXPECT_EQ(card_in_segment(segment, 60), Bytes(60 * 17, 60));
  EXPECT_EQ(card_in_segment(segment, 0), Bytes());
  EXPECT_EQ(cards_in_segment(segment)->size(), 100U);
  EXPECT_FALSE(card_in_segment(segment, 100));
  for_each_damage(segment, [&](const Bytes& damaged) {
    (void)card_in_segment(damaged, 50);
    (void)cards_in_segment(damaged);
  });
}

TEST(HostileBytes, ThatClaimToBeHugeCostNothing) {
  Bytes page;
  Encoder out(page);
  out.u8('H');
  out.u8(1);
  out.u8(1);
  out.varint(uint64_t{1} << 25);
  out.raw("x");
  EXPECT_FALSE(unpack_page(PageKind::hot, page));
}

TEST(HostileBytes, InTracesAreRefused) {
  Traces traces;
  for (uint32_t i = 1; i <= 100; ++i) traces.add(UidSet::single(Uid(2 * i)), ModSeq(i));
  traces.seal_young();
  const TraceBlock& block = traces.sealed().front();
  Bytes page = plain(PageKind::traces, write_trace_page(block));
  ASSERT_TRUE(read_trace_page(page, block));
  for_each_damage(page, [&](const Bytes& damaged) { (void)read_trace_page(damaged, block); });
}

}  // namespace
}  // namespace roost::mail
