#include "store/memory/node.h"

namespace roost::store {
namespace {

constexpr uint64_t kBlockBytes = uint64_t{64} << 10;

task<> notify_later(rt::Loop* loop, CorePtr core, Millis delay, AccountId account, Position position) {
  co_await loop->sleep(delay);
  core->disk->watchers().notify(account, position);
}

void give_hint(const CorePtr& core, AccountId account, Position position) {
  if (core->faults.lost_hint()) return;
  Millis delay = core->faults.hint_delay();
  rt::Loop* loop = rt::Loop::current();
  if (delay.count() == 0 || loop == nullptr) {
    core->disk->watchers().notify(account, position);
  } else {
    rt::spawn(*loop, notify_later(loop, core, delay, account, position));
  }
}

void maybe_tear(NodeCore& core, BlobId id, uint64_t size) {
  if (size == 0 || !core.faults.torn_blob()) return;
  uint64_t blocks = (size + kBlockBytes - 1) / kBlockBytes;
  uint64_t offset = core.faults.below(blocks) * kBlockBytes;
  core.disk->damage(id.owner, [&](MemoryAccount& account) {
    auto it = account.blobs.find(id.serial);
    return it != account.blobs.end() && it->second.damage(offset);
  });
}

// The outcome without the crash that may follow it.
Committed commit_with_faults(NodeCore& core, AccountId account, Commit commit) {
  if (core.faults.unavailable()) return {Outcome::unavailable, {}, {}};
  auto what = core.faults.commit_fault();
  if (what == Faults::CommitFault::conflict) return {Outcome::conflict, {}, {}};
  if (what == Faults::CommitFault::unknown_not_stored) return {Outcome::unknown, {}, {}};
  rt::Loop* loop = rt::Loop::current();
  if (what == Faults::CommitFault::unknown_late && loop != nullptr) {
    core.disk->hold_back(account, std::move(commit), loop->clock().now());
    return {Outcome::unknown, {}, {}};
  }
  std::vector<std::pair<BlobId, uint64_t>> blobs;
  blobs.reserve(commit.blobs.size());
  for (const NewBlob& blob : commit.blobs) blobs.emplace_back(blob.id, blob.data.size());
  Committed done = core.disk->commit(account, std::move(commit));
  if (done.outcome != Outcome::ok) return done;
  for (auto [id, size] : blobs) maybe_tear(core, id, size);
  if (what == Faults::CommitFault::unknown_stored) return {Outcome::unknown, {}, {}};
  return done;
}

task<Committed> run_commit(CorePtr core, AccountId account, Commit commit) {
  if (core->crashed || !co_await core->step()) co_return Committed{Outcome::unavailable, {}, {}};
  Position next = commit.expect.next();
  Committed done = commit_with_faults(*core, account, std::move(commit));
  if (!co_await core->step()) co_return Committed{Outcome::unknown, {}, {}};
  if (done.outcome == Outcome::ok || done.outcome == Outcome::unknown) give_hint(core, account, next);
  co_return done;
}

// Holds the pieces until finish(): a crash before that leaves nothing.
class MemoryBlobWriter : public BlobWriter {
 public:
  MemoryBlobWriter(CorePtr core, BlobId id) : core_(std::move(core)), id_(id) {}

  task<Result<>> write(Bytes piece) override { return run_write(this, std::move(piece)); }
  task<Result<>> finish() override {
    return call_node<void>(core_, [id = id_, data = std::move(data_)](NodeCore& core) mutable -> Result<> {
      uint64_t size = data.size();
      ROOST_TRY_VOID(core.disk->put_blob(id, std::move(data)));
      maybe_tear(core, id, size);
      return {};
    });
  }

 private:
  static task<Result<>> run_write(MemoryBlobWriter* self, Bytes piece) {
    if (self->core_->crashed || !co_await self->core_->step()) {
      co_return fault("the store is unavailable", Code::unavailable);
    }
    self->data_ += piece;
    co_return Result<>();
  }

  CorePtr core_;
  BlobId id_;
  Bytes data_;
};

}  // namespace

void NodeCore::crash() {
  crashed = true;
  disk->watchers().forget(this);
}

task<bool> NodeCore::step() {
  if (rt::Loop* loop = rt::Loop::current()) {
    Millis delay = faults.delay();
    if (delay.count() > 0) {
      co_await loop->sleep(delay);
    } else {
      co_await loop->yield();
    }
  }
  if (!crashed && faults.step()) crash();
  co_return !crashed;
}

task<Committed> MemoryNode::commit(AccountId account, Commit commit) {
  return run_commit(core_, account, std::move(commit));
}

task<Result<std::unique_ptr<BlobWriter>>> MemoryNode::create_blob(BlobId id, uint64_t) {
  return call_node<std::unique_ptr<BlobWriter>>(core_,
                                                [core = core_, id](NodeCore&) -> Result<std::unique_ptr<BlobWriter>> {
                                                  return std::make_unique<MemoryBlobWriter>(core, id);
                                                });
}

task<Result<Bytes>> MemoryNode::get_blob(BlobId id, Range range) {
  return call_node<Bytes>(core_, [id, range](NodeCore& core) { return core.disk->get_blob(id, range); });
}

namespace {

task<std::vector<Result<Bytes>>> run_get_blobs(CorePtr core, std::vector<AccountStore::BlobRange> blobs) {
  std::vector<Result<Bytes>> out;
  bool up = !core->crashed && co_await core->step() && !core->faults.unavailable();
  for (const auto& blob : blobs) {
    if (up) {
      out.push_back(core->disk->get_blob(blob.id, blob.range));
    } else {
      out.emplace_back(fault("the store is unavailable", Code::unavailable));
    }
  }
  co_return out;
}

}  // namespace

task<std::vector<Result<Bytes>>> MemoryNode::get_blobs(std::vector<BlobRange> blobs) {
  return run_get_blobs(core_, std::move(blobs));
}

Watch MemoryNode::watch(AccountId account, WatchCallback callback) {
  return core_->disk->watchers().add(account, core_.get(), std::move(callback));
}

MemoryDisk::MemoryDisk() : state_(std::make_shared<MemoryDiskState>()) {}
MemoryDisk::~MemoryDisk() = default;

std::unique_ptr<MemoryStore> MemoryDisk::attach(FaultPlan plan) { return std::make_unique<MemoryNode>(state_, plan); }

uint64_t MemoryDisk::writes() const { return state_->writes(); }

bool MemoryDisk::carry_out_late(TimePoint now, Seconds age_max) { return state_->carry_out_late(now, age_max); }

void MemoryDisk::set_space(Space space) { state_->set_space(space); }

bool MemoryDisk::damage_blob(BlobId id, uint64_t offset) {
  return state_->damage(id.owner, [&](MemoryAccount& account) {
    auto it = account.blobs.find(id.serial);
    return it != account.blobs.end() && it->second.damage(offset);
  });
}

bool MemoryDisk::damage_page(AccountId account, PageId page) {
  return state_->damage(account, [&](MemoryAccount& a) { return a.pages.contains(page) && a.pages[page].damage(0); });
}

bool MemoryDisk::damage_root(AccountId account) {
  return state_->damage(account, [](MemoryAccount& a) { return a.root.damage(0); });
}

bool MemoryDisk::damage_record(AccountId account, Position position) {
  return state_->damage(account,
                        [&](MemoryAccount& a) { return a.log.contains(position) && a.log[position].record.damage(0); });
}

}  // namespace roost::store
