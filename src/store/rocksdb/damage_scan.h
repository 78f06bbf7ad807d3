// Reading a family from beginning to end around what cannot be read.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "store/rocksdb/tables.h"

namespace roost::store {

// Between two keys, neither of which belongs to it, something may have been that cannot be read.
struct Gap {
  Family family = Family::meta;
  std::string after;   // empty: from the beginning
  std::string before;  // empty: up to the end
  std::string why;     // RocksDB's words
};

// `key` taken as a number, most significant octet first, plus 2^bit. Nothing where that has more octets.
std::optional<std::string> key_above(std::string key, size_t bit);

using NewIterator = std::function<std::unique_ptr<rocksdb::Iterator>()>;

// Calls visit(key, value) in the order of keys for all that an iterator can read; gives what lies between. An iterator
// over several tables reads nothing below a damaged block of one of them that it did not read already.
std::vector<Gap> scan_around_damage(const NewIterator& iterator, Family family,
                                    const std::function<void(BytesView key, BytesView value)>& visit);

}  // namespace roost::store
