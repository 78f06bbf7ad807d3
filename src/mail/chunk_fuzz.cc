// Any bytes as a chunk's hot and cold page. What is accepted is written again and read back the same.
#include <cstdlib>

#include "mail/chunk_page.h"

using namespace roost;
using namespace roost::mail;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 8) return 0;
  Chunk index;
  index.rows = data[0] + 256U * (data[1] % 64);
  index.uid_min = Uid(data[2]);
  index.uid_max = Uid(data[2] + index.rows - 1 + data[3]);
  index.live = data[4];
  index.unseen = data[5];
  index.deleted = data[6];
  index.modseq_max = ModSeq(INT64_MAX);
  BytesView page(reinterpret_cast<const char*>(data) + 8, size - 8);
  if (data[7] % 2 == 0) {
    auto hot = read_hot_page(page, index);
    if (!hot) return 0;
    index.hot = *hot;
    if (!read_hot_page(write_hot_page(index), index)) abort();
  } else {
    auto cold = read_cold_page(page, index);
    if (!cold) return 0;
    index.cold = *cold;
    if (!read_cold_page(write_cold_page(index), index)) abort();
  }
  return 0;
}
