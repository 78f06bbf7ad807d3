// Any bytes as a page of traces and as a mailbox's entry, which holds the newest ones.
#include <cstdlib>

#include "mail/mailbox_entry.h"

using namespace roost;
using namespace roost::mail;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  BytesView bytes(reinterpret_cast<const char*>(data), size);
  Decoder list(bytes);
  std::vector<Trace> traces = read_trace_list(list);
  if (!list.failed() && !traces.empty() && traces.size() <= kTraceBlockMax) {
    TraceBlock block{traces.front().modseq, traces.back().modseq, static_cast<uint32_t>(traces.size()), PageId(1),
                     copy_column(traces.data(), static_cast<uint32_t>(traces.size()), kTraceBlockMax)};
    if (!read_trace_page(write_trace_page(block), block)) abort();
  }
  Decoder in(bytes);
  auto mailbox = read_mailbox_entry(in, AccountId(7));
  if (!mailbox) return 0;
  Bytes again;
  Encoder out(again);
  write_mailbox_entry(out, *mailbox);
  Decoder second(again);
  if (!read_mailbox_entry(second, AccountId(7)) || second.left() != 0) abort();
  return 0;
}
