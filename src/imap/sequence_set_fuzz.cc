// Sets: what is read is written back the same, and resolves to sorted ranges that do not touch.
#include <cstdint>
#include <cstdlib>

#include "imap/sequence_set.h"

namespace {

using namespace roost;
using namespace roost::imap;

void check_sorted(const UidSet& set) {
  uint64_t next = 1;
  for (const UidRange& r : set) {
    if (r.first.value < next || r.last < r.first) abort();
    next = uint64_t{r.last.value} + 2;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto set = parse_sequence_set(BytesView(reinterpret_cast<const char*>(data), size));
  if (!set) return 0;
  Bytes written;
  write_sequence_set(written, *set);
  if (parse_sequence_set(written) != *set) abort();
  UidSet uids = resolve_uids(*set, Uid(77));
  check_sorted(uids);
  Bytes resolved;
  write_uid_set(resolved, uids);
  if (parse_uid_set(resolved) != uids) abort();
  return 0;
}
