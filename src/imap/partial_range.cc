#include "imap/partial_range.h"

#include "imap/number.h"
#include "imap/parser.h"

namespace roost::imap {

Result<PartialRange> parse_partial_range(Parser& in) {
  PartialRange out{.from_end = in.take('-')};
  ROOST_TRY(out.first, in.nz_number("the beginning of a part"));
  ROOST_TRY_VOID(in.expect(':', "':' within a part"));
  if (out.from_end) ROOST_TRY_VOID(in.expect('-', "'-' before the end of a part"));
  ROOST_TRY(out.last, in.nz_number("the end of a part"));
  return out;
}

void write_partial_range(Bytes& out, const PartialRange& range) {
  if (range.from_end) out += '-';
  write_number(out, range.first);
  out += range.from_end ? ":-" : ":";
  write_number(out, range.last);
}

}  // namespace roost::imap
