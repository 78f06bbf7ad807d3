// DIR/manifest: how long RocksDB's list of its tables (its MANIFEST) had become, noted outside of RocksDB. A list that
// is cut short looks to RocksDB like an older one, and then it deletes every table that came later.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "store/files.h"

namespace rocksdb {
class DB;
}

namespace roost::store {

// A manifest had at least so many octets, all of them synced.
struct ManifestMark {
  uint64_t number = 0;  // MANIFEST-number
  uint64_t size = 0;

  friend bool operator==(const ManifestMark&, const ManifestMark&) = default;
};
// docs/formats/store.md. Nothing where it is not one.
Bytes encode_manifest_mark(const ManifestMark& mark);
std::optional<ManifestMark> decode_manifest_mark(BytesView text);

// Thread-safe. Blocks.
class ManifestSeal {
 public:
  // `directory` is the store's; RocksDB is in its `db`.
  ManifestSeal(Files& files, std::string directory) : files_(files), directory_(std::move(directory)) {}

  // Before RocksDB opens. Code::corruption where its list is shorter, or older, than was noted. A mark that is damaged
  // proves nothing, and is passed over with a word in the log.
  Result<> check() const;
  // After RocksDB has synced an addition to its list. Where the disk is full the older mark stays, which holds too; any
  // other error ends the process.
  void note(rocksdb::DB& db);

 private:
  Result<> write(const ManifestMark& mark) const;

  Files& files_;
  const std::string directory_;
  std::mutex mutex_;
};

}  // namespace roost::store
