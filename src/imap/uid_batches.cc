#include "imap/uid_batches.h"

#include "imap/number.h"
#include "imap/parser.h"
#include "wire/string.h"

namespace roost::imap {

Result<UidBatches> parse_uid_batches(Parser& in) {
  UidBatches out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.size, in.nz_number("the size of a batch"));
  if (in.take(' ')) {
    UidBatches::Range range;
    ROOST_TRY(range.first, in.nz_number("the number of a batch"));
    ROOST_TRY_VOID(in.expect(':', "':' between the first batch and the last"));
    ROOST_TRY(range.last, in.nz_number("the number of a batch"));
    out.wanted = range;
  }
  ROOST_TRY_VOID(in.end());
  if (out.wanted && out.wanted->last < out.wanted->first) {
    Fail reversed = in.wrong("the last batch is before the first");
    reversed.error().code = Code::client_bug;
    return reversed;
  }
  return out;
}

UidBatchesWriter::UidBatchesWriter(Bytes& out, BytesView tag) : out_(out) {
  out_ += "* UIDBATCHES (TAG ";
  wire::write_string(out_, tag);
  out_ += ')';
}

void UidBatchesWriter::batch(Uid highest, Uid lowest) {
  out_ += first_ ? ' ' : ',';
  first_ = false;
  write_number(out_, highest.value);
  out_ += ':';
  write_number(out_, lowest.value);
}

void UidBatchesWriter::finish() { out_ += "\r\n"; }

}  // namespace roost::imap
