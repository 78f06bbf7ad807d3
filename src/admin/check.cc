#include "admin/check.h"

#include <fmt/format.h>

#include <map>

#include "mail/checkpoint.h"

namespace roost::admin {
namespace {

constexpr uint64_t kPieceBytes = 256 * 1024;
constexpr size_t kBlobsPerListing = 10'000;

std::string name_of(BlobId id) { return fmt::format("body {}-{}", id.owner.value, id.serial); }

// The newest snapshot with the rows of all mailboxes in memory.
task<Result<mail::SnapshotPtr>> load_everything(accounts::Account& account) {
  std::vector<MailboxId> ids;
  account.snapshot()->for_each_mailbox([&](const mail::Mailbox& mailbox) {
    ids.push_back(mailbox.id());
    return true;
  });
  for (MailboxId id : ids) {
    auto loaded = co_await account.load(id);
    if (!loaded && loaded.error().code != Code::nonexistent) co_return Fail(loaded.error());
  }
  co_return account.snapshot();
}

// Every block's checksum, and that the body is as long as its row says.
task<Result<>> read_body(store::AccountStore& store, BlobId id, uint64_t size) {
  for (uint64_t at = 0; at <= size; at += kPieceBytes) {
    store::Range range{at, kPieceBytes};
    ROOST_CO_TRY(Bytes piece, co_await store.get_blob(id, range));
    uint64_t expected = std::min(kPieceBytes, size - at);
    if (piece.size() != expected) {
      co_return fault(fmt::format("is {} bytes long and should be {}", at + piece.size(), size), Code::corruption);
    }
  }
  co_return Result<>{};
}

task<Result<>> count_orphans(Services& services, AccountId id, const std::map<BlobId, uint64_t>& named,
                             CheckReport& report) {
  for (uint64_t after = 0;;) {
    ROOST_CO_TRY(auto blobs, co_await services.store.list_blobs(id, after, kBlobsPerListing));
    for (const store::BlobInfo& blob : blobs) {
      if (!named.contains(blob.id)) ++report.orphans;
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
  bodies += other.bodies;
  body_bytes += other.body_bytes;
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

  std::map<BlobId, uint64_t> named;
  mail::for_each_blob(**snapshot, [&](BlobId blob, uint64_t size) { named[blob] = size; });
  for (const auto& [blob, size] : named) {
    auto read = co_await read_body(services.store, blob, size);
    if (!read) report.problem(fmt::format("{}: {}", name_of(blob), read.error().text));
    ++report.bodies;
    report.body_bytes += size;
  }
  auto counted = co_await count_orphans(services, id, named, report);
  if (!counted) report.problem("its bodies cannot be listed: " + counted.error().text);
  co_return report;
}

}  // namespace roost::admin
