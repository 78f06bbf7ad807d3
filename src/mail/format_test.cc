// The bytes shown in docs/formats/ are the bytes that are written, and they are read back.
#include <fmt/format.h>

#include <fstream>

#include "mail/account_state.h"
#include "mail/chunk_page.h"
#include "mail/effect.h"
#include "mail/engine_test.h"
#include "mail/mailbox_entry.h"
#include "mail/page.h"
#include "mail/root.h"
#include "mail/segment.h"
#include "mail/span_page.h"

namespace roost::mail {
namespace {

// The examples of a document, in order: lines of hexadecimal, "    0010  00 01 …", each from offset 0000 on.
std::vector<Bytes> examples(const std::string& document) {
  std::ifstream in(ROOST_FORMATS_DIR "/" + document);
  std::vector<Bytes> out;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("    0")) continue;
    if (line.starts_with("    0000")) out.emplace_back();
    for (size_t at = 10; at + 1 < line.size(); at += 3) {
      out.back() += static_cast<char>(std::stoi(line.substr(at, 2), nullptr, 16));
    }
  }
  return out;
}

std::string hex(BytesView bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i % 16 == 0) out += fmt::format("\n    {:04x} ", i);
    out += fmt::format(" {:02x}", static_cast<uint8_t>(bytes[i]));
  }
  return out + "\n";
}

