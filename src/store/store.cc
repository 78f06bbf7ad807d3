#include "store/store.h"

namespace roost::store {

task<Result<>> AccountStore::put_blob(BlobId id, uint64_t size_hint, ByteSource& source) {
  ROOST_CO_TRY(auto writer, co_await create_blob(id, size_hint));
  while (true) {
    ROOST_CO_TRY(Bytes piece, co_await source.next());
    if (piece.empty()) break;
    ROOST_CO_TRY_VOID(co_await writer->write(std::move(piece)));
  }
  co_return co_await writer->finish();
}

}  // namespace roost::store
