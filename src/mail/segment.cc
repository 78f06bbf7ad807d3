#include "mail/segment.h"

#include <numeric>

#include "mail/checkpoint.h"
#include "mail/page.h"

namespace roost::mail {
namespace {

struct Block {
  uint32_t first_card;
  std::vector<size_t> sizes;  // of its cards
  BytesView packed;
};

Fail damaged() { return fault("card segment: malformed", Code::corruption); }

// A segment's directory; the blocks stay packed.
Result<std::vector<Block>> blocks_of(BytesView segment) {
  Decoder in(segment);
  if (in.u8() != static_cast<uint8_t>(PageKind::cards) || in.u8() != kPageVersion) return damaged();
  std::vector<Block> blocks(in.count(3));
  std::vector<uint64_t> packed_sizes;
  uint32_t cards = 0;
  for (Block& block : blocks) {
    block.first_card = cards;
    packed_sizes.push_back(in.varint());
    block.sizes.resize(in.count());
    for (size_t& size : block.sizes) {
      size = in.varint();
      if (size > kPageContentBytesMax) in.fail();
    }
    cards += static_cast<uint32_t>(block.sizes.size());
  }
  for (size_t i = 0; i < blocks.size(); ++i) blocks[i].packed = in.raw(packed_sizes[i]);
  ROOST_TRY_VOID(in.finish("card segment"));
  return blocks;
}

Result<Bytes> unpack(const Block& block) {
  size_t total = 0;
  for (size_t size : block.sizes) {
    total += size;
    if (total > kPageContentBytesMax) return damaged();
  }
  return lz4_unpack(block.packed, total);
}

}  // namespace

uint32_t SegmentBuilder::add(BytesView card) {
  if (!open_.empty() && open_.size() + card.size() > kSegmentBlockBytes) end_block();
  open_.append(card);
  ++open_cards_;
  bytes_ += card.size();
  sizes_.push_back(card.size());
  return cards() - 1;
}

void SegmentBuilder::end_block() {
  if (open_cards_ == 0) return;
  Bytes block = lz4_pack(open_);
  packed_ += block;
  blocks_.push_back({open_cards_, block.size()});
  open_.clear();
  open_cards_ = 0;
}

Bytes SegmentBuilder::finish() {
  end_block();
  Bytes page;
  Encoder out(page);
  out.u8(static_cast<uint8_t>(PageKind::cards));
  out.u8(kPageVersion);
  out.varint(blocks_.size());
  auto size = sizes_.begin();
  for (const Block& block : blocks_) {
    out.varint(block.packed_bytes);
    out.varint(block.cards);
    for (uint32_t i = 0; i < block.cards; ++i) out.varint(*size++);
  }
  out.raw(packed_);
  *this = {};
  return page;
}

Result<Bytes> card_in_segment(BytesView segment, uint32_t index) {
  ROOST_TRY(std::vector<Block> blocks, blocks_of(segment));
  for (const Block& block : blocks) {
    if (index >= block.first_card + block.sizes.size()) continue;
    ROOST_TRY(Bytes content, unpack(block));
    auto nth = block.sizes.begin() + (index - block.first_card);
    return content.substr(std::accumulate(block.sizes.begin(), nth, size_t{0}), *nth);
  }
  return fault("card segment: no card of that index", Code::corruption);
}

Result<std::vector<Bytes>> cards_in_segment(BytesView segment) {
  ROOST_TRY(std::vector<Block> blocks, blocks_of(segment));
  std::vector<Bytes> cards;
  for (const Block& block : blocks) {
    ROOST_TRY(Bytes content, unpack(block));
    size_t at = 0;
    for (size_t size : block.sizes) {
      cards.push_back(content.substr(at, size));
      at += size;
    }
  }
  return cards;
}

}  // namespace roost::mail
