#include "lmtpd/command.h"

#include <charconv>

#include "base/flags.h"
#include "base/utf8.h"

namespace roost::lmtpd {
namespace {

class Cursor {
 public:
  explicit Cursor(BytesView in) : in_(in) {}

  bool done() const { return in_.empty(); }
  char peek() const { return in_.empty() ? '\0' : in_.front(); }
  char take() {
    char c = peek();
    if (!in_.empty()) in_.remove_prefix(1);
    return c;
  }
  bool skip(char c) {
    if (peek() != c || in_.empty()) return false;
    in_.remove_prefix(1);
    return true;
  }
  void skip_spaces() {
    while (skip(' ')) {
    }
  }
  bool skip_word(std::string_view word) {
    if (!equals_ignoring_case(in_.substr(0, word.size()), word)) return false;
    in_.remove_prefix(word.size());
    return true;
  }
  BytesView until(std::string_view stops) {
    size_t n = std::min(in_.find_first_of(stops), in_.size());
    BytesView v = in_.substr(0, n);
    in_.remove_prefix(n);
    return v;
  }
  BytesView rest() const { return in_; }

 private:
  BytesView in_;
};

Fail syntax(std::string_view what) { return bad("501 5.5.4 Syntax: " + std::string(what)); }

// Local-part = Dot-string / Quoted-string
std::optional<std::string> parse_local_part(Cursor& in) {
  if (!in.skip('"')) {
    BytesView v = in.until("@> \"");
    return v.empty() ? std::nullopt : std::optional<std::string>(v);
  }
  std::string local;
  while (!in.done()) {
    char c = in.take();
    if (c == '"') return local;
    if (c == '\\') c = in.take();
    local += c;
  }
  return std::nullopt;
}

// Path = "<" [ A-d-l ":" ] Mailbox ">"
std::optional<std::optional<Address>> parse_path(Cursor& in) {
  if (!in.skip('<')) return std::nullopt;
  if (in.skip('>')) return std::optional<Address>();
  if (in.peek() == '@') {
    in.until(":>");
    if (!in.skip(':')) return std::nullopt;
  }
  auto local = parse_local_part(in);
  if (!local) return std::nullopt;
  Address address{*local, ""};
  if (in.skip('@')) {
    address.domain = in.until("> ");
    if (address.domain.empty()) return std::nullopt;
  }
  if (!in.skip('>')) return std::nullopt;
  if (address.local.size() + address.domain.size() > kPathBytesMax) return std::nullopt;
  return std::optional<Address>(std::move(address));
}

std::optional<uint64_t> parse_number(BytesView text) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

Result<> parse_mail_parameter(BytesView parameter, MailFrom& mail) {
  size_t equals = parameter.find('=');
  BytesView keyword = parameter.substr(0, equals);
  BytesView value = equals == BytesView::npos ? BytesView() : parameter.substr(equals + 1);
  if (equals_ignoring_case(keyword, "SIZE")) {
    mail.size = parse_number(value);
    if (!mail.size) return syntax("SIZE=octets");
    return {};
  }
  if (equals_ignoring_case(keyword, "BODY")) {
    for (std::string_view type : {"7BIT", "8BITMIME", "BINARYMIME"}) {
      if (equals_ignoring_case(value, type)) return {};
    }
    return syntax("BODY=7BIT or 8BITMIME");
  }
  if (equals_ignoring_case(keyword, "SMTPUTF8") && value.empty()) {
    mail.smtputf8 = true;
    return {};
  }
  return bad("555 5.5.4 Unknown parameter");
}

Result<Command> parse_mail(Cursor in) {
  if (!in.skip_word("FROM:")) return syntax("MAIL FROM:<address>");
  in.skip_spaces();
  auto path = parse_path(in);
  if (!path) return syntax("MAIL FROM:<address>");
  MailFrom mail{std::move(*path), std::nullopt, false};
  while (!in.done()) {
    if (!in.skip(' ')) return syntax("MAIL FROM:<address> parameters");
    in.skip_spaces();
    BytesView parameter = in.until(" ");
    if (!parameter.empty()) ROOST_TRY_VOID(parse_mail_parameter(parameter, mail));
  }
  return mail;
}

Result<Command> parse_rcpt(Cursor in) {
  if (!in.skip_word("TO:")) return syntax("RCPT TO:<address>");
  in.skip_spaces();
  auto path = parse_path(in);
  if (!path || !*path) return syntax("RCPT TO:<address>");
  in.skip_spaces();
  if (!in.done()) return bad("555 5.5.4 RCPT takes no parameters here");
  return RcptTo{std::move(**path)};
}

Result<Command> parse_bdat(Cursor in) {
  auto size = parse_number(in.until(" "));
  in.skip_spaces();
  bool last = in.skip_word("LAST");
  if (!size || !in.done()) return syntax("BDAT octets [LAST]");
  return Bdat{*size, last};
}

bool has_control_characters(BytesView line) {
  for (unsigned char c : line) {
    if (c < 0x20 || c == 0x7f) return true;
  }
  return false;
}

}  // namespace

Result<Command> parse_command(BytesView line) {
  if (has_control_characters(line) || !is_valid_utf8(line)) {
    return bad("500 5.5.2 Control characters and broken UTF-8 are not allowed");
  }
  Cursor in(line);
  BytesView verb = in.until(" ");
  in.skip_spaces();
  auto is = [&](std::string_view name) { return equals_ignoring_case(verb, name); };
  if (is("LHLO")) {
    if (in.done()) return syntax("LHLO domain");
    return Lhlo{std::string(in.until(" "))};
  }
  if (is("HELO") || is("EHLO")) return bad("500 5.5.1 This is LMTP: say LHLO");
  if (is("MAIL")) return parse_mail(in);
  if (is("RCPT")) return parse_rcpt(in);
  if (is("BDAT")) return parse_bdat(in);
  if (is("NOOP")) return Noop{};
  if (is("VRFY")) return Vrfy{};
  if (!in.done()) {
    if (is("DATA") || is("RSET") || is("QUIT")) return syntax(std::string(verb) + " takes no argument");
    return bad("500 5.5.1 Unknown command");
  }
  if (is("DATA")) return Data{};
  if (is("RSET")) return Rset{};
  if (is("QUIT")) return Quit{};
  return bad("500 5.5.1 Unknown command");
}

}  // namespace roost::lmtpd
