// A span of a SerialMap as a page: offsets by their distances, then the values by theirs.
#pragma once

#include <limits>
#include <memory>

#include "mail/page.h"
#include "mail/serial_map.h"

namespace roost::mail {

template <class Value>
Bytes write_span_page(PageKind kind, const typename SerialMap<Value>::Items& items) {
  Bytes content;
  Encoder out(content);
  out.varint(items.size());
  int64_t offset = -1;
  uint64_t value = 0;
  for (const auto& item : items) {
    out.varint(static_cast<uint64_t>(item.offset - offset));
    out.zigzag(static_cast<int64_t>(static_cast<uint64_t>(item.value) - value));
    offset = item.offset;
    value = static_cast<uint64_t>(item.value);
  }
  return pack_page(kind, content);
}

template <class Value>
Result<std::shared_ptr<const typename SerialMap<Value>::Items>> read_span_page(PageKind kind, BytesView page) {
  ROOST_TRY(Bytes content, unpack_page(kind, page));
  Decoder in(content);
  auto items = std::make_shared<typename SerialMap<Value>::Items>(in.count(2));
  int64_t offset = -1;
  uint64_t value = 0;
  for (auto& item : *items) {
    uint64_t step = in.varint();
    value += static_cast<uint64_t>(in.zigzag());
    if (step == 0 || step > kSpanSerials || offset + static_cast<int64_t>(step) >= int64_t{kSpanSerials}) in.fail();
    if constexpr (sizeof(Value) < sizeof value) {
      if (value > std::numeric_limits<Value>::max()) in.fail();
    }
    if (in.failed()) break;
    offset += static_cast<int64_t>(step);
    item = {static_cast<uint16_t>(offset), static_cast<Value>(value)};
  }
  ROOST_TRY_VOID(in.finish("span page"));
  if (items->empty()) return fault("span page: empty", Code::corruption);
  return items;
}

}  // namespace roost::mail
