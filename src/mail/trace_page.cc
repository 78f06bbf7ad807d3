#include "mail/mailbox_entry.h"
#include "mail/page.h"

namespace roost::mail {

void write_trace_list(Encoder& out, std::span<const Trace> traces) {
  out.varint(traces.size());
  uint64_t before = 0;
  for (const Trace& trace : traces) {
    out.varint(trace.modseq.value - before);
    before = trace.modseq.value;
    out.varint(trace.uids.first.value);
    out.varint(trace.uids.last.value - trace.uids.first.value);
  }
}

std::vector<Trace> read_trace_list(Decoder& in) {
  std::vector<Trace> traces(in.count(3));
  uint64_t modseq = 0;
  for (Trace& trace : traces) {
    uint64_t step = in.varint();
    uint64_t first = in.varint();
    uint64_t length = in.varint();
    bool sound =
        step <= uint64_t{INT64_MAX} - modseq && first > 0 && first <= UINT32_MAX && length <= UINT32_MAX - first;
    if (!sound) in.fail();
    if (in.failed()) return {};
    modseq += step;
    if (modseq == 0) in.fail();
    trace = {{Uid(static_cast<uint32_t>(first)), Uid(static_cast<uint32_t>(first + length))}, ModSeq(modseq)};
  }
  return traces;
}

Bytes write_trace_page(const TraceBlock& block) {
  Bytes content;
  Encoder out(content);
  write_trace_list(out, {block.traces->data(), block.count});
  return pack_page(PageKind::traces, content);
}

Result<ColumnPtr<Trace>> read_trace_page(BytesView page, const TraceBlock& index) {
  ROOST_TRY(Bytes content, unpack_page(PageKind::traces, page));
  Decoder in(content);
  std::vector<Trace> traces = read_trace_list(in);
  ROOST_TRY_VOID(in.finish("trace page"));
  if (traces.size() != index.count || traces.empty() || traces.front().modseq != index.modseq_min ||
      traces.back().modseq != index.modseq_max) {
    return fault("trace page: not the traces of its index entry", Code::corruption);
  }
  return copy_column(traces.data(), index.count, index.count);
}

}  // namespace roost::mail
