#include "imap/store.h"

#include "imap/parser.h"

namespace roost::imap {
namespace {

// store-modifiers = SP "(" "UNCHANGEDSINCE" SP mod-sequence-valzer ")"     RFC 7162 7
Result<> parse_store_modifiers(Parser& in, Store& out) {
  if (!in.take_word("UNCHANGEDSINCE")) return in.expected("a known modifier");
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.unchanged_since, in.mod_seq_valzer());
  ROOST_TRY_VOID(in.expect(')', "')' after the modifier"));
  return in.space();
}

// store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))     RFC 9051 9
Result<> parse_store_att_flags(Parser& in, Store& out) {
  if (in.take('+')) {
    out.mode = Store::Mode::add;
  } else if (in.take('-')) {
    out.mode = Store::Mode::remove;
  }
  out.silent = in.take_word("FLAGS.SILENT");
  if (!out.silent && !in.take_word("FLAGS")) return in.expected("FLAGS, +FLAGS or -FLAGS");
  ROOST_TRY_VOID(in.space());
  if (in.peek() == '(') {
    ROOST_TRY(out.flags, in.flag_list());
    return {};
  }
  do {
    ROOST_TRY_VOID(in.flag(out.flags));
  } while (in.take(' '));
  return {};
}

}  // namespace

Result<Store> parse_store(Parser& in, bool uid) {
  Store out{.uid = uid};
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.set, in.sequence_set());
  ROOST_TRY_VOID(in.space());
  if (in.dialect().condstore && in.take('(')) ROOST_TRY_VOID(parse_store_modifiers(in, out));
  ROOST_TRY_VOID(parse_store_att_flags(in, out));
  ROOST_TRY_VOID(in.end());
  return out;
}

Result<Copy> parse_copy(Parser& in, bool uid, bool move) {
  Copy out{.uid = uid, .move = move};
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.set, in.sequence_set());
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.mailbox, in.mailbox());
  ROOST_TRY_VOID(in.end());
  return out;
}

Result<Expunge> parse_uid_expunge(Parser& in) {
  Expunge out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.uids, in.sequence_set());
  ROOST_TRY_VOID(in.end());
  return out;
}

}  // namespace roost::imap
