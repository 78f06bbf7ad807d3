#include "store/rocksdb/blob_reads.h"

#include <algorithm>

#include "store/rocksdb/blob_files.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/tables.h"
#include "store/rocksdb/values.h"

namespace roost::store {
namespace {

Result<Bytes> read_file(Engine& engine, BlobId id, Range range) {
  auto data = engine.blob_files().read(id, range);
  if (!data && data.error().code == Code::nonexistent) return fault("a blob is missing", Code::corruption);
  return data;
}

Result<Bytes> pick(Engine& engine, const AccountStore::BlobRange& blob, const Tables::Pinned& value) {
  if (!value) return std::unexpected(value.error());
  if (!*value) return read_file(engine, blob.id, blob.range);
  return values::decode_blob((*value)->ToStringView(), blob.range);
}

}  // namespace

Result<Bytes> read_blob(Engine& engine, BlobId id, Range range) {
  return pick(engine, {id, range}, engine.tables().get_pinned(Family::blobs, keys::pair(id.owner, id.serial)));
}

std::vector<Result<Bytes>> read_blobs(Engine& engine, const std::vector<AccountStore::BlobRange>& blobs) {
  std::vector<std::string> keys;
  keys.reserve(blobs.size());
  for (const auto& blob : blobs) keys.push_back(keys::pair(blob.id.owner, blob.id.serial));
  auto found = engine.tables().get_many(Family::blobs, keys);
  std::vector<Result<Bytes>> out;
  out.reserve(blobs.size());
  for (size_t i = 0; i < blobs.size(); ++i) out.push_back(pick(engine, blobs[i], found[i]));
  return out;
}

Result<std::optional<Bytes>> read_small_blob(Engine& engine, BlobId id) {
  return engine.tables().get(Family::blobs, keys::pair(id.owner, id.serial));
}

Result<std::vector<BlobInfo>> read_blob_list(Engine& engine, AccountId owner, uint64_t after_serial, size_t count_max) {
  if (after_serial == UINT64_MAX || count_max == 0) return std::vector<BlobInfo>();
  ROOST_TRY(auto out, engine.blob_files().list(owner, after_serial, count_max));
  size_t small = 0;
  Result<> failed;
  auto visit = [&](BytesView key, BytesView value) {
    auto parsed = keys::parse_pair(key);
    auto size = values::decode_number(value);
    if (!parsed || !size) {
      failed = fault("a blob's size is damaged", Code::corruption);
      return false;
    }
    out.push_back({{owner, parsed->number}, *size});
    return ++small < count_max;
  };
  ROOST_TRY_VOID(
      engine.tables().scan(Family::sizes, keys::pair(owner, after_serial + 1), keys::account_end(owner), visit));
  if (!failed) return Fail(failed.error());
  std::ranges::sort(out, {}, &BlobInfo::id);
  if (out.size() > count_max) out.resize(count_max);
  return out;
}

}  // namespace roost::store
