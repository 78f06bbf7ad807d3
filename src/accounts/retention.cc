#include "accounts/retention.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/planted.h"

namespace roost::accounts {
namespace {

constexpr size_t kBlobsPerListing = 10'000;
constexpr int64_t kWeighSeconds = 3600;
constexpr uint64_t kDeadBodyBytesGuessed = 32 * 1024;  // where no live message says how large they are

// The time before which everything must go, so that what died since weighs no more than `bytes_max`. What died at one
// time goes together: a message's card never without its body.
int64_t cut_for(const std::map<int64_t, uint64_t>& bytes_by_time, uint64_t bytes_max) {
  uint64_t sum = 0;
  for (auto at = bytes_by_time.rbegin(); at != bytes_by_time.rend(); ++at) {
    sum += at->second;
    if (sum > bytes_max) return at->first + 1;
  }
  return INT64_MIN;
}

uint64_t retained_bytes_max(const AccountsConfig& config, const mail::Snapshot& snapshot) {
  uint64_t share = snapshot.bytes() / 100 * config.retained_percent_max;
  return std::max(share, config.retained_bytes_min);
}

uint64_t dead_blobs(const mail::Snapshot& snapshot, int64_t died_from = INT64_MIN) {
  uint64_t count = 0;
  mail::for_each_dead_blob(snapshot, [&](BlobId, int64_t time) { count += time >= died_from ? 1 : 0; });
  return count;
}

// Listing what an account has is not done with every checkpoint: once in an hour, and when so many more have died that,
// if they are as large as the others, they weigh a quarter of what may be kept.
bool is_weighing_due(OpenAccount& account, const mail::Snapshot& snapshot, int64_t now) {
  if (now - account.weighed_at >= kWeighSeconds) return true;
  uint64_t each = snapshot.messages() == 0 ? kDeadBodyBytesGuessed : snapshot.bytes() / snapshot.messages();
  uint64_t dead = dead_blobs(snapshot);
  uint64_t more = dead - std::min(dead, account.dead_when_weighed);
  return more * each > retained_bytes_max(account.environment().config, snapshot) / 4;
}

task<Result<int64_t>> cut_by_weight(std::shared_ptr<OpenAccount> account, mail::SnapshotPtr snapshot) {
  Environment& env = account->environment();
  std::unordered_map<uint64_t, int64_t> died;
  mail::for_each_dead_blob(*snapshot, [&](BlobId blob, int64_t time) { died.emplace(blob.serial, time); });
  std::map<int64_t, uint64_t> bytes_by_time;
  for (uint64_t after = 0; !died.empty();) {
    ROOST_CO_TRY(auto blobs, co_await env.store.list_blobs(account->id(), after, kBlobsPerListing));
    for (const store::BlobInfo& blob : blobs) {
      auto found = died.find(blob.id.serial);
      if (found != died.end()) bytes_by_time[found->second] += blob.size;
    }
    if (blobs.size() < kBlobsPerListing) break;
    after = blobs.back().id.serial;
  }
  co_return cut_for(bytes_by_time, retained_bytes_max(env.config, *snapshot));
}

}  // namespace

mail::RetentionTimes retention_times(const Environment& env) {
  const AccountsConfig& config = env.config;
  auto shrunk = [&](int64_t seconds) { return seconds * env.retention_permille.load() / 1000; };
  return {.now = env.wall_seconds(),
          .expunged_rows_seconds = shrunk(config.retention_seconds),
          .of_uses = {{"Drafts", shrunk(config.retention_drafts_seconds)},
                      {"Junk", shrunk(config.retention_junk_seconds)},
                      {"Trash", shrunk(config.retention_trash_seconds)}}};
}

task<Result<std::vector<BlobId>>> blobs_to_collect(std::shared_ptr<OpenAccount> account) {
  Environment& env = account->environment();
  mail::SnapshotPtr snapshot = account->snapshot();
  mail::RetentionTimes times = retention_times(env);
  bool all = times.expunged_rows_seconds == 0;  // of this second too
  int64_t dead_before = times.now - times.expunged_rows_seconds + (all ? 1 : 0);
  if (is_weighing_due(*account, *snapshot, times.now)) {
    ROOST_CO_TRY(int64_t cut, co_await cut_by_weight(account, snapshot));
    dead_before = std::max(dead_before, cut);
    account->weighed_at = times.now;
    account->dead_when_weighed = dead_blobs(*snapshot, dead_before);
  }
  if (planted(Bug::retention_forgotten)) dead_before = times.now + 1;
  co_return mail::collectable_blobs(*snapshot, dead_before, times.now - env.config.abandoned_upload_seconds);
}

task<Result<std::vector<BlobId>>> blobs_let_go_early(std::shared_ptr<OpenAccount> account) {
  Environment& env = account->environment();
  mail::SnapshotPtr snapshot = account->snapshot();
  mail::RetentionTimes times = retention_times(env);
  for (;;) {
    auto outcome = co_await env.pool.run([&] { return mail::expired_blobs(*snapshot, times); });
    if (auto* blobs = std::get_if<std::vector<BlobId>>(&outcome)) co_return std::move(*blobs);
    std::vector<PageId> pages = std::get<mail::Need>(std::move(outcome)).pages;
    ROOST_CO_TRY(snapshot, co_await account->replica().with_needed(std::move(snapshot), std::move(pages)));
  }
}

}  // namespace roost::accounts
