// What every page, and the root, is wrapped in: its kind, so that none is taken for another, a version, and LZ4.
// docs/formats/root.md. The store has a checksum for each page; what is read here may be any bytes all the same.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace roost::mail {

enum class PageKind : uint8_t {
  root = 'R',
  mailboxes = 'M',
  subscriptions = 'S',
  body_counts = 'B',
  dead_blobs = 'D',
  segment_cards = 'C',
  cold = 'O',
  hot = 'H',
  traces = 'T',
  cards = 'K',
  metadata = 'A',
  seen = 'P',
  deleted = 'X',
};

constexpr uint8_t kPageVersion = 1;
constexpr size_t kEntryPageBytes = 64 * 1024;  // of entries, before LZ4; a single larger entry has its own page
constexpr size_t kPageContentBytesMax = size_t{64} << 20;

Bytes pack_page(PageKind kind, BytesView content);
Result<Bytes> unpack_page(PageKind kind, BytesView page);

// One LZ4 block, whose unpacked size is known from elsewhere. Code::corruption if it unpacks to another.
Bytes lz4_pack(BytesView content);
Result<Bytes> lz4_unpack(BytesView packed, size_t size);

}  // namespace roost::mail
