#include "message/part_format.h"

#include <algorithm>
#include <array>

namespace roost::message {
namespace {

// Stored as their place in this list, counted from 1: only ever append.
constexpr auto kMediaTypes = std::to_array<std::pair<BytesView, BytesView>>({
    {"text", "plain"},
    {"text", "html"},
    {"multipart", "mixed"},
    {"multipart", "alternative"},
    {"multipart", "related"},
    {"multipart", "signed"},
    {"multipart", "report"},
    {"multipart", "digest"},
    {"message", "rfc822"},
    {"message", "delivery-status"},
    {"text", "rfc822-headers"},
    {"text", "calendar"},
    {"application", "octet-stream"},
    {"application", "pdf"},
    {"application", "pgp-signature"},
    {"application", "pkcs7-signature"},
    {"image", "png"},
    {"image", "jpeg"},
    {"image", "gif"},
});

constexpr size_t kPartBytesMin = 8;
constexpr uint32_t kDepthMax = 10'000;

enum Flag : uint8_t { kKindMask = 3, kSynthetic = 4, kAttachment = 8 };

void encode_media_type(const Part& part, Encoder& e) {
  auto found = std::ranges::find_if(kMediaTypes, [&](const auto& t) { return part.is(t.first, t.second); });
  if (found != kMediaTypes.end()) {
    e.u8(static_cast<uint8_t>(found - kMediaTypes.begin() + 1));
    return;
  }
  e.u8(0);
  e.bytes(part.type);
  e.bytes(part.subtype);
}

void decode_media_type(Decoder& d, Part& part) {
  uint8_t code = d.u8();
  if (code > kMediaTypes.size()) {
    d.fail();
  } else if (code > 0) {
    part.type = kMediaTypes[code - 1U].first;
    part.subtype = kMediaTypes[code - 1U].second;
  } else {
    part.type = d.bytes();
    part.subtype = d.bytes();
  }
}

void encode_part(std::span<const Part> parts, size_t index, Encoder& e) {
  const Part& part = parts[index];
  bool root = part.parent == kNoPart;
  e.varint(root ? 0 : index - part.parent);
  e.u8(static_cast<uint8_t>(static_cast<uint8_t>(part.kind) | (part.synthetic ? kSynthetic : 0) |
                            (part.attachment ? kAttachment : 0)));
  e.u8(static_cast<uint8_t>(part.encoding));
  encode_media_type(part, e);
  e.bytes(part.charset);
  e.varint(part.header.offset - (root ? 0 : parts[part.parent].body.offset));
  e.varint(part.header.size);
  e.varint(part.body.size);
  e.varint(part.body_lines);
}

class PartsDecoder {
 public:
  PartsDecoder(BytesView encoded, uint64_t size) : d_(encoded), size_(size) {}

  Result<std::vector<Part>> run() {
    uint64_t count = d_.count(kPartBytesMin);
    if (count == 0 || count >= kNoPart) d_.fail();
    if (!d_.failed()) parts_.reserve(count);
    for (uint64_t i = 0; i < count && !d_.failed(); ++i) decode_part(static_cast<uint32_t>(i));
    if (!d_.failed() && !kinds_hold()) d_.fail();
    ROOST_TRY_VOID(d_.finish("card parts"));
    return std::move(parts_);
  }

 private:
  void decode_part(uint32_t index) {
    Part part;
    uint64_t up = d_.varint();
    uint8_t flags = d_.u8();
    part.kind = static_cast<PartKind>(flags & kKindMask);
    part.synthetic = (flags & kSynthetic) != 0;
    part.attachment = (flags & kAttachment) != 0;
    uint8_t encoding = d_.u8();
    part.encoding = static_cast<Encoding>(encoding);
    if (part.kind > PartKind::message || encoding > static_cast<uint8_t>(Encoding::unknown)) d_.fail();
    decode_media_type(d_, part);
    part.charset = d_.bytes();
    part.header = {d_.varint(), d_.varint()};
    part.body.size = d_.varint();
    part.body_lines = d_.varint();
    if (d_.failed() || !place(part, index, up)) {
      d_.fail();
      return;
    }
    parts_.push_back(std::move(part));
  }

  // Makes the links and absolute ranges; false where they cannot be.
  bool place(Part& part, uint32_t index, uint64_t up) {
    ByteRange within = {0, size_};
    if ((index == 0) != (up == 0) || up > index) return false;
    if (index > 0) {
      part.parent = index - static_cast<uint32_t>(up);
      const Part& parent = parts_[part.parent];
      within = parent.body;
      part.depth = parent.depth + 1;
      if (parent.kind == PartKind::leaf || part.depth > kDepthMax || !link(part.parent, index)) return false;
    }
    if (part.header.offset > within.size) return false;
    part.header.offset += within.offset;
    if (part.header.size > within.end() - part.header.offset) return false;
    part.body.offset = part.header.end();
    if (part.body.size > within.end() - part.body.offset || part.body_lines > part.body.size) return false;
    path_.push_back({index, kNoPart});
    return true;
  }

  // The parent is the part before, or one that it lies in: the table is in preorder.
  bool link(uint32_t parent, uint32_t index) {
    while (!path_.empty() && path_.back().part != parent) path_.pop_back();
    if (path_.empty()) return false;
    uint32_t& last = path_.back().last_child;
    (last == kNoPart ? parts_[parent].first_child : parts_[last].next_sibling) = index;
    last = index;
    return true;
  }

  bool kinds_hold() const {
    return std::ranges::all_of(parts_, [&](const Part& part) {
      if (part.kind == PartKind::leaf) return part.first_child == kNoPart;
      if (part.first_child == kNoPart) return false;
      return part.kind == PartKind::multipart || parts_[part.first_child].next_sibling == kNoPart;
    });
  }

  struct Step {
    uint32_t part;
    uint32_t last_child;
  };
  Decoder d_;
  uint64_t size_;
  std::vector<Part> parts_;
  std::vector<Step> path_;
};

}  // namespace

void encode_parts(std::span<const Part> parts, Bytes& out) {
  Encoder e(out);
  e.varint(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) encode_part(parts, i, e);
}

Result<std::vector<Part>> decode_parts(BytesView encoded, uint64_t size) { return PartsDecoder(encoded, size).run(); }

}  // namespace roost::message
