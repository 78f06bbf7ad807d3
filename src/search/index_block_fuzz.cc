// Any bytes as a block of the search index: looking one trigram up agrees with going through all of them.
#include <cstdlib>
#include <map>

#include "search/index_block.h"
#include "search/index_root.h"

using namespace roost;
using namespace roost::search;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kLookupsMax = 64;
  BytesView bytes(reinterpret_cast<const char*>(data), size);
  if (auto root = decode_index_root(bytes)) {
    if (*decode_index_root(encode_index_root(*root)) != *root) abort();
  }
  if (size == 0) return 0;
  size_t cut = static_cast<uint8_t>(bytes.front()) % size;
  auto block = decode_block_bodies(bytes.substr(1, cut));
  if (!block) return 0;
  BytesView piece = bytes.substr(std::min(cut + 1, size));
  std::map<Trigram, Members> all;
  if (!for_each_posting(piece, *block, [&](Trigram trigram, uint32_t n) { all[trigram].set(n); })) return 0;
  size_t lookups = 0;
  for (const auto& [trigram, with] : all) {
    if (++lookups > kLookupsMax) break;
    Members members;
    members.set();
    // A trigram that a hostile piece has twice has both times' bodies.
    if (!keep_those_with(trigram, piece, *block, members) || members != with) abort();
  }
  return 0;
}
