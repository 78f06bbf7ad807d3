#include "store/rocksdb/blob_format.h"

#include <algorithm>

namespace roost::store::blob_format {
namespace {

constexpr BytesView kMagic = "RoostBlb";
constexpr uint32_t kVersion = 1;
constexpr uint64_t kStoredBlockBytes = kBlockBytes + kSumBytes;

Fail damaged(const char* what) { return fault(std::string("a blob's file: ") + what, Code::corruption); }

uint32_t block_sum(uint64_t nonce, uint64_t index, BytesView data) {
  Bytes place;
  Encoder e(place);
  e.u64(nonce);
  e.u64(index);
  return crc32c(data, crc32c(place));
}

}  // namespace

Bytes encode_header(const Header& header) {
  Bytes out(kMagic);
  Encoder e(out);
  e.u32(kVersion);
  e.u64(header.size);
  e.u64(header.nonce);
  e.u32(crc32c(out));
  return out;
}

Result<Header> decode_header(BytesView data) {
  BytesView summed = data.substr(0, kHeaderBytes - kSumBytes);
  Decoder d(data);
  BytesView magic = d.raw(kMagic.size());
  uint32_t version = d.u32();
  Header header{d.u64(), d.u64()};
  uint32_t sum = d.u32();
  if (d.failed() || magic != kMagic) return damaged("no header");
  if (version != kVersion) return damaged("unknown version");
  if (sum != crc32c(summed) || header.size > UINT64_MAX / 2) return damaged("damaged header");
  return header;
}

void append_block(Bytes& out, uint64_t nonce, uint64_t index, BytesView data) {
  Encoder e(out);
  e.raw(data);
  e.u32(block_sum(nonce, index, data));
}

uint64_t block_offset(uint64_t index) { return kHeaderBytes + index * kStoredBlockBytes; }

uint64_t file_bytes(uint64_t size) {
  uint64_t blocks = size / kBlockBytes + (size % kBlockBytes != 0 ? 1 : 0);
  return kHeaderBytes + size + blocks * kSumBytes;
}

std::optional<uint64_t> size_of_file(uint64_t file_bytes) {
  if (file_bytes < kHeaderBytes) return std::nullopt;
  uint64_t stored = file_bytes - kHeaderBytes;
  uint64_t rest = stored % kStoredBlockBytes;
  if (rest != 0 && rest <= kSumBytes) return std::nullopt;
  return stored / kStoredBlockBytes * kBlockBytes + (rest != 0 ? rest - kSumBytes : 0);
}

Result<> extract(const Header& header, uint64_t first_index, BytesView blocks, Range range, Bytes& out) {
  uint64_t end = std::min(header.size, range.offset + std::min(range.size, UINT64_MAX - range.offset));
  for (uint64_t index = first_index; !blocks.empty() && index * kBlockBytes < end; ++index) {
    uint64_t start = index * kBlockBytes;
    size_t size = std::min<uint64_t>(kBlockBytes, header.size - start);
    Decoder d(blocks);
    BytesView data = d.raw(size);
    uint32_t sum = d.u32();
    if (d.failed()) return damaged("too short");
    if (sum != block_sum(header.nonce, index, data)) return damaged("damaged block");
    uint64_t from = std::max(range.offset, start) - start;
    if (from < size) out += data.substr(from, std::min<uint64_t>(end - start, size) - from);
    blocks.remove_prefix(size + kSumBytes);
  }
  return {};
}

}  // namespace roost::store::blob_format
