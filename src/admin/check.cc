#include "admin/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "accounts/search_index.h"
#include "admin/card_check.h"
#include "mail/checkpoint.h"
#include "message/card.h"
#include "message/parser.h"

namespace roost::admin {
namespace {

constexpr uint64_t kPieceBytes = 256 * 1024;
constexpr size_t kBlobsPerListing = 10'000;
constexpr int kLoadsMax = 100;  // of everything, while other nodes write checkpoints

std::string name_of(BlobId id) { return fmt::format("body {}-{}", id.owner.value, id.serial); }

std::vector<MailboxId> mailbox_ids(const mail::Snapshot& snapshot) {
  std::vector<MailboxId> ids;
  snapshot.for_each_mailbox([&](const mail::Mailbox& mailbox) {
    ids.push_back(mailbox.id());
    return true;
  });
  return ids;
}

bool is_loaded(const mail::Snapshot& snapshot, MailboxId id) {
  auto mailbox = snapshot.find(id);
  if (!mailbox->missing_pages().empty()) return false;
  auto changes = mail::changes_since(*mailbox, mail::traces_floor(*mailbox));
  return !std::holds_alternative<mail::Need>(changes);
}

// A snapshot with the rows and traces of all mailboxes in memory. Another node's checkpoint may replace what has been
// loaded by pages that have not, so they are looked at once more together.
task<Result<mail::SnapshotPtr>> load_everything(accounts::Account& account) {
  for (int loads = 0; loads < kLoadsMax; ++loads) {
    for (MailboxId id : mailbox_ids(*account.snapshot())) {
      mail::SnapshotPtr snapshot = account.snapshot();
      auto mailbox = snapshot->find(id);
      if (!mailbox) continue;
      auto loaded = co_await account.load_changes(id, mail::traces_floor(*mailbox));
      if (!loaded && loaded.error().code != Code::nonexistent) co_return Fail(loaded.error());
    }
    mail::SnapshotPtr snapshot = account.snapshot();
    std::vector<MailboxId> ids = mailbox_ids(*snapshot);
    if (std::ranges::all_of(ids, [&](MailboxId id) { return is_loaded(*snapshot, id); })) co_return snapshot;
  }
  co_return no(Code::unavailable, "they do not stay in memory");
}

std::string name_of(const mail::Snapshot& snapshot, MailboxId id, Uid uid) {
  auto mailbox = snapshot.find(id);
  return fmt::format("mailbox {}, uid {}", mailbox ? mailbox->name() : std::to_string(id.value), uid.value);
}

// Every stored card by itself, and which of them wait for which body. One mailbox at a time, as rows take memory.
task<> check_cards(const mail::Snapshot& snapshot, StoredCards& cards, CheckReport& report) {
  for (MailboxId id : mailbox_ids(snapshot)) {
    std::vector<mail::Cold> rows;
    snapshot.find(id)->for_each(Uid(1), Uid(UINT32_MAX), [&](const mail::Cold& row, const mail::Hot&) {
      rows.push_back(row);
      return true;
    });
    for (const mail::Cold& row : rows) {
      auto taken = co_await cards.take(id, row);
      if (!taken) report.problem(fmt::format("{}: the card {}", name_of(snapshot, id, row.uid), taken.error().text));
      ++report.cards;
    }
  }
}

// Every block's checksum, that the body is as long as its row says, and the card that is made of it where one is
// wanted. Parses without the guard of accounts/: what may not be parsed has an opaque card, for which nobody asks.
task<Result<Bytes>> read_body(store::AccountStore& store, BlobId id, uint64_t size, bool card_wanted) {
  message::Parser parser;
  for (uint64_t at = 0; at <= size; at += kPieceBytes) {
    store::Range range{at, kPieceBytes};
    ROOST_CO_TRY(Bytes piece, co_await store.get_blob(id, range));
    uint64_t expected = std::min(kPieceBytes, size - at);
    if (piece.size() != expected) {
      co_return fault(fmt::format("is {} bytes long and should be {}", at + piece.size(), size), Code::corruption);
    }
    if (card_wanted) parser.feed(piece);
  }
  if (!card_wanted) co_return Bytes();
  co_return message::encode_card(message::make_card(parser.finish()));
}

task<> check_body(Services& services, const mail::Snapshot& snapshot, BlobId id, uint64_t size,
                  const StoredCards& cards, CheckReport& report) {
  const std::vector<AwaitedCard>* awaited = cards.awaiting(id);
  auto card = co_await read_body(services.store, id, size, awaited != nullptr);
  ++report.bodies;
  report.body_bytes += size;
  if (!card) {
    report.problem(fmt::format("{}: {}", name_of(id), card.error().text));
  } else if (awaited != nullptr) {
    for (const AwaitedCard& stored : *awaited) {
      if (stored.stored == CardDigest::of(*card)) continue;
      report.problem(name_of(snapshot, stored.mailbox, stored.uid) + ": the card is not the one that its body gives");
    }
  }
}

// What lies in the store and no message needs: in its retention time or set aside for an upload, or simply left.
task<Result<>> count_unneeded(Services& services, const mail::Snapshot& snapshot, AccountId id,
                              const std::map<BlobId, uint64_t>& needed, CheckReport& report) {
  std::set<BlobId> known;
  mail::for_each_unneeded_blob(snapshot, [&](BlobId blob) { known.insert(blob); });
  for (uint64_t after = 0;;) {
    ROOST_CO_TRY(auto blobs, co_await services.store.list_blobs(id, after, kBlobsPerListing));
    for (const store::BlobInfo& blob : blobs) {
      if (needed.contains(blob.id)) continue;
      ++(known.contains(blob.id) ? report.retained : report.orphans);
    }
    if (blobs.size() < kBlobsPerListing) break;
    after = blobs.back().id.serial;
  }
  co_return Result<>{};
}

}  // namespace

void CheckReport::problem(std::string what) {
  if (problems.size() < kProblemsMax) problems.push_back(std::move(what));
}

void CheckReport::add(const CheckReport& other) {
  mailboxes += other.mailboxes;
  messages += other.messages;
  cards += other.cards;
  bodies += other.bodies;
  body_bytes += other.body_bytes;
  retained += other.retained;
  orphans += other.orphans;
  for (const std::string& p : other.problems) problem(p);
}

task<CheckReport> check_account(Services& services, AccountId id) {
  CheckReport report;
  auto account = co_await services.accounts.open(id);
  if (!account) {
    report.problem("it cannot be opened: " + account.error().text);
    co_return report;
  }
  auto snapshot = co_await load_everything(**account);
  if (!snapshot) {
    report.problem("its rows cannot be loaded: " + snapshot.error().text);
    co_return report;
  }
  report.mailboxes = (*snapshot)->mailbox_count();
  report.messages = (*snapshot)->messages();
  for (std::string& problem : mail::check_snapshot(**snapshot)) report.problem(std::move(problem));

  std::map<BlobId, uint64_t> needed;
  mail::for_each_blob(**snapshot, [&](BlobId blob, uint64_t size) { needed[blob] = size; });
  StoredCards cards(services.store, id);
  co_await check_cards(**snapshot, cards, report);
  for (const auto& [blob, size] : needed) co_await check_body(services, **snapshot, blob, size, cards, report);
  auto index = co_await accounts::check_index(*account);
  if (!index) report.problem("its search index cannot be read: " + index.error().text);
  for (std::string& problem : index.value_or(std::vector<std::string>())) {
    report.problem(std::move(problem) + " (roost index rebuild makes it anew)");
  }
  auto counted = co_await count_unneeded(services, **snapshot, id, needed, report);
  if (!counted) report.problem("its bodies cannot be listed: " + counted.error().text);
  co_return report;
}

}  // namespace roost::admin
