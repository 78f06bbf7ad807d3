#include "mail/traces.h"

#include <algorithm>

namespace roost::mail {

namespace {
const auto& no_blocks() {
  static const auto kNone = std::make_shared<const std::vector<TraceBlock>>();
  return kNone;
}
}  // namespace

Traces::Traces() : sealed_(no_blocks()) {}

std::span<const Trace> Traces::young() const {
  if (!young_) return {};
  return {young_->data(), young_count_};
}

void Traces::add(const UidSet& uids, ModSeq modseq) {
  std::vector<Trace> more;
  more.reserve(uids.range_count());
  for (const UidRange& range : uids) more.push_back({range, modseq});
  std::span<const Trace> left = more;
  while (!left.empty()) {
    if (young_count_ == kTraceBlockMax) seal_young();
    auto part = left.first(std::min<size_t>(left.size(), kTraceBlockMax - young_count_));
    young_ = extend_column(young_, young_count_, part, kTraceBlockMax);
    young_count_ += static_cast<uint32_t>(part.size());
    left = left.subspan(part.size());
  }
}

void Traces::seal_young() {
  if (young_count_ == 0) return;
  auto sealed = std::make_shared<std::vector<TraceBlock>>(*sealed_);
  auto traces = young();
  sealed->push_back({traces.front().modseq, traces.back().modseq, young_count_, PageId(0), young_});
  sealed_ = std::move(sealed);
  sealed_count_ += young_count_;
  young_ = nullptr;
  young_count_ = 0;
}

void Traces::replace_sealed(std::vector<TraceBlock> sealed) {
  sealed_count_ = 0;
  for (const TraceBlock& block : sealed) sealed_count_ += block.count;
  sealed_ = sealed.empty() ? no_blocks() : std::make_shared<const std::vector<TraceBlock>>(std::move(sealed));
}

void Traces::raise_floor(ModSeq floor) {
  if (floor <= floor_) return;
  floor_ = floor;
  auto keeps = [floor](const TraceBlock& block) { return block.modseq_max > floor; };
  if (!sealed_->empty() && !keeps(sealed_->front())) {
    replace_sealed({std::ranges::find_if(*sealed_, keeps), sealed_->end()});
  }
  if (young_count_ > 0 && young().back().modseq <= floor) {
    young_ = nullptr;
    young_count_ = 0;
  }
}

ModSeq Traces::floor_for(uint64_t count, uint64_t count_max) const {
  uint64_t total = size() + count;
  ModSeq floor = floor_;
  for (const TraceBlock& block : *sealed_) {
    if (total <= count_max) return floor;
    total -= block.count;
    floor = block.modseq_max;
  }
  return total > count_max && young_count_ > 0 ? young().back().modseq : floor;
}

Traces Traces::from_parts(std::vector<TraceBlock> sealed, std::span<const Trace> young, ModSeq floor) {
  Traces out;
  out.replace_sealed(std::move(sealed));
  if (!young.empty()) {
    out.young_ = extend_column<Trace>(nullptr, 0, young, kTraceBlockMax);
    out.young_count_ = static_cast<uint32_t>(young.size());
  }
  out.floor_ = floor;
  return out;
}

}  // namespace roost::mail
