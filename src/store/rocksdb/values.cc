#include "store/rocksdb/values.h"

#include <algorithm>

#include "store/rocksdb/keys.h"

namespace roost::store::values {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kSumAt = 1;
constexpr size_t kBodyAt = kSumAt + sizeof(uint32_t);

Fail damaged(const char* what) { return fault(std::string(what) + " is damaged", Code::corruption); }

// What a value is: part of its checksum, so that one kind never passes for another.
enum class Kind : char {
  record = 'L',
  root = 'R',
  page = 'P',
  number = '#',
  name = 'N',
  index_root = 'X',
  index_page = 'x'
};

uint32_t sum_of(Kind kind, BytesView key, BytesView body) {
  char letter = static_cast<char>(kind);
  return crc32c(body, crc32c(key, crc32c({&letter, 1})));
}

// version u8, crc32c u32 over kind, key and body, body.
Bytes open_value(size_t body_bytes) {
  Bytes value;
  value.reserve(kBodyAt + body_bytes);
  Encoder e(value);
  e.u8(kVersion);
  e.u32(0);
  return value;
}

void seal(Bytes& value, Kind kind, BytesView key) {
  uint32_t sum = sum_of(kind, key, BytesView(value).substr(kBodyAt));
  for (size_t i = 0; i < sizeof sum; ++i) value[kSumAt + i] = static_cast<char>(sum >> (8 * i));
}

// The body, once version and checksum hold.
Result<BytesView> unseal(const char* what, BytesView value, Kind kind, BytesView key) {
  Decoder d(value);
  uint8_t version = d.u8();
  uint32_t sum = d.u32();
  if (d.failed()) return damaged(what);
  if (version != kVersion) {
    return fault(std::string(what) + " has format version " + std::to_string(version), Code::corruption);
  }
  BytesView body = value.substr(kBodyAt);
  if (sum_of(kind, key, body) != sum) return damaged(what);
  return body;
}

}  // namespace

Bytes encode_record(AccountId account, Position position, const CommitId& commit_id, BytesView record) {
  Bytes value = open_value(commit_id.size() + record.size());
  Encoder e(value);
  e.raw({reinterpret_cast<const char*>(commit_id.data()), commit_id.size()});
  e.raw(record);
  seal(value, Kind::record, keys::pair(account, position.value));
  return value;
}

Result<LogRecord> decode_record(AccountId account, Position position, BytesView value) {
  ROOST_TRY(BytesView body, unseal("a log record", value, Kind::record, keys::pair(account, position.value)));
  LogRecord record{position, {}, {}};
  if (body.size() < record.commit_id.size()) return damaged("a log record");
  std::copy_n(body.begin(), record.commit_id.size(), record.commit_id.begin());
  record.record = body.substr(record.commit_id.size());
  return record;
}

Bytes encode_root(AccountId account, Generation generation, const Root& root) {
  Bytes value = open_value(2 * sizeof(uint64_t) + root.data.size());
  Encoder e(value);
  e.u64(generation.value);
  e.u64(root.position.value);
  e.raw(root.data);
  seal(value, Kind::root, keys::account(account));
  return value;
}

Result<StoredRoot> decode_root(AccountId account, BytesView value) {
  ROOST_TRY(BytesView body, unseal("a root", value, Kind::root, keys::account(account)));
  Decoder d(body);
  StoredRoot root;
  root.generation = Generation(d.u64());
  root.position = Position(d.u64());
  if (d.failed()) return damaged("a root");
  root.data = d.raw(d.left());
  return root;
}

Bytes encode_page(AccountId account, PageId page, BytesView data) {
  Bytes value = open_value(data.size());
  value += data;
  seal(value, Kind::page, keys::pair(account, page.value));
  return value;
}

Result<Bytes> decode_page(AccountId account, PageId page, BytesView value) {
  ROOST_TRY(BytesView body, unseal("a page", value, Kind::page, keys::pair(account, page.value)));
  return Bytes(body);
}

Bytes encode_index_root(AccountId account, uint64_t tag, BytesView root) {
  Bytes value = open_value(sizeof tag + root.size());
  Encoder e(value);
  e.u64(tag);
  e.raw(root);
  seal(value, Kind::index_root, keys::pair(account, 0));
  return value;
}

Result<IndexHead> decode_index_root(AccountId account, BytesView value) {
  ROOST_TRY(BytesView body, unseal("a search index's root", value, Kind::index_root, keys::pair(account, 0)));
  Decoder d(body);
  IndexHead head{d.u64(), {}};
  if (d.failed()) return damaged("a search index's root");
  head.root = d.raw(d.left());
  return head;
}

Bytes encode_index_page(AccountId account, PageId page, BytesView data) {
  Bytes value = open_value(data.size());
  value += data;
  seal(value, Kind::index_page, keys::pair(account, page.value));
  return value;
}

Result<Bytes> decode_index_page(AccountId account, PageId page, BytesView value) {
  ROOST_TRY(BytesView body,
            unseal("a page of a search index", value, Kind::index_page, keys::pair(account, page.value)));
  return Bytes(body);
}

Bytes encode_blob(BytesView data) {
  Bytes value;
  value.reserve(data.size() + 16 + data.size() / kBlockBytes * sizeof(uint32_t));
  Encoder e(value);
  e.u8(kVersion);
  e.varint(data.size());
  for (size_t at = 0; at < data.size(); at += kBlockBytes) e.u32(crc32c(data.substr(at, kBlockBytes)));
  e.raw(data);
  return value;
}

Result<uint64_t> blob_size(BytesView value) {
  Decoder d(value);
  uint8_t version = d.u8();
  uint64_t size = d.varint();
  if (d.failed() || version != kVersion || size > d.left()) return damaged("a blob");
  return size;
}

Result<Bytes> decode_blob(BytesView value, Range range) {
  ROOST_TRY(uint64_t size, blob_size(value));
  Decoder d(value);
  d.u8();
  d.varint();
  uint64_t blocks = (size + kBlockBytes - 1) / kBlockBytes;
  Decoder sums(d.raw(blocks * sizeof(uint32_t)));
  BytesView data = d.raw(size);
  if (d.failed() || d.left() != 0) return damaged("a blob");
  if (range.offset >= size || range.size == 0) return Bytes();
  uint64_t end = range.offset + std::min(range.size, size - range.offset);
  sums.raw(range.offset / kBlockBytes * sizeof(uint32_t));
  for (uint64_t at = range.offset / kBlockBytes * kBlockBytes; at < end; at += kBlockBytes) {
    if (crc32c(data.substr(at, kBlockBytes)) != sums.u32()) return damaged("a blob");
  }
  return Bytes(data.substr(range.offset, end - range.offset));
}

Bytes encode_number(uint64_t number) {
  Bytes value = open_value(sizeof number);
  Encoder(value).u64(number);
  seal(value, Kind::number, {});
  return value;
}

Result<uint64_t> decode_number(BytesView value) {
  ROOST_TRY(BytesView body, unseal("a number", value, Kind::number, {}));
  Decoder d(body);
  uint64_t number = d.u64();
  ROOST_TRY_VOID(d.finish("a number"));
  return number;
}

Bytes encode_name(BytesView value) {
  Bytes out = open_value(value.size());
  out += value;
  seal(out, Kind::name, {});
  return out;
}

Result<Bytes> decode_name(BytesView value) {
  ROOST_TRY(BytesView body, unseal("a name's value", value, Kind::name, {}));
  return Bytes(body);
}

}  // namespace roost::store::values
