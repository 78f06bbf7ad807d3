#include "store/rocksdb/committer.h"

#include <algorithm>
#include <random>
#include <utility>

#include "base/log.h"
#include "base/planted.h"
#include "store/rocksdb/fatal.h"

namespace roost::store {
namespace {

// A loop resumes at most this many waiters before it lets others run.
constexpr size_t kResumedAtOnceMax = 32;

rocksdb::Slice slice(BytesView view) { return {view.data(), view.size()}; }

void resume_some(rt::Loop* loop, std::vector<std::coroutine_handle<>> waiters) {
  size_t now = std::min(waiters.size(), kResumedAtOnceMax);
  std::vector<std::coroutine_handle<>> rest(waiters.begin() + static_cast<ptrdiff_t>(now), waiters.end());
  if (!rest.empty()) {
    loop->post([loop, rest = std::move(rest)]() mutable { resume_some(loop, std::move(rest)); });
  }
  for (size_t i = 0; i < now; ++i) waiters[i].resume();
}

}  // namespace

void Group::begin(const WalMark& mark) { batch_.PutLogData(slice(encode_mark(mark))); }

void Group::put(Family family, BytesView key, BytesView value) {
  batch_.Put(tables_.family(family), slice(key), slice(value));
}

void Group::remove(Family family, BytesView key) { batch_.Delete(tables_.family(family), slice(key)); }

void Group::remove_range(Family family, BytesView begin, BytesView end) {
  batch_.DeleteRange(tables_.family(family), slice(begin), slice(end));
  ++range_deletions_[static_cast<size_t>(family)];
}

Result<Head> Group::head(AccountId account) {
  if (auto known = heads_.find(account)) return *known;
  ROOST_TRY(Head head, load_head(tables_, account));
  heads_.set(account, head);
  return head;
}

void Group::set_head(AccountId account, const Head& head) {
  heads_.set(account, head);
  changed_.push_back(account);
}

void Group::forget_heads() {
  for (AccountId account : changed_) heads_.forget(account);
}

Committer::Committer(Tables& tables, Heads& heads, Watchers& watchers, SpaceGuard& space, size_t group_bytes_max)
    : tables_(tables), heads_(heads), watchers_(watchers), space_(space), group_bytes_max_(group_bytes_max) {
  std::random_device random;
  mark_.epoch = (uint64_t{random()} << 32) | random();
  thread_ = std::thread([this] { run(); });
}

Committer::~Committer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::enqueue(Request* request) {
  if (request->home_ == nullptr) die("a write", "called from outside of any loop");
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    incoming_.push_back(request);
    wake = idle_;
  }
  if (wake) wake_.notify_one();
}

void Committer::run() {
  ::pthread_setname_np(::pthread_self(), "committer");
  while (take_incoming()) {
    write_group();
    if (pending_.empty() && nothing_incoming()) write_seal();
  }
}

// Waits where there is nothing to do; false where there never will be.
bool Committer::take_incoming() {
  std::unique_lock lock(mutex_);
  if (pending_.empty()) {
    idle_ = true;
    wake_.wait(lock, [this] { return stopping_ || !incoming_.empty(); });
    idle_ = false;
  }
  pending_.insert(pending_.end(), incoming_.begin(), incoming_.end());
  incoming_.clear();
  return !pending_.empty();
}

bool Committer::nothing_incoming() {
  std::lock_guard lock(mutex_);
  return incoming_.empty();
}

void Committer::write_group() {
  heads_.bound();
  Group group(tables_, heads_);
  group.begin({mark_.epoch, mark_.number + 1, mark_.synced});
  std::vector<Request*> done;
  std::vector<Request*> written;
  bool synced = gather(group, written, done);
  if (planted(Bug::answered_before_the_write)) {
    for (Request* request : written) request->state_ = Request::State::written;
    resume(written);
    if (!written.empty()) store(group, synced);
    written.clear();
  }
  if (!written.empty()) {
    Request::State state = store(group, synced);
    for (Request* request : written) request->state_ = state;
    done.insert(done.end(), written.begin(), written.end());
    if (state != Request::State::written) group.forget_heads();
  }
  bool stored = !written.empty() && written.front()->state_ == Request::State::written;
  resume(done);  // from here on the requests are gone
  if (!stored) return;
  for (auto [account, position] : group.hints()) watchers_.notify(account, position);
}

// Moves what fits from the queue into the group; true where somebody in it needs the sync.
bool Committer::gather(Group& group, std::vector<Request*>& written, std::vector<Request*>& done) {
  Room room = space_.room();
  bool synced = false;
  while (!pending_.empty()) {
    Request* request = pending_.front();
    if (!written.empty() && group.bytes() + request->bytes_ > group_bytes_max_) break;
    if (request->needs_ > room) {
      request->state_ = request->needs_ == Room::plenty ? Request::State::full : Request::State::unavailable;
      done.push_back(request);
    } else {
      Request::Verdict verdict = request->prepare(group);
      if (verdict == Request::Verdict::later) break;
      if (verdict == Request::Verdict::refuse) request->state_ = Request::State::refused;
      if (verdict == Request::Verdict::write) synced |= request->synced_;
      (verdict == Request::Verdict::write ? written : done).push_back(request);
    }
    pending_.pop_front();
  }
  return synced;
}

Request::State Committer::store(Group& group, bool synced) {
  if (tables_.refuses_writes()) return Request::State::unavailable;
  rocksdb::WriteOptions options;
  options.sync = synced && !planted(Bug::commit_not_synced);
  rocksdb::Status status = tables_.db().Write(options, &group.batch());
  if (!status.ok()) {
    // Refused before it reached the log, because of what a flush or compaction met just now.
    if (tables_.refuses_writes()) return Request::State::unavailable;
    if (planted(Bug::failed_sync_forgotten)) return Request::State::written;
    die("a write", status.ToString());
  }
  ++mark_.number;
  if (synced) mark_.synced = mark_.number;
  tables_.note_range_deletions(group.range_deletions());
  return Request::State::written;
}

// After the last group for now, an unsynced batch of nothing but its mark. It is evidence that the group was synced:
// without it, damage to the last group would look like a torn tail.
void Committer::write_seal() {
  if (mark_.synced != mark_.number || mark_.number == 0) return;
  Group seal(tables_, heads_);
  seal.begin({mark_.epoch, mark_.number + 1, mark_.synced});
  store(seal, false);
}

void Committer::resume(const std::vector<Request*>& done) {
  std::vector<std::pair<rt::Loop*, std::vector<std::coroutine_handle<>>>> loops;
  for (Request* request : done) {
    auto it = std::ranges::find(loops, request->home_, [](const auto& item) { return item.first; });
    if (it == loops.end()) it = loops.insert(loops.end(), {request->home_, {}});
    it->second.push_back(request->waiter_);
  }
  for (auto& [home, handles] : loops) {
    home->post([loop = home, waiters = std::move(handles)]() mutable { resume_some(loop, std::move(waiters)); });
  }
}

}  // namespace roost::store
