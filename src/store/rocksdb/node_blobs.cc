// Blobs: small ones in the tables, large ones in files.
#include "base/planted.h"
#include "store/rocksdb/blob_files.h"
#include "store/rocksdb/blob_reads.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/node.h"
#include "store/rocksdb/requests.h"
#include "store/rocksdb/values.h"

namespace roost::store {
namespace {

constexpr size_t kFlushBytes = 4 * blob_format::kBlockBytes;  // what a writer holds before it writes

// Stores `value` (as encode_blob made it) under `id`.
task<Result<>> put_small(Engine& engine, BlobId id, Bytes value, uint64_t size) {
  PlainRequest request;
  request.put(Family::blobs, keys::pair(id.owner, id.serial), std::move(value));
  request.put(Family::sizes, keys::pair(id.owner, id.serial), values::encode_number(size));
  co_await engine.committer().submit(request);
  co_return outcome(request);
}

// Holds the bytes until it is clear that the blob is a large one, and then at most kFlushBytes and one piece.
class RocksdbBlobWriter : public BlobWriter {
 public:
  RocksdbBlobWriter(std::shared_ptr<Engine> engine, BlobId id) : engine_(std::move(engine)), id_(id) {}
  // What was not finished is removed where blocking is allowed.
  ~RocksdbBlobWriter() override {
    if (file_ != nullptr) engine_->reads().submit([file = std::move(file_)]() mutable { file.reset(); });
  }

  task<Result<>> write(Bytes piece) override {
    buffer_ += piece;
    piece = Bytes();
    if (file_ == nullptr && buffer_.size() <= engine_->config().small_blob_bytes_max) co_return Result<>();
    if (buffer_.size() < kFlushBytes) co_return Result<>();
    co_return co_await engine_->reads().run([this] { return flush(whole_blocks()); });
  }

  task<Result<>> finish() override {
    if (file_ == nullptr && buffer_.size() <= engine_->config().small_blob_bytes_max) {
      Bytes value = values::encode_blob(buffer_);
      co_return co_await put_small(*engine_, id_, std::move(value), buffer_.size());
    }
    if (planted(Bug::large_body_after_its_record)) co_return finish_later();
    co_return co_await engine_->reads().run([this]() -> Result<> {
      ROOST_TRY_VOID(flush(buffer_.size()));
      ROOST_TRY_VOID(file_->finish(engine_->blob_files(), id_));
      file_.reset();
      return {};
    });
  }

 private:
  size_t whole_blocks() const { return buffer_.size() / blob_format::kBlockBytes * blob_format::kBlockBytes; }

  // For the planted bug: the answer comes before the file.
  Result<> finish_later() {
    auto late = std::make_shared<RocksdbBlobWriter>(engine_, id_);
    late->file_ = std::move(file_);
    late->buffer_ = std::move(buffer_);
    engine_->reads().submit([late] {
      (void)late->flush(late->buffer_.size());
      if (late->file_ != nullptr) (void)late->file_->finish(late->engine_->blob_files(), late->id_);
    });
    return {};
  }

  // On the pool: the buffer's first `size` octets go to the file.
  Result<> flush(size_t size) {
    if (engine_->space().room() != Room::plenty) return disk_full();
    if (file_ == nullptr) {
      ROOST_TRY(file_, engine_->blob_files().create());
    }
    ROOST_TRY_VOID(file_->append(BytesView(buffer_).substr(0, size)));
    buffer_.erase(0, size);
    return {};
  }

  std::shared_ptr<Engine> engine_;
  const BlobId id_;
  Bytes buffer_;
  std::unique_ptr<BlobFiles::Writer> file_;
};

task<Result<>> delete_all(Engine& engine, std::vector<BlobId> blobs) {
  PlainRequest request;
  for (BlobId id : blobs) {
    request.remove(Family::blobs, keys::pair(id.owner, id.serial));
    request.remove(Family::sizes, keys::pair(id.owner, id.serial));
  }
  co_await engine.committer().submit(request);
  ROOST_CO_TRY_VOID(outcome(request));
  co_return co_await engine.reads().run([&]() -> Result<> { return engine.blob_files().remove(blobs); });
}

}  // namespace

task<Result<std::unique_ptr<BlobWriter>>> RocksdbNode::create_blob(BlobId id, uint64_t) {
  if (engine_->space().room() != Room::plenty) co_return disk_full();
  co_return std::make_unique<RocksdbBlobWriter>(engine_, id);
}

task<Result<Bytes>> RocksdbNode::get_blob(BlobId id, Range range) {
  co_return co_await on_pool([id, range](Engine& engine) { return read_blob(engine, id, range); });
}

task<std::vector<Result<Bytes>>> RocksdbNode::get_blobs(std::vector<BlobRange> blobs) {
  co_return co_await on_pool([&](Engine& engine) { return read_blobs(engine, blobs); });
}

task<Result<>> RocksdbNode::link_blob(BlobId from, BlobId to) {
  auto small = co_await on_pool([from](Engine& engine) { return read_small_blob(engine, from); });
  if (!small) co_return Fail(small.error());
  if (*small) {
    ROOST_CO_TRY(uint64_t size, values::blob_size(**small));
    co_return co_await put_small(*engine_, to, std::move(**small), size);
  }
  auto linked = co_await on_pool([from, to](Engine& engine) { return engine.blob_files().link(from, to); });
  if (!linked && linked.error().code == Code::nonexistent) co_return fault("a blob is missing", Code::corruption);
  co_return linked;
}

task<Result<>> RocksdbNode::delete_blobs(std::span<const BlobId> blobs) {
  return delete_all(*engine_, {blobs.begin(), blobs.end()});
}

task<Result<std::vector<BlobInfo>>> RocksdbNode::list_blobs(AccountId owner, uint64_t after_serial, size_t count_max) {
  co_return co_await on_pool([=](Engine& engine) { return read_blob_list(engine, owner, after_serial, count_max); });
}

}  // namespace roost::store
