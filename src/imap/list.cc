#include "imap/list.h"

#include "imap/mailbox_name.h"
#include "imap/metadata.h"
#include "imap/parser.h"

namespace roost::imap {
namespace {

// list-select-opt     RFC 9051 6.3.9.1, RFC 6154 2
Result<> parse_select_opt(Parser& in, List::Selection& out) {
  bool extended = in.dialect().list_extended;
  if (in.dialect().special_use && in.take_word("SPECIAL-USE")) {
    out.special_use = true;
  } else if (extended && in.take_word("SUBSCRIBED")) {
    out.subscribed = true;
  } else if (extended && in.take_word("REMOTE")) {
    out.remote = true;
  } else if (extended && in.take_word("RECURSIVEMATCH")) {
    out.recursive_match = true;
  } else {
    return in.expected("a known selection option");
  }
  return {};
}

Result<> parse_select_opts(Parser& in, List& out) {
  out.extended = true;
  bool more = !in.take(')');
  while (more) {
    ROOST_TRY_VOID(parse_select_opt(in, out.select));
    more = in.take(' ');
    if (!more) ROOST_TRY_VOID(in.expect(')', "')' after the selection options"));
  }
  // RFC 9051 6.3.9.1: it only means something beside a base option.
  if (out.select.recursive_match && !out.select.subscribed) {
    return in.wrong("RECURSIVEMATCH needs another option, such as SUBSCRIBED");
  }
  return in.space();
}

// return-option     RFC 9051 6.3.9.2, RFC 5819, RFC 6154 2
Result<> parse_return_opt(Parser& in, List::Return& out) {
  bool extended = in.dialect().list_extended;
  if (in.dialect().special_use && in.take_word("SPECIAL-USE")) {
    out.special_use = true;
  } else if (extended && in.take_word("SUBSCRIBED")) {
    out.subscribed = true;
  } else if (extended && in.take_word("CHILDREN")) {
    out.children = true;
  } else if (in.dialect().list_my_rights && in.take_word("MYRIGHTS")) {
    out.my_rights = true;
  } else if (in.dialect().list_status && in.take_word("STATUS")) {
    ROOST_TRY_VOID(in.space());
    ROOST_TRY(out.status, parse_status_items(in));
  } else if (in.dialect().list_metadata && in.take_word("METADATA")) {
    ROOST_TRY_VOID(in.space());
    ROOST_TRY(out.metadata, parse_metadata_entries(in));
  } else {
    return in.expected("a known return option");
  }
  return {};
}

// list-return-opts = "RETURN" SP "(" [list-return-opt *(SP list-return-opt)] ")"     RFC 9051 9
Result<> parse_return_opts(Parser& in, List& out) {
  out.extended = true;
  if (!in.take_word("RETURN")) return in.expected("RETURN");
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(in.expect('(', "'(' after RETURN"));
  if (in.take(')')) return {};
  do {
    ROOST_TRY_VOID(parse_return_opt(in, out.give));
  } while (in.take(' '));
  return in.expect(')', "')' after the return options");
}

Result<> parse_pattern(Parser& in, List& out) {
  ROOST_TRY(Bytes wire, in.list_mailbox());
  if (out.patterns.size() >= List::kPatternsMax) return no(Code::limit, "Too many patterns");
  out.patterns.push_back(decode_list_pattern(wire, in.dialect().utf8_names));
  return {};
}

// mbox-or-pat = list-mailbox / patterns; patterns = "(" list-mailbox *(SP list-mailbox) ")"     RFC 5258 6
Result<> parse_mbox_or_pat(Parser& in, List& out) {
  if (!in.dialect().list_extended || !in.take('(')) return parse_pattern(in, out);
  out.extended = true;
  do {
    ROOST_TRY_VOID(parse_pattern(in, out));
  } while (in.take(' '));
  return in.expect(')', "')' after the patterns");
}

Result<> parse_reference(Parser& in, List& out) {
  ROOST_TRY(Bytes wire, in.astring("a reference name"));
  out.reference = decode_list_pattern(wire, in.dialect().utf8_names);
  return in.space();
}

}  // namespace

Result<List> parse_list(Parser& in) {
  List out;
  const Dialect& dialect = in.dialect();
  bool options = dialect.list_extended || dialect.special_use || dialect.list_status;
  ROOST_TRY_VOID(in.space());
  if (options && in.take('(')) ROOST_TRY_VOID(parse_select_opts(in, out));
  ROOST_TRY_VOID(parse_reference(in, out));
  ROOST_TRY_VOID(parse_mbox_or_pat(in, out));
  if (options && in.take(' ')) ROOST_TRY_VOID(parse_return_opts(in, out));
  ROOST_TRY_VOID(in.end());
  return out;
}

namespace {

// SP mailbox SP list-mailbox     RFC 3501 9
Result<List> parse_plain_list(Parser& in, List out) {
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(parse_reference(in, out));
  ROOST_TRY_VOID(parse_pattern(in, out));
  ROOST_TRY_VOID(in.end());
  return out;
}

}  // namespace

Result<List> parse_lsub(Parser& in) { return parse_plain_list(in, {.lsub = true}); }
Result<List> parse_xlist(Parser& in) { return parse_plain_list(in, {.xlist = true}); }

}  // namespace roost::imap
