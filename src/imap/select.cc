#include "imap/select.h"

#include "imap/parser.h"

namespace roost::imap {
namespace {

// seq-match-data = "(" known-sequence-set SP known-uid-set ")"     RFC 7162 7
Result<> parse_seq_match_data(Parser& in, QresyncParameter& out) {
  ROOST_TRY_VOID(in.expect('(', "'(' before the known message numbers"));
  ROOST_TRY(UidSet numbers, in.uid_set());
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.known_number_uids, in.uid_set());
  ROOST_TRY_VOID(in.expect(')', "')' after the known UIDs"));
  if (numbers.count() != out.known_number_uids.count()) {
    return in.wrong("the known message numbers and UIDs are not equally many");
  }
  for (const UidRange& r : numbers) out.known_numbers.push_back({SeqNum(r.first.value), SeqNum(r.last.value)});
  return {};
}

Result<QresyncParameter> parse_qresync(Parser& in) {
  QresyncParameter out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(in.expect('(', "'(' after QRESYNC"));
  ROOST_TRY(uint32_t validity, in.nz_number("a UIDVALIDITY"));
  out.uid_validity = UidValidity(validity);
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.mod_seq, in.mod_seq_value());
  if (in.take(' ')) {
    bool known_uids = in.peek() != '(';
    if (known_uids) {
      ROOST_TRY(out.known_uids, in.uid_set());
    }
    if (!known_uids || in.take(' ')) ROOST_TRY_VOID(parse_seq_match_data(in, out));
  }
  ROOST_TRY_VOID(in.expect(')', "')' after the parameters of QRESYNC"));
  return out;
}

// select-param = "CONDSTORE" / "QRESYNC" …     RFC 7162 7
Result<> parse_select_param(Parser& in, Select& out) {
  if (in.dialect().condstore && in.take_word("CONDSTORE")) {
    out.condstore = true;
  } else if (in.dialect().qresync && !out.qresync && in.take_word("QRESYNC")) {
    ROOST_TRY(out.qresync, parse_qresync(in));
  } else {
    return in.expected("a known parameter");
  }
  return {};
}

}  // namespace

Result<Select> parse_select(Parser& in, bool read_only) {
  Select out{.read_only = read_only};
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.mailbox, in.mailbox(out.supplied));
  if (in.take(' ')) {
    ROOST_TRY_VOID(in.expect('(', "'(' before the parameters"));
    do {
      ROOST_TRY_VOID(parse_select_param(in, out));
    } while (in.take(' '));
    ROOST_TRY_VOID(in.expect(')', "')' after the parameters"));
  }
  ROOST_TRY_VOID(in.end());
  return out;
}

}  // namespace roost::imap
