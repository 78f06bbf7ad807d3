#include "message/address.h"

#include <utility>

#include "message/encoded_word.h"
#include "message/header.h"
#include "message/lexer.h"

namespace roost::message {
namespace {

constexpr size_t kRouteBytesMax = 1024;  // the longest source route that is seen

// specials without ".", which is part of words here: phrases and domains alike may have it (RFC 5322 4.1).
bool is_word(char c) { return !is_white_space(c) && BytesView("()<>@,;:\"").find(c) == BytesView::npos; }
bool is_domain(char c) { return !is_white_space(c) && BytesView("()<>,;\"").find(c) == BytesView::npos; }
// Within angle brackets only what ends the address or begins something else matters.
bool is_local(char c) { return !is_white_space(c) && BytesView("()<>@\"").find(c) == BytesView::npos; }

// Words read so far, of which nobody knows yet whether they are a display name, a local part or a group's name.
struct Words {
  Bytes phrase;  // one space between words that blanks or comments separate
  Bytes before;  // the phrase without its last run of words
  Bytes run;     // the last words that dots connect: a local part
  size_t count = 0;

  void add(BytesView word, bool separated) {
    if (separated && !phrase.empty()) phrase += ' ';
    phrase += word;
    bool dotted = run.ends_with('.') || word.starts_with('.');
    if (separated && !run.empty() && !dotted) {
      if (!before.empty()) before += ' ';
      before += run;
      run.clear();
    }
    run += word;
    ++count;
  }
};

class AddressParser {
 public:
  AddressParser(BytesView value, size_t count_max) : lexer_(value), words_(value), count_max_(count_max) {}

  std::vector<Address> run() {
    while (!lexer_.at_end() && out_.size() < count_max_) parse_one();
    if (in_group_) end_group();
    return std::move(out_);
  }

 private:
  void parse_one();
  void read_words(Words& words);
  void read_word(Words& words, bool separated);
  void parse_angle(Words& words);
  std::optional<Bytes> read_route();
  Bytes read_local_part();
  void parse_bare(Words& words);
  void parse_nothing(Words& words);
  void skip_to_separator();
  Bytes read_domain();
  Bytes read_domain_literal();
  void add(Address address) { out_.push_back(std::move(address)); }
  void end_group() {
    in_group_ = false;
    add({});
  }

