// A write-ahead log of any bytes; and one whose fragments' checksums are made right, so that what lies behind them is
// reached.
#include "store/rocksdb/wal_check.h"

namespace roost::store {
namespace {

void read_log(BytesView log) {
  WalJudge judge;
  WalReader reader(judge);
  for (; !log.empty(); log.remove_prefix(std::min(log.size(), WalReader::kBlockBytes))) {
    reader.block(log.substr(0, WalReader::kBlockBytes));
  }
  (void)judge.lost_synced();
}

uint32_t mask(uint32_t sum) { return ((sum >> 15) | (sum << 17)) + 0xa282ead8U; }

// Type, size and bytes of fragments, one after the other.
Bytes with_checksums(BytesView in) {
  Bytes log;
  for (Decoder d(in); d.left() > 0 && log.size() < 2 * WalReader::kBlockBytes;) {
    Bytes checked(1, static_cast<char>(d.u8() % 6));
    size_t size = std::min<size_t>(d.u8(), d.left());
    checked += d.raw(size);
    Encoder e(log);
    e.u32(mask(crc32c(checked)));
    e.u16(static_cast<uint16_t>(size));
    e.raw(checked);
  }
  return log;
}

}  // namespace
}  // namespace roost::store

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  roost::BytesView in(reinterpret_cast<const char*>(data), size);
  roost::store::read_log(in);
  roost::store::read_log(roost::store::with_checksums(in));
  return 0;
}
