#include "imap/parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/utf8.h"
#include "imap/flag.h"
#include "imap/mailbox_name.h"
#include "imap/number.h"
#include "wire/string.h"

namespace roost::imap {
namespace {

constexpr size_t kShownBytesMax = 20;

// ATOM-CHAR = <any CHAR except atom-specials>     RFC 9051 9
constexpr std::array<bool, 256> make_atom_chars() {
  std::array<bool, 256> chars{};
  for (size_t c = 0x21; c < 0x7f; ++c) chars[c] = !BytesView("(){%*\"\\]").contains(static_cast<char>(c));
  return chars;
}

constexpr std::array<bool, 256> kAtomChars = make_atom_chars();

bool is_list_char(char c) { return is_astring_char(c) || c == '%' || c == '*'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_set_char(char c) { return is_digit(c) || c == ':' || c == ',' || c == '*'; }
bool is_date_char(char c) { return is_digit(c) || c == '-' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

}  // namespace

bool is_atom_char(char c) { return kAtomChars[static_cast<uint8_t>(c)]; }
bool is_astring_char(char c) { return is_atom_char(c) || c == ']'; }
bool is_tag_char(char c) { return is_astring_char(c) && c != '+'; }
bool is_objectid_char(char c) {
  return is_digit(c) || c == '-' || c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string to_upper(BytesView word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
  return out;
}

Parser::Parser(const wire::Frame& frame, const Dialect& dialect, std::string_view command, size_t offset,
               size_t literals)
    : frame_(frame), dialect_(dialect), command_(command), pos_(offset), literal_(literals) {
  update_limit();
}

void Parser::update_limit() {
  limit_ = literal_ < frame_.literals.size() ? frame_.literals[literal_].offset : frame_.text.size();
}

Fail Parser::expected(std::string_view what) const {
  std::string text = std::string(command_) + ": expected " + std::string(what);
  if (hidden_) return bad(std::move(text));
  if (at_literal()) return bad(text + ", found a literal");
  if (at_end()) return bad(text + ", found the end of the command");
  text += ", found '";
  for (char c : BytesView(frame_.text).substr(pos_, std::min(kShownBytesMax, limit_ - pos_))) {
    text += c >= 0x20 && c < 0x7f ? c : '?';
  }
  return bad(text + "'");
}

Fail Parser::wrong(std::string_view sentence) const {
  return bad(std::string(command_) + ": " + std::string(sentence));
}

bool Parser::take(char c) {
  if (pos_ >= limit_ || frame_.text[pos_] != c) return false;
  ++pos_;
  return true;
}

bool Parser::take_prefix(std::string_view prefix) {
  BytesView rest = BytesView(frame_.text).substr(pos_, limit_ - pos_);
  if (!equals_ignoring_case(rest.substr(0, prefix.size()), prefix)) return false;
  pos_ += prefix.size();
  return true;
}

bool Parser::take_word(std::string_view word) {
  size_t before = pos_;
  if (!take_prefix(word)) return false;
  if (!is_atom_char(peek())) return true;
  pos_ = before;
  return false;
}

BytesView Parser::take_while(bool (*accepts)(char)) {
  size_t begin = pos_;
  while (pos_ < limit_ && accepts(frame_.text[pos_])) ++pos_;
  return BytesView(frame_.text).substr(begin, pos_ - begin);
}

Result<> Parser::expect(char c, std::string_view what) {
  if (!take(c)) return expected(what);
  return {};
}

Result<> Parser::space() { return expect(' ', "a space"); }

Result<> Parser::end() {
  if (!at_end()) return expected("the end of the command");
  return {};
}

// atom = 1*ATOM-CHAR     RFC 9051 9
Result<BytesView> Parser::atom(std::string_view what) {
  BytesView word = take_while(is_atom_char);
  if (word.empty()) return expected(what);
  return word;
}

const wire::Literal& Parser::take_literal() {
  const wire::Literal& literal = frame_.literals[literal_++];
  update_limit();
  return literal;
}

// quoted = DQUOTE *QUOTED-CHAR DQUOTE     RFC 9051 9; 8-bit octets are let through, as clients send them in SEARCH
Result<Bytes> Parser::quoted() {
  Bytes out;
  ++pos_;
  while (pos_ < limit_) {
    char c = frame_.text[pos_++];
    if (c == '"') {
      if (dialect_.utf8_names && !is_valid_utf8(out)) return wrong("a quoted string is not UTF-8");
      return out;
    }
    if (c == '\\') {
      c = peek();
      if (c != '"' && c != '\\') return wrong("in a quoted string, only \" and \\ may follow a backslash");
      ++pos_;
    }
    out += c;
  }
  return wrong("a quoted string does not end");
}

// literal = "{" number64 ["+"] "}" CRLF *CHAR8     RFC 9051 9
Result<Bytes> Parser::literal_string() {
  const wire::Literal& literal = take_literal();
  if (literal.binary) return wrong("a literal8 is not allowed here");
  if (!literal.held) return wrong("a literal is not allowed here");
  if (literal.bytes.contains('\0')) return wrong("a NUL in a literal");
  return literal.bytes;
}

Result<Bytes> Parser::string(std::string_view what) {
  if (at_literal()) return literal_string();
  if (peek() == '"') return quoted();
  return expected(what);
}

Result<std::optional<Bytes>> Parser::nstring(std::string_view what) {
  if (take_word("NIL")) return std::optional<Bytes>();
  ROOST_TRY(Bytes value, string(what));
  return std::optional(std::move(value));
}

// astring = 1*ASTRING-CHAR / string     RFC 9051 9
Result<Bytes> Parser::astring(std::string_view what) {
  BytesView word = take_while(is_astring_char);
  if (word.empty()) return string(what);
  return Bytes(word);
}

Result<Bytes> Parser::list_mailbox() {
  BytesView word = take_while(is_list_char);
  if (word.empty()) return string("a mailbox pattern");
  return Bytes(word);
}

Result<Bytes> Parser::mailbox(Bytes& supplied) {
  ROOST_TRY(Bytes wire, astring("a mailbox name"));
  ROOST_TRY(Bytes name, normalize_mailbox_name(wire, dialect_.utf8_names));
  if (dialect_.utf8_names && wire != name) supplied = std::move(wire);
  return name;
}

Result<Bytes> Parser::mailbox() {
  ROOST_TRY(Bytes name, astring("a mailbox name"));
  return normalize_mailbox_name(name, dialect_.utf8_names);
}

Result<uint64_t> Parser::number64(std::string_view what) {
  BytesView digits = take_while(is_digit);
  if (digits.empty()) return expected(what);
  uint64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || value > kNumber64Max) return wrong(std::string(what) + " is too large");
  return value;
}

// nz-number64 = digit-nz *DIGIT     RFC 9051 9
Result<uint64_t> Parser::nz_number64(std::string_view what) {
  if (peek() == '0') return expected(what);
  return number64(what);
}

Result<uint32_t> Parser::number(std::string_view what) {
  ROOST_TRY(uint64_t value, number64(what));
  if (value > UINT32_MAX) return wrong(std::string(what) + " is too large");
  return static_cast<uint32_t>(value);
}

Result<uint32_t> Parser::nz_number(std::string_view what) {
  if (peek() == '0') return expected(what);
  return number(what);
}

Result<ModSeq> Parser::mod_seq_valzer() {
  ROOST_TRY(uint64_t value, number64("a mod-sequence"));
  return ModSeq(value);
}

Result<ModSeq> Parser::mod_seq_value() {
  ROOST_TRY(ModSeq value, mod_seq_valzer());
  if (value == ModSeq(0)) return wrong("a mod-sequence is not 0 here");
  return value;
}

// sequence-set     RFC 9051 9; "$": RFC 5182 2.1
Result<SequenceSet> Parser::sequence_set() {
  if (dialect_.searchres && take('$')) return SequenceSet{.saved = true};
  BytesView text = take_while(is_set_char);
  if (text.empty()) return expected("a message set");
  Result<SequenceSet> set = parse_sequence_set(text);
  if (!set) return wrong(set.error().text);
  return set;
}

Result<UidSet> Parser::uid_set() {
  BytesView text = take_while(is_set_char);
  if (text.empty()) return expected("a set of known messages");
  Result<UidSet> set = parse_uid_set(text);
  if (!set) return wrong(set.error().text);
  return set;
}

// date = date-text / DQUOTE date-text DQUOTE     RFC 9051 9
Result<Date> Parser::date() {
  bool quote = take('"');
  BytesView text = take_while(is_date_char);
  if (text.empty()) return expected("a date");
  Result<Date> value = parse_date_text(text);
  if (!value) return wrong(value.error().text);
  if (quote) ROOST_TRY_VOID(expect('"', "'\"' after a date"));
  return value;
}

Result<DateTime> Parser::date_time() {
  if (peek() != '"') return expected("a date and time");
  ROOST_TRY(Bytes text, quoted());
  Result<DateTime> value = parse_date_time_text(text);
  if (!value) return wrong(value.error().text);
  return value;
}

}  // namespace roost::imap
