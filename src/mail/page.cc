#include "mail/page.h"

#include <lz4.h>

namespace roost::mail {
namespace {

enum class Coding : uint8_t { plain = 0, lz4 = 1 };

// LZ4 cannot unpack to more than 255 times its size, so a larger claim is a lie that costs no memory.
bool can_unpack_to(size_t packed, size_t size) { return size <= kPageContentBytesMax && size / 255 <= packed; }

}  // namespace

Bytes lz4_pack(BytesView content) {
  Bytes packed;
  auto size = static_cast<int>(content.size());
  packed.resize(static_cast<size_t>(LZ4_compressBound(size)));
  int used = LZ4_compress_default(content.data(), packed.data(), size, static_cast<int>(packed.size()));
  packed.resize(static_cast<size_t>(used));
  return packed;
}

Result<Bytes> lz4_unpack(BytesView packed, size_t size) {
  if (!can_unpack_to(packed.size(), size)) return fault("page: impossible size", Code::corruption);
  Bytes content(size, '\0');
  int used =
      LZ4_decompress_safe(packed.data(), content.data(), static_cast<int>(packed.size()), static_cast<int>(size));
  if (used < 0 || static_cast<size_t>(used) != size) return fault("page: LZ4 damaged", Code::corruption);
  return content;
}

Bytes pack_page(PageKind kind, BytesView content) {
  Bytes packed = lz4_pack(content);
  bool smaller = packed.size() < content.size() - content.size() / 8;  // less is not worth the unpacking
  Bytes page;
  page.reserve((smaller ? packed.size() : content.size()) + 8);
  Encoder out(page);
  out.u8(static_cast<uint8_t>(kind));
  out.u8(kPageVersion);
  out.u8(static_cast<uint8_t>(smaller ? Coding::lz4 : Coding::plain));
  out.varint(content.size());
  out.raw(smaller ? BytesView(packed) : content);
  return page;
}

Result<Bytes> unpack_page(PageKind kind, BytesView page) {
  Decoder in(page);
  if (in.u8() != static_cast<uint8_t>(kind)) return fault("page: another kind", Code::corruption);
  if (in.u8() != kPageVersion) return fault("page: unknown version", Code::corruption);
  auto coding = static_cast<Coding>(in.u8());
  uint64_t size = in.varint();
  if (in.failed()) return fault("page: truncated", Code::corruption);
  BytesView content = in.raw(in.left());
  switch (coding) {
    case Coding::plain:
      if (size == content.size()) return Bytes(content);
      break;
    case Coding::lz4: return lz4_unpack(content, size);
  }
  return fault("page: malformed", Code::corruption);
}

}  // namespace roost::mail
