#include "mail/uid_codec.h"

namespace roost::mail {

void write_uids(Encoder& out, const UidSet& uids) {
  out.varint(uids.range_count());
  uint32_t before = 0;
  for (const UidRange& range : uids) {
    out.varint(range.first.value - before);
    out.varint(range.last.value - range.first.value);
    before = range.last.value;
  }
}

UidSet read_uids(Decoder& in) {
  UidSet out;
  uint64_t count = in.count(2);
  out.reserve(count);
  uint64_t before = 0;
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t gap = in.varint();
    uint64_t length = in.varint();
    bool sound =
        gap >= (i == 0 ? 1 : 2) && gap <= UINT32_MAX && length <= UINT32_MAX && before + gap + length <= UINT32_MAX;
    if (!sound) in.fail();
    if (in.failed()) return {};
    out.append(UidRange{Uid(static_cast<uint32_t>(before + gap)), Uid(static_cast<uint32_t>(before + gap + length))});
    before += gap + length;
  }
  return out;
}

}  // namespace roost::mail
