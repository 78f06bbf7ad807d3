#include <fmt/format.h>

#include <algorithm>

#include "accounts/grants.h"
#include "accounts/random.h"
#include "admin/restore.h"
#include "mail/rebase.h"
#include "rt/gather.h"

namespace roost::admin {
namespace {

constexpr uint64_t kPieceBytes = 256 * 1024;
constexpr size_t kBlobsPerListing = 1'000;
constexpr size_t kPagesAtOnce = 16;
constexpr size_t kBlobsAtOnce = 64;  // small ones share a synced write
constexpr uint64_t kBlobsPerReport = 10'000;

task<Result<>> copy_blob(store::AccountStore& from, BlobId source, store::AccountStore& to, BlobId target,
                         uint64_t size) {
  ROOST_CO_TRY(auto writer, co_await to.create_blob(target, size));
  for (uint64_t at = 0; at < size; at += kPieceBytes) {
    store::Range range{at, kPieceBytes};
    ROOST_CO_TRY(Bytes piece, co_await from.get_blob(source, range));
    ROOST_CO_TRY_VOID(co_await writer->write(std::move(piece)));
  }
  co_return co_await writer->finish();
}

// Those that are damaged.
task<Result<std::vector<BlobId>>> copy_together(store::AccountStore& from, std::span<const store::BlobInfo> blobs,
                                                store::AccountStore& to, AccountId target) {
  std::vector<task<Result<>>> work;
  for (const store::BlobInfo& blob : blobs) {
    BlobId id{target, blob.id.serial};
    work.push_back(copy_blob(from, blob.id, to, id, blob.size));
  }
  std::vector<Result<>> done = co_await rt::gather(std::move(work));
  std::vector<BlobId> damaged;
  for (size_t i = 0; i < done.size(); ++i) {
    if (done[i]) continue;
    if (done[i].error().code != Code::corruption) co_return Fail(done[i].error());
    damaged.push_back(blobs[i].id);
  }
  co_return damaged;
}

// A damaged body is said, and the others come. How many there are.
task<Result<uint64_t>> copy_blobs(VerbRun run, store::AccountStore& from, AccountId source, AccountId target) {
  uint64_t copied = 0;
  uint64_t damaged = 0;
  for (uint64_t after = 0;;) {
    ROOST_CO_TRY(auto blobs, co_await from.list_blobs(source, after, kBlobsPerListing));
    for (size_t at = 0; at < blobs.size(); at += kBlobsAtOnce) {
      auto some = std::span(blobs).subspan(at, std::min(kBlobsAtOnce, blobs.size() - at));
      ROOST_CO_TRY(auto bad, co_await copy_together(from, some, run.services.store, target));
      for (BlobId id : bad) co_await run.say(fmt::format("Body {} of the backup is damaged.\n", id.serial));
      damaged += bad.size();
    }
    copied += blobs.size();
    if (blobs.size() < kBlobsPerListing) co_return damaged;
    if (copied % kBlobsPerReport == 0) co_await run.say(fmt::format("{} bodies …\n", copied));
    after = blobs.back().id.serial;
  }
}

// Some pages at a time, each with the root that names all of them: nobody opens the account before the last is there.
task<Result<>> copy_checkpoint(store::AccountStore& from, AccountId source, store::AccountStore& to, AccountId target,
                               Bytes root) {
  ROOST_CO_TRY(Bytes rebased, mail::rebased_root(root, target));
  ROOST_CO_TRY(auto ids, co_await from.list_pages(source));
  Generation generation;
  for (size_t at = 0; at < ids.size() || generation.value == 0; at += kPagesAtOnce) {
    auto some = std::span(ids).subspan(at, std::min(kPagesAtOnce, ids.size() - at));
    ROOST_CO_TRY(auto data, co_await from.get_pages(source, some));
    std::vector<store::NewPage> pages;
    for (size_t i = 0; i < data.size(); ++i) pages.push_back({some[i], std::move(data[i])});
    ROOST_CO_TRY(bool first, co_await to.checkpoint(target, generation, store::Root{Position(0), rebased}, pages));
    if (!first) co_return no(Code::in_use, "the account is there already");
    generation = generation.next();
  }
  co_return Result<>();
}

task<Result<>> copy_log(store::AccountStore& to, AccountId target, std::vector<store::LogRecord> records) {
  Position at;
  for (store::LogRecord& record : records) {
    store::Commit commit{at, accounts::random_commit_id(), std::move(record.record), {}, true};
    auto committed = co_await to.commit(target, std::move(commit));
    if (committed.outcome != store::Outcome::ok) co_return no(Code::unavailable, "the store takes no changes now");
    at = committed.position;
  }
  co_return Result<>();
}

struct PrivateEntry {
  std::optional<std::string> mailbox;
  std::string name;
  Bytes value;
};

// Annotations that only their user sees name him by his account.
task<Result<>> move_private_annotations(accounts::Account& account, AccountId from, AccountId to) {
  std::vector<PrivateEntry> entries;
  mail::SnapshotPtr snapshot = account.snapshot();
  auto gather = [&](MailboxId id, std::optional<std::string> mailbox) {
    snapshot->for_each_metadata(
        id, from, "", [&](const std::string& name, const Bytes& value) { entries.push_back({mailbox, name, value}); });
  };
  gather(MailboxId(0), std::nullopt);
  snapshot->for_each_mailbox([&](const mail::Mailbox& mailbox) {
    gather(mailbox.id(), mailbox.name());
    return true;
  });
  for (PrivateEntry& entry : entries) {
    mail::SetMetadata set;
    set.mailbox = entry.mailbox;
    set.entries.push_back({from, entry.name, std::nullopt});
    set.entries.push_back({to, entry.name, std::move(entry.value)});
    ROOST_CO_TRY_VOID(co_await account.execute(std::move(set)));
  }
  co_return Result<>();
}

}  // namespace

task<Result<uint64_t>> import_account(VerbRun run, StagedStore& staged, ImportedAccount which, LostTime lost) {
  store::AccountStore& live = run.services.store;
  auto [from, to, name] = which;
  ROOST_CO_TRY(uint64_t damaged, co_await copy_blobs(run, staged.store(), from, to));
  ROOST_CO_TRY(auto opened, co_await staged.store().open(from));
  if (!opened.root.empty()) {
    ROOST_CO_TRY_VOID(co_await copy_checkpoint(staged.store(), from, live, to, std::move(opened.root)));
  }
  ROOST_CO_TRY_VOID(co_await copy_log(live, to, std::move(opened.tail)));
  ROOST_CO_TRY(auto account, co_await run.services.accounts.open(to));
  ROOST_CO_TRY_VOID(co_await move_private_annotations(*account, from, to));
  mail::Jump jump = jump_over(lost, run.services.clock.wall().seconds);
  ROOST_CO_TRY_VOID(co_await account->execute(std::move(jump)));
  ROOST_CO_TRY_VOID(co_await accounts::note_grants(run.services.accounts, account, name));
  mail::SnapshotPtr snapshot = account->snapshot();
  co_await run.say(
      fmt::format("Restored {} mailboxes with {} messages.\n", snapshot->mailbox_count(), snapshot->messages()));
  Json json = {{"mailboxes", snapshot->mailbox_count()}, {"messages", snapshot->messages()}, {"damaged", damaged}};
  co_await run.print(std::move(json));
  co_return damaged;
}

}  // namespace roost::admin
