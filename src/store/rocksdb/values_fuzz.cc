// Stored values and large blobs' files are read back as if an enemy had written them.
#include <cstdlib>

#include "store/rocksdb/blob_format.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/values.h"

namespace roost::store {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// What decodes must encode to the same bytes again.
void try_values(BytesView in) {
  AccountId account{1};
  if (auto record = values::decode_record(account, Position(2), in)) {
    require(values::encode_record(account, Position(2), record->commit_id, record->record) == in);
  }
  if (auto root = values::decode_root(account, in)) {
    require(values::encode_root(account, root->generation, {root->position, root->data}) == in);
  }
  if (auto page = values::decode_page(account, PageId(3), in)) {
    require(values::encode_page(account, PageId(3), *page) == in);
  }
  if (auto head = values::decode_index_root(account, in)) {
    require(values::encode_index_root(account, head->tag, head->root) == in);
  }
  if (auto page = values::decode_index_page(account, PageId(3), in)) {
    require(values::encode_index_page(account, PageId(3), *page) == in);
  }
  if (auto number = values::decode_number(in)) require(values::encode_number(*number) == in);
  if (auto name = values::decode_name(in)) require(values::encode_name(*name) == in);
  (void)keys::parse_pair(in);
  (void)keys::parse_account(in);
}

void try_blob(BytesView in, Range range) {
  auto size = values::blob_size(in);
  auto data = values::decode_blob(in, range);
  if (!data) return;
  require(size.has_value() && data->size() <= *size && data->size() <= range.size);
}

void try_file(BytesView in, Range range) {
  auto header = blob_format::decode_header(in);
  if (!header) return;
  BytesView blocks = in.substr(blob_format::kHeaderBytes);
  uint64_t first = range.offset / blob_format::kBlockBytes;
  Bytes out;
  (void)blob_format::extract(*header, first, blocks, range, out);
  require(out.size() <= range.size && out.size() <= in.size());
  (void)blob_format::size_of_file(range.offset);
}

}  // namespace
}  // namespace roost::store

// The first 16 octets are a range, the next one says what the rest is, with its checksum made right.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roost;
  using namespace roost::store;
  Decoder d({reinterpret_cast<const char*>(data), size});
  Range range{d.u64(), d.u64()};
  uint8_t what = d.u8();
  BytesView rest = d.raw(d.left());
  try_values(rest);
  try_blob(rest, range);
  try_file(rest, range);
  if (what == 0) {
    try_values(values::encode_record(AccountId(1), Position(2), {}, rest));
  } else if (what == 1) {
    try_blob(values::encode_blob(rest), range);
  } else if (what == 2) {
    Bytes file = blob_format::encode_header({range.size, range.offset});
    blob_format::append_block(file, range.offset, 0, rest);
    try_file(file, {0, range.size});
  }
  return 0;
}
