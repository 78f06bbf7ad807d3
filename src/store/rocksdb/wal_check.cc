#include "store/rocksdb/wal_check.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace roost::store {
namespace {

constexpr uint8_t kMarkVersion = 1;
constexpr size_t kMarkBytes = 1 + 3 * sizeof(uint64_t);

// RocksDB 7.8: db/log_format.h, db/write_batch.cc.
constexpr size_t kFragmentHeaderBytes = 4 + 2 + 1;
constexpr size_t kBatchHeaderBytes = 8 + 4;
constexpr uint8_t kLogDataTag = 3;
constexpr size_t kHeadBytes = kBatchHeaderBytes + 1 + 1 + kMarkBytes;
enum FragmentType : uint8_t { kZero = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

constexpr size_t kReadBytes = 32 * WalReader::kBlockBytes;

uint32_t unmask(uint32_t masked) {
  uint32_t rotated = masked - 0xa282ead8U;
  return (rotated >> 17) | (rotated << 15);
}

std::optional<uint64_t> log_number(std::string_view name) {
  constexpr std::string_view kSuffix = ".log";
  if (!name.ends_with(kSuffix)) return std::nullopt;
  name.remove_suffix(kSuffix.size());
  uint64_t number = 0;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

Result<bool> read_log(Files& files, const std::string& path, WalJudge& judge) {
  ROOST_TRY(auto file, files.open(path));
  WalReader reader(judge);
  for (uint64_t offset = 0;; offset += kReadBytes) {
    ROOST_TRY(Bytes chunk, file->read(offset, kReadBytes));
    for (BytesView rest = chunk; !rest.empty();) {
      BytesView block = rest.substr(0, WalReader::kBlockBytes);
      reader.block(block);
      rest.remove_prefix(block.size());
    }
    if (chunk.size() < kReadBytes) return reader.damaged();
  }
}

}  // namespace

Bytes encode_mark(const WalMark& mark) {
  Bytes out;
  out.reserve(kMarkBytes);
  Encoder e(out);
  e.u8(kMarkVersion);
  e.u64(mark.epoch);
  e.u64(mark.number);
  e.u64(mark.synced);
  return out;
}

std::optional<WalMark> decode_mark(BytesView batch) {
  Decoder d(batch);
  d.raw(kBatchHeaderBytes);
  if (d.u8() != kLogDataTag || d.varint() != kMarkBytes || d.u8() != kMarkVersion) return std::nullopt;
  WalMark mark;
  mark.epoch = d.u64();
  mark.number = d.u64();
  mark.synced = d.u64();
  if (d.failed() || mark.number == 0) return std::nullopt;
  return mark;
}

void WalJudge::saw_mark(const WalMark& mark) {
  if (mark.epoch != epoch_) {
    epoch_ = mark.epoch;
    last_ = 0;
    hole_.reset();
    lost_synced_ = false;
  }
  // Older logs are deleted, so an epoch may well begin at any number: only damage before it makes that a hole.
  uint64_t expected = last_ + 1;
  if (last_ == 0) expected = damaged_here_ ? mark.number - 1 : mark.number;
  if (mark.number > expected && !hole_) hole_ = expected;
  if (hole_ && *hole_ > 0 && mark.synced >= *hole_) lost_synced_ = true;
  last_ = std::max(last_, mark.number);
}

void WalReader::damage() {
  damaged_ = true;
  inside_ = false;
  judge_.saw_damage();
}

// Nothing where the block holds no more; after damage the rest of a block is unreadable, as RocksDB has it.
std::optional<WalReader::Fragment> WalReader::next_fragment(BytesView& rest) {
  if (rest.size() < kFragmentHeaderBytes) {
    rest = {};
    return std::nullopt;
  }
  Decoder d(rest);
  uint32_t sum = d.u32();
  size_t size = d.u16();
  BytesView checked = rest.substr(kFragmentHeaderBytes - 1);
  uint8_t type = d.u8();
  if (size > d.left() || crc32c(checked.substr(0, 1 + size)) != unmask(sum) || type == kZero || type > kLast) {
    damage();
    rest = {};
    return std::nullopt;
  }
  rest.remove_prefix(kFragmentHeaderBytes + size);
  return Fragment{type, checked.substr(1, size)};
}

void WalReader::take(const Fragment& fragment) {
  bool begins = fragment.type == kFull || fragment.type == kFirst;
  if (begins == inside_) damage();  // the rest of a batch without its beginning, or a beginning within another
  if (begins) {
    head_.clear();
    inside_ = true;
  }
  if (!inside_) return;
  head_ += fragment.data.substr(0, kHeadBytes - std::min(kHeadBytes, head_.size()));
  if (fragment.type == kFull || fragment.type == kLast) {
    inside_ = false;
    if (auto mark = decode_mark(head_)) judge_.saw_mark(*mark);
  }
}

void WalReader::block(BytesView data) {
  while (!data.empty()) {
    if (auto fragment = next_fragment(data)) take(*fragment);
  }
}

Result<WalVerdict> check_wal(Files& files, const std::string& directory, uint64_t first_log) {
  ROOST_TRY(auto names, files.list(directory));
  std::vector<std::pair<uint64_t, std::string>> logs;
  for (const auto& name : names) {
    auto number = log_number(name);
    if (number && *number >= first_log) logs.emplace_back(*number, name);
  }
  std::ranges::sort(logs);
  WalJudge judge;
  WalVerdict verdict;
  for (const auto& [number, name] : logs) {
    ROOST_TRY(bool damaged, read_log(files, directory + "/" + name, judge));
    if (damaged) verdict.damaged_file = name;
  }
  verdict.lost_synced = judge.lost_synced();
  return verdict;
}

}  // namespace roost::store
