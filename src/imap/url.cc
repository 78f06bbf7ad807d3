#include "imap/url.h"

#include <vector>

#include "base/flags.h"
#include "base/utf8.h"
#include "imap/mailbox_name.h"
#include "imap/parser.h"

namespace roost::imap {
namespace {

bool is_alpha_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// achar = unreserved / sub-delims without ";" / pct-encoded     RFC 5092 11, RFC 3986 2.3
bool is_achar(char c) { return is_alpha_or_digit(c) || BytesView("-._~!$'()*+,&=").contains(c); }

// bchar = achar / ":" / "@" / "/"
bool is_bchar(char c) { return is_achar(c) || c == ':' || c == '@' || c == '/'; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = to_lower_ascii(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// pct-encoded = "%" HEXDIG HEXDIG     RFC 3986 2.1
Result<Bytes> decode(BytesView encoded, bool (*allowed)(char)) {
  Bytes out;
  for (size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] != '%') {
      if (!allowed(encoded[i])) return bad("The URL has a character that must be percent-encoded.");
      out += encoded[i];
      continue;
    }
    int high = i + 2 < encoded.size() ? hex_digit(encoded[i + 1]) : -1;
    int low = high >= 0 ? hex_digit(encoded[i + 2]) : -1;
    if (low < 0) return bad("In the URL, two hexadecimal digits must follow '%'.");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

bool take_prefix(BytesView& in, BytesView prefix) {
  if (!equals_ignoring_case(in.substr(0, prefix.size()), prefix)) return false;
  in.remove_prefix(prefix.size());
  return true;
}

// Up to `end`, or all of it; `end` itself stays.
BytesView take_until(BytesView& in, char end) {
  BytesView taken = in.substr(0, in.find(end));
  in.remove_prefix(taken.size());
  return taken;
}

Result<uint64_t> take_number(BytesView& in, uint64_t min, uint64_t max) {
  uint64_t value = 0;
  size_t digits = 0;
  for (; digits < in.size() && in[digits] >= '0' && in[digits] <= '9'; ++digits) {
    uint64_t digit = static_cast<uint64_t>(in[digits] - '0');
    if (value > (max - digit) / 10) return bad("A number in the URL is too large.");
    value = value * 10 + digit;
  }
  if (digits == 0 || value < min) return bad("A number is missing in the URL.");
  in.remove_prefix(digits);
  return value;
}

// iuserinfo = enc-user [iauth] / [enc-user] iauth; iauth = ";AUTH=" ( "*" / enc-auth-type )
Result<> parse_user(BytesView in, ImapUrl::Server& out) {
  ROOST_TRY(out.user, decode(take_until(in, ';'), is_achar));
  if (!is_valid_utf8(out.user)) return bad("The user in the URL is not UTF-8.");
  if (in.empty()) return out.user.empty() ? Result<>(bad("The URL has no user before '@'.")) : Result<>();
  if (!take_prefix(in, ";AUTH=")) return bad("Only ;AUTH= may follow the user in a URL.");
  ROOST_TRY(out.auth, decode(in, is_achar));
  if (out.auth.empty()) return bad("The URL has no mechanism after ;AUTH=.");
  return {};
}

// host = IP-literal / IPv4address / reg-name     RFC 3986 3.2.2
Result<> parse_host(BytesView in, ImapUrl::Server& out) {
  BytesView host = take_until(in, in.starts_with('[') ? ']' : ':');
  if (host.starts_with('[')) {
    if (!in.starts_with(']')) return bad("An IPv6 address in a URL ends with ']'.");
    in.remove_prefix(1);
    for (char c : host.substr(1)) {
      if (hex_digit(c) < 0 && c != ':' && c != '.') return bad("The URL has no IPv6 address between '[' and ']'.");
    }
    out.host = Bytes(host) + ']';
  } else {
    ROOST_TRY(out.host, decode(host, is_achar));
  }
  if (out.host.empty()) return bad("The URL has no host.");
  if (!in.starts_with(':')) return in.empty() ? Result<>() : Result<>(bad("Only a port may follow a URL's host."));
  in.remove_prefix(1);
  ROOST_TRY(uint64_t port, take_number(in, 1, UINT16_MAX));
  if (!in.empty()) return bad("The URL's port is not a number.");
  out.port = static_cast<uint16_t>(port);
  return {};
}

Result<> parse_server(BytesView in, ImapUrl& out) {
  ImapUrl::Server server;
  size_t at = in.find('@');
  if (at != BytesView::npos) {
    ROOST_TRY_VOID(parse_user(in.substr(0, at), server));
    in.remove_prefix(at + 1);
  }
  ROOST_TRY_VOID(parse_host(in, server));
  out.server = std::move(server);
  return {};
}

// remove_dot_segments     RFC 3986 5.2.4. `path` and the result are without the first "/".
Bytes without_dot_segments(BytesView path) {
  std::vector<BytesView> kept;
  bool ends_with_slash = false;
  while (true) {
    BytesView segment = take_until(path, '/');
    bool last = path.empty();
    ends_with_slash = last && (segment == "." || segment == "..");
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (segment != ".") {
      kept.push_back(segment);
    }
    if (last) break;
    path.remove_prefix(1);
  }
  Bytes out;
  for (size_t i = 0; i < kept.size(); ++i) {
    if (i > 0) out += '/';
    out += kept[i];
  }
  if (ends_with_slash && !out.empty()) out += '/';
  return out;
}

// enc-section = 1*bchar: %-encoded section-spec of a FETCH
Result<Section> parse_section_spec(BytesView encoded) {
  ROOST_TRY(Bytes spec, decode(encoded, is_bchar));
  if (spec.empty()) return bad("The URL has no section after ;SECTION=.");
  wire::Frame frame{.text = "[" + spec + "]", .literals = {}};
  Dialect dialect;
  Parser in(frame, dialect, "URL");
  ROOST_TRY(Section section, parse_section(in, false));
  ROOST_TRY_VOID(in.end());
  return section;
}

// ipartial-only = ";PARTIAL=" number ["." nz-number]
Result<> parse_partial(BytesView& in, ImapUrl& out) {
  ImapUrl::Range range;
  ROOST_TRY(range.offset, take_number(in, 0, INT64_MAX));
  if (take_prefix(in, ".")) {
    ROOST_TRY(range.count, take_number(in, 1, INT64_MAX));
  }
  out.partial = range;
  return {};
}

// [isection] [ipartial], behind the UID
Result<> parse_message_part(BytesView in, ImapUrl& out) {
  if (take_prefix(in, "/;SECTION=")) {
    BytesView section = take_until(in, ';');
    if (in.starts_with(';') && section.ends_with('/')) {
      section.remove_suffix(1);
      in = BytesView(section.data() + section.size(), in.size() + 1);
    }
    ROOST_TRY(out.section, parse_section_spec(section));
  }
  if (take_prefix(in, "/;PARTIAL=")) ROOST_TRY_VOID(parse_partial(in, out));
  if (!in.empty()) return bad("A URL ends after its section and its range; URLAUTH is not known here.");
  return {};
}

// enc-mailbox = 1*bchar: %-encoded UTF-8 (RFC 5092 8)
Result<> parse_mailbox(BytesView encoded, ImapUrl& out) {
  ROOST_TRY(Bytes name, decode(encoded, is_bchar));
  ROOST_TRY(out.mailbox, normalize_mailbox_name(name, true));
  return {};
}

// icommand = imessagelist / imessagepart; imailbox-ref = enc-mailbox [uidvalidity]; iuid = "/;UID=" nz-number
Result<> parse_path(BytesView in, ImapUrl& out) {
  BytesView mailbox = take_until(in, ';');
  bool has_validity = take_prefix(in, ";UIDVALIDITY=");
  if (has_validity) {
    ROOST_TRY(uint64_t validity, take_number(in, 1, UINT32_MAX));
    out.uidvalidity = UidValidity(static_cast<uint32_t>(validity));
    if (in == "/") in = {};
  } else if (mailbox.ends_with('/')) {
    mailbox.remove_suffix(1);
    if (!in.empty()) in = BytesView(in.data() - 1, in.size() + 1);
  }
  ROOST_TRY_VOID(parse_mailbox(mailbox, out));
  if (in.empty()) return {};
  if (!take_prefix(in, "/;UID=")) return bad("A URL has a mailbox, perhaps ;UIDVALIDITY=, and /;UID=.");
  ROOST_TRY(uint64_t uid, take_number(in, 1, UINT32_MAX));
  out.uid = Uid(static_cast<uint32_t>(uid));
  return parse_message_part(in, out);
}

}  // namespace

Result<ImapUrl> parse_imap_url(BytesView text) {
  ImapUrl out;
  bool absolute = take_prefix(text, "imap://");
  if (absolute || take_prefix(text, "//")) {
    ROOST_TRY_VOID(parse_server(take_until(text, '/'), out));
    if (text.empty()) return out;
  }
  if (!take_prefix(text, "/")) return bad("A URL here begins with '/', or with imap://.");
  BytesView encoded_path = take_until(text, '?');
  Bytes path = without_dot_segments(encoded_path);
  if (!path.empty()) ROOST_TRY_VOID(parse_path(path, out));
  if (text.empty()) return out;
  if (path.empty() || out.uid) return bad("Only a mailbox may be searched by a URL.");
  ROOST_TRY(out.search, decode(text.substr(1), is_bchar));
  return out;
}

}  // namespace roost::imap