  Lexer lexer_;
  EncodedWordReader words_;
  size_t count_max_;
  Bytes comment_;  // the last one in the address at hand
  bool in_group_ = false;
  std::vector<Address> out_;
};

// address = mailbox / group. obs-addr-list has empty elements; semicolons outside groups separate too, as Outlook has
// it.
void AddressParser::parse_one() {
  comment_.clear();
  Words words;
  read_words(words);
  if (lexer_.at('<')) {
    parse_angle(words);
  } else if (lexer_.at('@')) {
    parse_bare(words);
  } else if (lexer_.accept(':')) {
    if (!in_group_) {
      in_group_ = true;
      add({.mailbox = std::move(words.phrase)});
    }
    return;
  } else {
    parse_nothing(words);
  }
  skip_to_separator();
  if (lexer_.accept(';')) {
    if (in_group_) end_group();
  } else {
    lexer_.accept(',');
  }
}

void AddressParser::read_words(Words& words) {
  for (;;) {
    size_t before = lexer_.position();
    lexer_.skip_cfws(&comment_);
    bool separated = lexer_.position() != before;
    if (lexer_.at_end() || BytesView("<@,;:").find(lexer_.peek()) != BytesView::npos) return;
    read_word(words, separated);
  }
}

void AddressParser::read_word(Words& words, bool separated) {
  if (lexer_.at('"')) {
    Bytes quoted;
    lexer_.quoted_string(quoted);
    words.add(quoted, separated);
  } else if (auto encoded = words_.read(lexer_.position())) {
    // Commas and the like within an encoded word break RFC 2047 5 (3) but are seen: it is one word all the same.
    words.add(unfold(lexer_.rest().substr(0, encoded->size)), separated);
    for (size_t i = 0; i < encoded->size; ++i) lexer_.advance();
  } else {
    BytesView word = lexer_.take_while(is_word);
    if (word.empty()) lexer_.advance();  // a stray ")" or ">"
    if (!word.empty()) words.add(word, separated);
  }
}

// angle-addr = [CFWS] "<" [obs-route] addr-spec ">" [CFWS]
void AddressParser::parse_angle(Words& words) {
  Address address;
  while (lexer_.accept('<')) lexer_.skip_cfws();
  address.route = read_route();
  address.mailbox = read_local_part();
  address.host = lexer_.accept('@') ? read_domain() : Bytes();
  lexer_.take_while([](char c) { return c != '>' && c != ','; });
  lexer_.accept('>');
  lexer_.skip_cfws(&comment_);
  if (!words.phrase.empty()) {  // an empty one would be shown instead of the address
    address.name = std::move(words.phrase);
  } else if (!comment_.empty()) {
    address.name = std::move(comment_);
  }
  add(std::move(address));
}

// obs-route = *(CFWS / ",") "@" domain *("," [CFWS] ["@" domain]) ":". Without the colon it is none, but a domain.
std::optional<Bytes> AddressParser::read_route() {
  BytesView text = lexer_.rest().substr(0, kRouteBytesMax);
  size_t end = text.find_first_of(":>");
  if (!lexer_.at('@') || end == BytesView::npos || text[end] != ':') return std::nullopt;
  Bytes out;
  for (char c : lexer_.take_while([](char c) { return c != ':'; })) {
    if (!is_white_space(c)) out += c;
  }
  lexer_.accept(':');
  return out;
}

// local-part = dot-atom / quoted-string / obs-local-part, to the "@" or what ends the address.
Bytes AddressParser::read_local_part() {
  Bytes out;
  for (;;) {
    size_t before = lexer_.position();
    lexer_.skip_cfws();
    bool gap = lexer_.position() != before && !out.empty() && !out.ends_with('.') && !lexer_.at('.');
    if (lexer_.at_end() || lexer_.at('@') || lexer_.at('>') || lexer_.at('<')) return out;
    if (gap) out += ' ';
    if (lexer_.at('"')) {
      lexer_.quoted_string(out);
    } else {
      BytesView word = lexer_.take_while(is_local);
      if (word.empty()) lexer_.advance();
      out += word;
    }
  }
}

// addr-spec = local-part "@" domain, without angle brackets: a comment is the display name, as RFC 822 mail has it.
void AddressParser::parse_bare(Words& words) {
  lexer_.advance();
  Bytes host = read_domain();
  lexer_.skip_cfws(&comment_);
  if (lexer_.at('<')) {  // me@example.org <me@example.org>: an unquoted display name with "@"
    words.phrase += '@';
    words.phrase += host;
    parse_angle(words);
    return;
  }
  Address address;
  if (!words.before.empty()) {
    address.name = std::move(words.before);
  } else if (!comment_.empty()) {
    address.name = std::move(comment_);
  }
  address.mailbox = std::move(words.run);
  address.host = std::move(host);
  add(std::move(address));
}

// Words without an address: one word may be a local user, several are what a person can read.
void AddressParser::parse_nothing(Words& words) {
  if (words.count == 0) return;
  if (words.count == 1) {
    Address address{.mailbox = std::move(words.phrase), .host = Bytes()};
    if (!comment_.empty()) address.name = std::move(comment_);
    add(std::move(address));
  } else {
    add({.name = std::move(words.phrase), .mailbox = Bytes(), .host = Bytes()});
  }
}

// domain = dot-atom / domain-literal / obs-domain
Bytes AddressParser::read_domain() {
  Bytes host;
  for (;;) {
    lexer_.skip_cfws(&comment_);
    if (!host.empty() && !host.ends_with('.') && !lexer_.at('.')) return host;
    if (lexer_.at('[')) return host + read_domain_literal();
    BytesView word = lexer_.take_while(is_domain);
    if (word.empty()) return host;
    host += word;
  }
}

// domain-literal = [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS]
Bytes AddressParser::read_domain_literal() {
  Bytes out;
  for (char c : lexer_.take_while([](char c) { return BytesView("]()<>,;\"").find(c) == BytesView::npos; })) {
    if (!is_white_space(c)) out += c;
  }
  if (lexer_.accept(']')) out += ']';
  return out;
}

void AddressParser::skip_to_separator() {
  for (;;) {
    lexer_.skip_cfws();
    if (lexer_.at_end() || lexer_.at(',') || lexer_.at(';')) return;
    if (lexer_.at('"')) {
      Bytes ignored;
      lexer_.quoted_string(ignored);
    } else {
      lexer_.advance();
    }
  }
}

}  // namespace

std::vector<Address> parse_addresses(BytesView value, size_t count_max) {
  return AddressParser(value, count_max).run();
}

Bytes address_text(BytesView value) {
  Bytes out;
  for (const Address& address : parse_addresses(value)) {
    if (address.is_group_end()) continue;
    if (!out.empty()) out += ", ";
    if (address.name) out += decode_header_text(*address.name) + " ";
    Bytes mailbox = decode_header_text(*address.mailbox);
    out += address.is_group_start() ? mailbox : "<" + mailbox + "@" + *address.host + ">";
  }
  return out;
}

}  // namespace roost::message
