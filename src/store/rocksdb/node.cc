// The log, checkpoints and history.
#include "store/rocksdb/node.h"

#include "base/planted.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/log_reads.h"
#include "store/rocksdb/requests.h"
#include "store/rocksdb/values.h"

namespace roost::store {

std::unique_ptr<AccountStore> make_node(std::shared_ptr<Engine> engine) {
  return std::make_unique<RocksdbNode>(std::move(engine));
}

task<Result<Opened>> RocksdbNode::open(AccountId account) {
  co_return co_await on_pool([account](Engine& engine) { return read_account(engine, account); });
}

namespace {

// What the planted bug of a body after its record takes out of a commit, to be written after it.
PlainRequest take_late_bodies(Commit& commit) {
  PlainRequest late;
  if (!planted(Bug::body_after_its_record)) return late;
  for (const NewBlob& blob : commit.blobs) {
    std::string key = keys::pair(blob.id.owner, blob.id.serial);
    late.put(Family::blobs, key, values::encode_blob(blob.data));
    late.put(Family::sizes, key, values::encode_number(blob.data.size()));
  }
  commit.blobs.clear();
  return late;
}

// The same of a checkpoint's pages.
PlainRequest take_late_pages(AccountId account, std::span<const NewPage>& pages) {
  PlainRequest late;
  if (!planted(Bug::page_after_its_root)) return late;
  for (const NewPage& page : pages) {
    late.put(Family::pages, keys::pair(account, page.id.value), values::encode_page(account, page.id, page.data));
  }
  pages = {};
  return late;
}

}  // namespace

task<Result<Opened>> RocksdbNode::since(AccountId account, Position position) {
  co_return co_await on_pool([account, position](Engine& engine) { return read_since(engine, account, position); });
}

task<Committed> RocksdbNode::commit(AccountId account, Commit commit) {
  PlainRequest late = take_late_bodies(commit);
  CommitRequest request(account, commit);
  Position expect = commit.expect;
  commit = Commit();  // its bytes are in the request
  co_await engine_->committer().submit(request);
  if (planted(Bug::body_after_its_record)) co_await engine_->committer().submit(late);
  Committed done = request.committed();
  if (done.outcome == Outcome::conflict) {
    auto missed = co_await since(account, expect);
    if (missed && !missed->reopen) done.missed = std::move(missed->tail);
  }
  co_return done;
}

namespace {

task<Result<bool>> write_checkpoint(Committer& committer, std::unique_ptr<CheckpointRequest> request,
                                    PlainRequest late) {
  co_await committer.submit(*request);
  if (planted(Bug::page_after_its_root)) co_await committer.submit(late);
  co_return request->result();
}

task<Result<>> write_plain(Committer& committer, PlainRequest request) {
  co_await committer.submit(request);
  co_return outcome(request);
}

}  // namespace

// Encodes before it becomes a coroutine: the span need not outlive the call.
task<Result<bool>> RocksdbNode::checkpoint(AccountId account, Generation expect, Root root,
                                           std::span<const NewPage> pages) {
  PlainRequest late = take_late_pages(account, pages);
  return write_checkpoint(engine_->committer(), std::make_unique<CheckpointRequest>(account, expect, root, pages),
                          std::move(late));
}

task<Result<>> RocksdbNode::delete_pages(AccountId account, std::span<const PageId> pages) {
  PlainRequest request;
  for (PageId page : pages) request.remove(Family::pages, keys::pair(account, page.value));
  return write_plain(engine_->committer(), std::move(request));
}

namespace {

task<Result<std::vector<Bytes>>> get_pages_of(Engine& engine, AccountId account, std::vector<PageId> pages) {
  co_return co_await engine.reads().run([&] { return read_pages(engine, account, pages); });
}

}  // namespace

task<Result<std::vector<Bytes>>> RocksdbNode::get_pages(AccountId account, std::span<const PageId> pages) {
  return get_pages_of(*engine_, account, {pages.begin(), pages.end()});
}

task<Result<std::vector<PageId>>> RocksdbNode::list_pages(AccountId account) {
  co_return co_await on_pool([account](Engine& engine) { return read_page_ids(engine, account); });
}

task<Result<std::vector<LogRecord>>> RocksdbNode::history(AccountId account, Position after, size_t bytes_max) {
  co_return co_await on_pool([=](Engine& engine) { return read_history(engine, account, after, bytes_max); });
}

task<Result<>> RocksdbNode::trim_history(AccountId account, Position position) {
  TrimRequest request(account, position);
  co_await engine_->committer().submit(request);
  co_return request.result();
}

Watch RocksdbNode::watch(AccountId account, WatchCallback callback) {
  return engine_->watchers().add(account, this, std::move(callback));
}

}  // namespace roost::store
