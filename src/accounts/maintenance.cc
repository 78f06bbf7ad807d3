#include "accounts/maintenance.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <utility>

#include "accounts/index_keeping.h"
#include "accounts/retention.h"
#include "base/log.h"
#include "mail/checkpoint.h"

namespace roost::accounts {
namespace {

constexpr size_t kCollectBlobsAtOnce = 1'000;  // by one commit
constexpr size_t kDeletePagesAtOnce = 1'000;
constexpr size_t kHistoryBytesAtOnce = 256 * 1024;
const std::string kCollector = "collector";

// Brings pages into memory one by one, and learns which are damaged. Where one is that was known to be, nothing can be
// done without it.
task<Result<mail::SnapshotPtr>> with_readable(std::shared_ptr<OpenAccount> account, mail::SnapshotPtr snapshot,
                                              std::vector<PageId> pages, std::set<PageId>& unreadable) {
  for (PageId page : pages) {
    std::vector<PageId> single(1, page);
    auto with = co_await account->replica().with_needed(snapshot, std::move(single));
    if (with) {
      snapshot = *std::move(with);
    } else if (with.error().code != Code::corruption || !unreadable.insert(page).second) {
      co_return Fail(with.error());
    }
  }
  co_return snapshot;
}

// A damaged page holds up nothing but what is on it.
task<Result<mail::Checkpoint>> make(std::shared_ptr<OpenAccount> account, mail::SnapshotPtr snapshot, Generation expect,
                                    mail::RetentionTimes times) {
  Environment& env = account->environment();
  std::set<PageId> unreadable;
  for (;;) {
    auto outcome = co_await env.pool.run([&] { return mail::make_checkpoint(snapshot, times, unreadable); });
    if (auto* made = std::get_if<mail::Checkpoint>(&outcome)) co_return std::move(*made);
    std::vector<PageId> pages = std::get<mail::Need>(std::move(outcome)).pages;
    auto with = co_await account->replica().with_needed(snapshot, pages);
    if (!with && with.error().code == Code::corruption) {
      // Perhaps another node's checkpoint took pages away: then this one is in vain.
      ROOST_CO_TRY(auto newest, co_await env.store.since(account->id(), Position()));
      if (newest.generation != expect) co_return Fail(with.error());
      with = co_await with_readable(account, snapshot, std::move(pages), unreadable);
    }
    ROOST_CO_TRY(snapshot, std::move(with));
  }
}

void tell_of_unread(AccountId account, const mail::Checkpoint& checkpoint) {
  for (const std::string& name : checkpoint.unread) {
    log::error("damaged_history_dropped", {{"account", account.value}, {"mailbox", name}});
  }
}

task<Result<bool>> put(std::shared_ptr<OpenAccount> account, mail::Checkpoint& checkpoint, Generation expect) {
  std::vector<store::NewPage> pages;
  pages.reserve(checkpoint.pages.size());
  for (mail::CheckpointPage& page : checkpoint.pages) pages.push_back({page.id, std::move(page.data)});
  store::Root root{checkpoint.position, std::move(checkpoint.root)};
  co_return co_await account->environment().store.checkpoint(account->id(), expect, std::move(root), pages);
}

task<Result<>> make_and_put(std::shared_ptr<OpenAccount> account, mail::SnapshotPtr snapshot, Generation expect,
                            mail::RetentionTimes times) {
  Replica& replica = account->replica();
  ROOST_CO_TRY(auto checkpoint, co_await make(account, std::move(snapshot), expect, std::move(times)));
  ROOST_CO_TRY(bool first, co_await put(account, checkpoint, expect));
  if (first) tell_of_unread(account->id(), checkpoint);
  auto lock = co_await replica.log().lock();
  if (!first) co_return co_await replica.open();
  account->environment().counters.checkpoints.fetch_add(1, std::memory_order_relaxed);
  co_return co_await replica.adopt(std::move(checkpoint), expect.next());
}

// Pages that no checkpoint names: those that were so already long enough ago are deleted, the others are remembered.
task<Result<>> collect_pages(std::shared_ptr<OpenAccount> account, Orphans& orphans) {
  Environment& env = account->environment();
  int64_t now = env.wall_seconds();
  bool over = !orphans.pages.empty() && now - orphans.seen >= env.config.dropped_page_grace_seconds;
  if (!orphans.pages.empty() && !over) co_return Result<>();
  ROOST_CO_TRY(auto stored, co_await env.store.list_pages(account->id()));
  mail::CheckpointPages named = mail::checkpoint_pages(*account->snapshot());
  std::ranges::sort(stored);
  std::vector<PageId> unnamed;
  std::ranges::set_difference(stored, named.pages, std::back_inserter(unnamed));
  // Another node's checkpoint may be newer than our snapshot.
  std::erase_if(unnamed, [&](PageId page) { return page >= named.next; });
  std::vector<PageId> doomed;
  if (over) std::ranges::set_intersection(unnamed, orphans.pages, std::back_inserter(doomed));
  orphans = {now, {}};
  std::ranges::set_difference(unnamed, doomed, std::back_inserter(orphans.pages));
  for (size_t at = 0; at < doomed.size(); at += kDeletePagesAtOnce) {
    auto some = std::span(doomed).subspan(at, std::min(kDeletePagesAtOnce, doomed.size() - at));
    ROOST_CO_TRY_VOID(co_await env.store.delete_pages(account->id(), some));
  }
  co_return Result<>();
}

// What the collector has not read is kept, however old it says it is: nodes' clocks differ.
task<Result<>> trim_history(std::shared_ptr<OpenAccount> account) {
  Environment& env = account->environment();
  mail::RetentionTimes times = retention_times(env);
  int64_t before = times.now - times.expunged_rows_seconds;
  size_t bytes = 1;  // one record tells whether there is anything to do
  for (Position from;;) {
    ROOST_CO_TRY(auto records, co_await env.store.history(account->id(), from, bytes));
    Position last;
    bool all = !records.empty();
    for (const store::LogRecord& record : records) {
      auto time = mail::record_time(record.record);
      all = time && *time < before && record.position <= *account->collected_to;
      if (!all) break;
      last = record.position;
    }
    if (last.value == 0) co_return Result<>();
    ROOST_CO_TRY_VOID(co_await env.store.trim_history(account->id(), last));
    if (!all) co_return Result<>();
    from = last;
    bytes = kHistoryBytesAtOnce;
  }
}

// Deletes the blobs that these records forget.
task<Result<>> delete_forgotten(std::shared_ptr<OpenAccount> account, std::vector<store::LogRecord> records) {
  Environment& env = account->environment();
  ROOST_CO_TRY(auto blobs, co_await env.pool.run([&]() -> Result<std::vector<BlobId>> {
    std::vector<BlobId> all;
    for (const store::LogRecord& record : records) {
      ROOST_TRY(auto some, mail::forgotten_blobs(account->id(), record.record));
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }));
  if (!blobs.empty()) ROOST_CO_TRY_VOID(co_await delete_bodies(account, std::move(blobs)));
  co_return Result<>();
}

// The log forgets blobs before they are deleted. Whoever crashed in between left them behind, so the collector is a
// follower of the log: what stands after its position, whichever node wrote it, is deleted (again).
task<Result<>> resume_collection(std::shared_ptr<OpenAccount> account) {
  store::AccountStore& store = account->environment().store;
  if (!account->collected_to) {
    ROOST_CO_TRY(auto stored, co_await store.follower(kCollector, account->id()));
    account->collected_to = stored.value_or(Position());
  }
  Position at = *account->collected_to;
  for (bool more = true; more;) {
    ROOST_CO_TRY(auto news, co_await store.since(account->id(), at));
    more = news.reopen;
    std::vector<store::LogRecord> records = std::move(news.tail);
    if (more) {
      ROOST_CO_TRY(records, co_await store.history(account->id(), at, kHistoryBytesAtOnce));
      // Whoever trimmed it had deleted what it forgot.
      if (records.empty()) at = news.root_position;
    }
    if (!records.empty()) at = records.back().position;
    ROOST_CO_TRY_VOID(co_await delete_forgotten(account, std::move(records)));
  }
  if (at == *account->collected_to) co_return Result<>();
  ROOST_CO_TRY_VOID(co_await store.set_follower(kCollector, account->id(), at));
  account->collected_to = at;
  co_return Result<>();
}

// The log first: a blob that it still names is never deleted.
task<Result<>> delete_blobs(std::shared_ptr<OpenAccount> account, std::vector<BlobId> blobs) {
  Environment& env = account->environment();
  for (size_t at = 0; at < blobs.size(); at += kCollectBlobsAtOnce) {
    size_t count = std::min(kCollectBlobsAtOnce, blobs.size() - at);
    std::vector<BlobId> some(blobs.begin() + at, blobs.begin() + at + count);
    mail::ForgetBlobs forget{std::move(some)};
    auto result = co_await account->execute(std::move(forget));
    if (!result) co_return std::unexpected(result.error());
    std::vector<BlobId> forgotten = std::get<mail::Forgotten>(*std::move(result)).blobs;
    const size_t count_forgotten = forgotten.size();
    ROOST_CO_TRY_VOID(co_await delete_bodies(account, std::move(forgotten)));
    env.counters.collected_blobs.fetch_add(count_forgotten, std::memory_order_relaxed);
  }
  co_return Result<>();
}

task<Result<>> collect_blobs(std::shared_ptr<OpenAccount> account) {
  ROOST_CO_TRY(auto blobs, co_await blobs_to_collect(account));
  co_return co_await delete_blobs(account, std::move(blobs));
}

task<Result<>> checkpoint_with(std::shared_ptr<OpenAccount> account, mail::RetentionTimes times) {
  auto turn = co_await account->dropping().lock();
  Replica& replica = account->replica();
  mail::SnapshotPtr snapshot;
  Generation expect;
  {
    auto lock = co_await replica.log().lock();
    if (replica.tail_records() == 0 && !times.purge) co_return Result<>();
    snapshot = replica.snapshot();
    expect = replica.generation();
    replica.keep_records();
  }
  Result<> done = co_await make_and_put(account, std::move(snapshot), expect, std::move(times));
  replica.forget_kept_records();
  if (done || done.error().code != Code::corruption) co_return done;
  // Perhaps another node's checkpoint took pages away that ours still names: the next try starts from that one.
  auto lock = co_await replica.log().lock();
  ROOST_CO_TRY_VOID(co_await replica.open());
  co_return done;
}

}  // namespace

bool is_checkpoint_due(const AccountsConfig& config, const Replica& replica) {
  if (replica.tail_records() > config.tail_records_max) return true;
  if (replica.tail_bytes() <= config.tail_bytes_min) return false;
  return replica.tail_bytes() > mail::checkpoint_bytes(*replica.snapshot()) / 4;
}

task<Result<>> write_checkpoint(std::shared_ptr<OpenAccount> account) {
  // Where a page is damaged, what its mailbox let go of early goes with the rest, later.
  auto blobs = co_await blobs_let_go_early(account);
  if (!blobs && blobs.error().code != Code::corruption) co_return Fail(blobs.error());
  ROOST_CO_TRY_VOID(co_await resume_collection(account));
  if (blobs) ROOST_CO_TRY_VOID(co_await delete_blobs(account, *std::move(blobs)));
  co_return co_await checkpoint_with(account, retention_times(account->environment()));
}

task<Result<>> collect(std::shared_ptr<OpenAccount> account, Orphans& orphans) {
  ROOST_CO_TRY_VOID(co_await collect_pages(account, orphans));
  ROOST_CO_TRY_VOID(co_await resume_collection(account));
  ROOST_CO_TRY_VOID(co_await trim_history(account));
  co_return co_await collect_blobs(account);
}

task<Result<>> purge(std::shared_ptr<OpenAccount> account, Orphans& orphans) {
  Environment& env = account->environment();
  ROOST_CO_TRY_VOID(co_await resume_collection(account));
  std::vector<BlobId> dead;
  mail::for_each_dead_blob(*account->snapshot(), [&dead](BlobId blob, int64_t) { dead.push_back(blob); });
  ROOST_CO_TRY_VOID(co_await delete_blobs(account, std::move(dead)));
  mail::RetentionTimes times = retention_times(env);
  times.purge = true;
  ROOST_CO_TRY_VOID(co_await checkpoint_with(account, std::move(times)));
  ROOST_CO_TRY_VOID(co_await resume_collection(account));
  // No time of grace: whoever is reading an older checkpoint's pages moves on to this one.
  orphans.seen = INT64_MIN / 2;
  ROOST_CO_TRY_VOID(co_await collect_pages(account, orphans));
  orphans.seen = INT64_MIN / 2;
  ROOST_CO_TRY_VOID(co_await collect_pages(account, orphans));
  ROOST_CO_TRY_VOID(co_await env.store.trim_history(account->id(), *account->collected_to));
  co_return co_await env.store.compact(account->id());
}

}  // namespace roost::accounts
