// The values of the column families. Each begins with a version octet and carries CRC-32Cs; a decoder takes any bytes
// and answers Code::corruption for what is not one. See docs/formats/store.md.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "store/index_store.h"
#include "store/store.h"

namespace roost::store::values {

inline constexpr size_t kBlockBytes = size_t{64} << 10;  // of a blob: what one checksum covers

// The checksums of record, root and page cover the key as well: a value under another key is damage.
Bytes encode_record(AccountId account, Position position, const CommitId& commit_id, BytesView record);
Result<LogRecord> decode_record(AccountId account, Position position, BytesView value);

struct StoredRoot {
  Generation generation;
  Position position;
  Bytes data;
};
Bytes encode_root(AccountId account, Generation generation, const Root& root);
Result<StoredRoot> decode_root(AccountId account, BytesView value);

Bytes encode_page(AccountId account, PageId page, BytesView data);
Result<Bytes> decode_page(AccountId account, PageId page, BytesView value);

// The search index: its root with its tag, and its pages.
Bytes encode_index_root(AccountId account, uint64_t tag, BytesView root);
Result<IndexHead> decode_index_root(AccountId account, BytesView value);
Bytes encode_index_page(AccountId account, PageId page, BytesView data);
Result<Bytes> decode_index_page(AccountId account, PageId page, BytesView value);

// A small blob, whole. Its checksums do not cover the key, so that a copy for another account is the same bytes.
Bytes encode_blob(BytesView data);
// The part of it that `range` asks for, cut at the end; verifies the blocks that are touched.
Result<Bytes> decode_blob(BytesView value, Range range);
Result<uint64_t> blob_size(BytesView value);

// A number: a blob's size, a follower's position, the account counter.
Bytes encode_number(uint64_t number);
Result<uint64_t> decode_number(BytesView value);

// A name's value.
Bytes encode_name(BytesView value);
Result<Bytes> decode_name(BytesView value);

}  // namespace roost::store::values
