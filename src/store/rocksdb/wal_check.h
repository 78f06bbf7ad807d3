// Reads the write-ahead log before RocksDB does, to tell a torn tail (what was being written when the power went, and
// nobody was told of) from damage to what had been synced. docs/decisions/0002-rocksdb.md says why and how.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "store/files.h"

namespace roost::store {

// Leads every batch in the log. Batches of one opening of the store (an epoch) are numbered from 1 without gaps.
struct WalMark {
  uint64_t epoch = 0;   // random, new at each opening
  uint64_t number = 0;  // of this batch
  uint64_t synced = 0;  // all batches up to this one were synced before this one was written

  friend bool operator==(const WalMark&, const WalMark&) = default;
};
Bytes encode_mark(const WalMark& mark);
// `batch` is RocksDB's: sequence number, count, records, of which the first is our mark.
std::optional<WalMark> decode_mark(BytesView batch);

// The marks of one log after the other, in the order of writing, and the holes between them.
class WalJudge {
 public:
  void begin_file() { damaged_here_ = false; }
  void saw_damage() { damaged_here_ = true; }
  void saw_mark(const WalMark& mark);

  // A batch that had been synced is missing. An older epoch does not matter: what followed it has been opened since.
  bool lost_synced() const { return lost_synced_; }

 private:
  uint64_t epoch_ = 0;
  uint64_t last_ = 0;             // the number of the last mark; 0 is none in this epoch
  std::optional<uint64_t> hole_;  // the lowest number that is missing
  bool damaged_here_ = false;
  bool lost_synced_ = false;
};

// Cuts one log file into batches (RocksDB's log_format: blocks of 32 KiB, fragments with checksums) and tells `judge`.
// Fed block by block; every byte is hostile.
class WalReader {
 public:
  static constexpr size_t kBlockBytes = size_t{32} << 10;

  explicit WalReader(WalJudge& judge) : judge_(judge) { judge_.begin_file(); }
  // kBlockBytes, less only at the end of the file.
  void block(BytesView data);
  bool damaged() const { return damaged_; }

 private:
  struct Fragment {
    uint8_t type = 0;
    BytesView data;
  };
  std::optional<Fragment> next_fragment(BytesView& rest);
  void take(const Fragment& fragment);
  void damage();

  WalJudge& judge_;
  Bytes head_;  // the beginning of the batch in progress: as much as a mark needs
  bool inside_ = false;
  bool damaged_ = false;
};

struct WalVerdict {
  bool lost_synced = false;
  std::string damaged_file;  // the last one in which damage was seen; empty if none
};
// Blocks; reads the logs in `directory` from number `first_log` on.
Result<WalVerdict> check_wal(Files& files, const std::string& directory, uint64_t first_log);

}  // namespace roost::store
