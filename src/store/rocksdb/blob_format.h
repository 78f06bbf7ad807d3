// A large blob's file: a header, then blocks of 64 KiB (the last one shorter), each followed by its CRC-32C. See
// docs/formats/store.md. Pure: no I/O.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "store/store.h"

namespace roost::store::blob_format {

inline constexpr size_t kBlockBytes = size_t{64} << 10;
inline constexpr size_t kSumBytes = 4;
inline constexpr size_t kHeaderBytes = 32;

struct Header {
  uint64_t size = 0;   // of the blob
  uint64_t nonce = 0;  // random; part of every checksum, so that another file's block is damage

  friend bool operator==(const Header&, const Header&) = default;
};
Bytes encode_header(const Header& header);
Result<Header> decode_header(BytesView data);

// A block (kBlockBytes, or what is left) with its checksum behind it.
void append_block(Bytes& out, uint64_t nonce, uint64_t index, BytesView data);

// Where in the file block `index` begins; how long the file of a blob is, and the other way round (nothing where no
// blob's file has that length).
uint64_t block_offset(uint64_t index);
uint64_t file_bytes(uint64_t size);
std::optional<uint64_t> size_of_file(uint64_t file_bytes);

// Appends to `out` what `range` asks for from `blocks`, which are whole blocks with checksums, the first being
// `first_index`. `range` must not begin before them.
Result<> extract(const Header& header, uint64_t first_index, BytesView blocks, Range range, Bytes& out);

}  // namespace roost::store::blob_format
