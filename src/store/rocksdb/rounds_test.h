// How often the tests that end a store repeat it, and the settings that they have in common.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include "store/open.h"

namespace roost::store {

// By the environment: ROOST_ROUNDS and ROOST_SEED.
struct Rounds {
  Rounds() {
    if (const char* given = std::getenv("ROOST_ROUNDS")) count = std::atoi(given);  // NOLINT(concurrency-mt-unsafe)
    if (const char* given = std::getenv("ROOST_SEED")) seed = std::strtoull(given, nullptr, 10);  // NOLINT
  }
  int count = 3;
  uint64_t seed = 1;
};

// Small enough that flushes, compactions, new logs and blob garbage happen all the time.
inline StoreConfig tiny_config(const std::string& directory) {
  StoreConfig config;
  config.directory = directory;
  config.write_buffer_bytes_max = 256 << 10;
  config.wal_bytes_max = 256 << 10;
  config.blob_pack_bytes = 256 << 10;
  config.heads_max = 4;
  config.free_bytes_min = 0;
  config.reserve_bytes = 0;
  return config;
}

}  // namespace roost::store
