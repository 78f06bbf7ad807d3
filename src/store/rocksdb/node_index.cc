// The search index of accounts.
#include "store/rocksdb/blob_files.h"
#include "store/rocksdb/committer.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/node.h"
#include "store/rocksdb/requests.h"
#include "store/rocksdb/tables.h"
#include "store/rocksdb/values.h"

namespace roost::store {
namespace {

Result<IndexHead> read_head(Engine& engine, AccountId account) {
  ROOST_TRY(auto stored, engine.tables().get(Family::index, keys::pair(account, 0)));
  if (!stored) return IndexHead();
  return values::decode_index_root(account, *stored);
}

Result<std::vector<std::optional<Bytes>>> read_index_pages(Engine& engine, AccountId account,
                                                           const std::vector<PageId>& pages) {
  std::vector<std::string> keys;
  keys.reserve(pages.size());
  for (PageId page : pages) keys.push_back(keys::pair(account, page.value));
  auto found = engine.tables().get_many(Family::index, keys);
  std::vector<std::optional<Bytes>> out(pages.size());
  for (size_t i = 0; i < pages.size(); ++i) {
    if (!found[i]) return std::unexpected(found[i].error());
    if (!*found[i]) continue;
    ROOST_TRY(out[i], values::decode_index_page(account, pages[i], (*found[i])->ToStringView()));
  }
  return out;
}

task<Result<bool>> write_change(Engine& engine, std::unique_ptr<IndexRequest> request, std::vector<BlobId> dead) {
  co_await engine.committer().submit(*request);
  ROOST_CO_TRY(bool changed, request->result());
  if (!changed || dead.empty()) co_return changed;
  ROOST_CO_TRY_VOID(co_await engine.reads().run([&]() -> Result<> { return engine.blob_files().remove(dead); }));
  co_return true;
}

}  // namespace

task<Result<IndexHead>> RocksdbNode::read_index(AccountId account) {
  co_return co_await on_pool([account](Engine& engine) { return read_head(engine, account); });
}

task<Result<std::vector<std::optional<Bytes>>>> RocksdbNode::get_index_pages(AccountId account,
                                                                             std::vector<PageId> pages) {
  co_return co_await on_pool([&](Engine& engine) { return read_index_pages(engine, account, pages); });
}

task<Result<bool>> RocksdbNode::change_index(AccountId account, IndexChange change) {
  auto request = std::make_unique<IndexRequest>(account, change);
  return write_change(*engine_, std::move(request), std::move(change.dead));
}

task<Result<>> RocksdbNode::drop_index(AccountId account) {
  DropIndexRequest request(account);
  co_await engine_->committer().submit(request);
  co_return outcome(request);
}

}  // namespace roost::store