NewMessage documented_message(std::string card) {
  NewMessage message;
  message.flags = SystemFlag::seen;
  message.keywords = {"$Work"};
  message.internal_date = {1'700'000'000, 60};
  message.body = std::make_shared<const Bytes>("Subject: x\r\n\r\nhi\r\n");
  message.size = message.body->size();
  message.card = std::make_shared<const Bytes>(std::move(card));
  auto first = static_cast<uint8_t>(16 * message.card->size());
  for (uint8_t i = 0; i < 16; ++i) message.email_id.bytes[i] = static_cast<uint8_t>(first + i);
  message.thread_id = message.email_id;
  return message;
}

// One message, appended, flagged and expunged, each in a record of its own.
struct Documented {
  TestAccount account;
  Documented() {
    account.must<Appended>(Append{std::string("INBOX"), {documented_message("card"), documented_message("another")}});
    account.store("INBOX", UidSet::single(Uid(2)), StoreHow::add, SystemFlag::deleted);
    account.must<Expunged>(Expunge{account.mailbox().id(), {}});
    account.must(SetAcl{"INBOX", "fred", SetAcl::How::replace, Right::lookup | Right::read});
  }
};

TEST(Formats, OfRecordsAreAsDocumented) {
  Documented documented;
  std::vector<Bytes> shown = examples("record.md");
  ASSERT_EQ(shown.size(), 8U);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(documented.account.log[i], shown[i]) << hex(documented.account.log[i]);
  TestAccount replayed;
  for (size_t i = 0; i < 3; ++i) ASSERT_TRUE(replayed.fold_record(shown[i]));
  // The access control list comes after what happens in another account.
  EXPECT_EQ(documented.account.log[3], shown[6]) << hex(documented.account.log[3]);
  ASSERT_TRUE(replayed.fold_record(shown[6]));
  EXPECT_EQ(replayed.mailbox().uids(), UidSet::single(Uid(1)));
  EXPECT_EQ(*replayed.mailbox().find(Uid(1))->cold.card.tail, "card");
  EXPECT_EQ(granted(replayed.mailbox().acl(), "fred"), Right::lookup | Right::read);
  documented.account.must(Jump{.distance = {.uids = 100, .modseqs = 1000, .uidvalidities = 10}});
  EXPECT_EQ(documented.account.log[4], shown[7]) << hex(documented.account.log[4]);
  ASSERT_TRUE(replayed.fold_record(shown[7]));
  EXPECT_EQ(replayed.mailbox().uidnext(), Uid(103));
}

TEST(Formats, OfRootAndEntriesAreAsDocumented) {
  Documented documented;
  TestAccount& account = documented.account;
  account.must(Subscribe{"INBOX", true});
  account.must<Reserved>(ReserveBlobs{2, account.now});
  account.checkpoint();
  std::vector<Bytes> written{account.root};
  std::vector<LoadedPage> pages;
  for (PageId id : root_pages(account.root).value()) {
    written.push_back(account.pages.at(id));
    pages.push_back({id, account.pages.at(id)});
  }
  std::vector<Bytes> shown = examples("root.md");
  ASSERT_EQ(shown.size(), written.size());
  for (size_t i = 0; i < written.size(); ++i) EXPECT_EQ(written[i], shown[i]) << hex(written[i]);
  for (size_t i = 0; i < pages.size(); ++i) pages[i].data = shown[i + 1];
  auto opened = open_root(AccountId(7), shown[0], pages);
  ASSERT_TRUE(opened);
  EXPECT_EQ((*opened)->find("INBOX")->messages(), 1U);
  EXPECT_TRUE((*opened)->subscribed("INBOX"));
  EXPECT_EQ(granted((*opened)->find("INBOX")->acl(), "fred"), Right::lookup | Right::read);
}

// A mailbox with annotations of both kinds and a special use, and one on the server that is set and removed.
struct Annotated {
  TestAccount account;
  Annotated() {
    account.must<Created>(CreateMailbox{"Notes", {}});
    SetMetadata set{.mailbox = "Notes", .special_use = {{"Archive"}}};
    set.entries.push_back({AccountId(7), "/private/comment", "mine"});
    set.entries.push_back({AccountId(0), "/shared/comment", "ours"});
    account.must<MetadataSet>(set);
    SetMetadata token{.entries = {{AccountId(7), "/private/vendor/x/token", "12"}}};
    account.must<MetadataSet>(token);
    token.entries.front().value.reset();
    account.must<MetadataSet>(token);
  }
};

TEST(Formats, OfAnnotationsInRecordsAreAsDocumented) {
  Annotated annotated;
  std::vector<Bytes> shown = examples("record.md");
  ASSERT_EQ(shown.size(), 8U);
  for (size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(annotated.account.log[i], shown[i + 2]) << hex(annotated.account.log[i]);
  }
  TestAccount replayed;
  replayed.must<Created>(CreateMailbox{"Notes", {}});
  for (size_t i = 3; i < 5; ++i) ASSERT_TRUE(replayed.fold_record(shown[i]));
  MailboxId notes = replayed.mailbox("Notes").id();
  EXPECT_EQ(*replayed.snapshot->metadata(notes, AccountId(7), "/private/comment"), "mine");
  EXPECT_EQ(*replayed.snapshot->metadata(notes, AccountId(0), "/shared/comment"), "ours");
  EXPECT_EQ(*replayed.snapshot->metadata(MailboxId(0), AccountId(7), "/private/vendor/x/token"), "12");
  EXPECT_THAT(replayed.mailbox("Notes").special_use(), testing::ElementsAre("Archive"));
  ASSERT_TRUE(replayed.fold_record(shown[5]));
  EXPECT_EQ(replayed.snapshot->metadata(MailboxId(0), AccountId(7), "/private/vendor/x/token"), nullptr);
}

TEST(Formats, OfPagesOfAnnotationsAreAsDocumented) {
  Annotated annotated;
  TestAccount& account = annotated.account;
  account.checkpoint();
  std::vector<Bytes> shown = examples("annotations.md");
  ASSERT_EQ(shown.size(), 2U);
  PageId page = root_pages(account.root)->back();
  EXPECT_EQ(account.root, shown[0]) << hex(account.root);
  EXPECT_EQ(account.pages.at(page), shown[1]) << hex(account.pages.at(page));
  account.root = shown[0];
  account.pages[page] = shown[1];
  account.reopen();
  MailboxId notes = account.mailbox("Notes").id();
  EXPECT_EQ(*account.snapshot->metadata(notes, AccountId(7), "/private/comment"), "mine");
}

TEST(Formats, OfQuotasAreAsDocumented) {
  TestAccount account;
  QuotaLimits limits{.storage_kib = 1 << 20, .messages = 10'000};
  account.must<Done>(SetQuota{limits});
  account.checkpoint();
  account.must<Done>(SetQuota{});
  std::vector<Bytes> shown = examples("quota.md");
  ASSERT_EQ(shown.size(), 3U);
  EXPECT_EQ(account.log[0], shown[0]) << hex(account.log[0]);
  EXPECT_EQ(account.root, shown[1]) << hex(account.root);
  EXPECT_EQ(account.log[1], shown[2]) << hex(account.log[1]);
  TestAccount replayed;
  ASSERT_TRUE(replayed.fold_record(shown[0]));
  EXPECT_EQ(replayed.snapshot->quota({}), limits);
  ASSERT_TRUE(replayed.fold_record(shown[2]));
  EXPECT_FALSE(replayed.snapshot->has_own_quota());
  account.root = shown[1];
  account.log.resize(1);
  account.reopen();
  EXPECT_EQ(account.snapshot->quota({}), limits);
}

TEST(Formats, OfASeenOfOnesOwnAreAsDocumented) {
  TestAccount account;
  account.must<Appended>(Append{std::string("INBOX"), {documented_message("card"), documented_message("another")}});
  account.actor.own_seen = AccountId(21);
  account.store("INBOX", {{Uid(1), Uid(2)}}, StoreHow::add, SystemFlag::seen);
  account.store("INBOX", UidSet::single(Uid(2)), StoreHow::remove, SystemFlag::seen);
  account.checkpoint();
  std::vector<Bytes> shown = examples("seen.md");
  ASSERT_EQ(shown.size(), 3U);
  std::vector<PageId> pages = root_pages(account.root).value();
  auto page = std::ranges::find_if(pages, [&](PageId id) { return account.pages.at(id).front() == 'P'; });
  ASSERT_NE(page, pages.end());
  EXPECT_EQ(account.log[1], shown[0]) << hex(account.log[1]);
  EXPECT_EQ(account.root, shown[1]) << hex(account.root);
  EXPECT_EQ(account.pages.at(*page), shown[2]) << hex(account.pages.at(*page));
  account.root = shown[1];
  account.pages[*page] = shown[2];
  account.reopen();
  account.load_all();
  SnapshotPtr read = read_by(AccountId(21), account.snapshot);
  EXPECT_TRUE(read->find("INBOX")->find_hot(Uid(1))->flags.has(SystemFlag::seen));
  EXPECT_EQ(read->find("INBOX")->unseen(), 1U);
}

TEST(Formats, OfChunksAreAsDocumented) {
  Documented documented;
  TestAccount& account = documented.account;
  account.checkpoint();
  const Chunk& chunk = *state_of(account.mailbox()).chunks.front();
  const Bytes& hot = account.pages.at(chunk.hot_page);
  const Bytes& cold = account.pages.at(chunk.cold_page);
  std::vector<Bytes> shown = examples("chunk.md");
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(hot, shown[0]) << hex(hot);
  EXPECT_EQ(cold, shown[1]) << hex(cold);
  auto read_hot = read_hot_page(shown[0], chunk);
  auto read_cold = read_cold_page(shown[1], chunk);
  ASSERT_TRUE(read_hot && read_cold);
  EXPECT_EQ((**read_hot)[0].begin()[1].uid, Uid(2));
  EXPECT_TRUE((**read_hot)[0].begin()[1].dead);
  EXPECT_EQ((*(**read_cold)[0])[0].internal_seconds, 1'700'000'000);
}

TEST(Formats, OfCardSegmentsAreAsDocumented) {
  Documented documented;
  TestAccount& account = documented.account;
  account.checkpoint();
  const Bytes& segment = account.pages.at(account.mailbox().find(Uid(1))->cold.card.segment);
  std::vector<Bytes> shown = examples("segment.md");
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(segment, shown[0]) << hex(segment);
  EXPECT_EQ(card_in_segment(shown[0], 1), "another");
}

}  // namespace
}  // namespace roost::mail
