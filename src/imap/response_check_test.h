// A strict reader of what a server sends, for tests: RFC 3501 9 and the extensions that Roost answers with. Shares no
// code with the writers, so that one mistake is not made twice.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace roost::imap {

// One use per stream. Anything that the grammar does not allow throws Wrong.
class ResponseReader {
 public:
  struct Wrong {
    std::string text;
  };

  explicit ResponseReader(std::string_view stream) : in_(stream) {}

  bool at_end() const { return at_ == in_.size(); }

  // response-data / continue-req / response-tagged     RFC 3501 9
  void response() {
    if (opt("+ ")) {
      while (is_text(peek())) ++at_;
    } else if (opt("* ")) {
      untagged();
    } else {
      run("a tag", [](char c) { return is_astring(c) && c != '+'; });
      need(" ");
      if (!any({"OK", "NO", "BAD"})) wrong("OK, NO or BAD");
      resp_text();
    }
    need("\r\n");
  }

 private:
  static constexpr int kDepthMax = 200;

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_text(char c) { return static_cast<unsigned char>(c) < 0x80 && c != '\r' && c != '\n' && c != '\0'; }
  static bool is_atom(char c) {
    return c > 0x20 && c < 0x7f && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
  }
  static bool is_astring(char c) { return is_atom(c) || c == ']'; }
  static char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

  [[noreturn]] void wrong(std::string_view what) const {
    size_t from = at_ < 60 ? 0 : at_ - 60;
    throw Wrong{"expected " + std::string(what) + " after: " + std::string(in_.substr(from, at_ - from)) + " <HERE> " +
                std::string(in_.substr(at_, 60))};
  }
  char peek() const { return at_ < in_.size() ? in_[at_] : '\0'; }
  bool opt(std::string_view word) {
    std::string_view here = in_.substr(at_, word.size());
    if (here.size() < word.size()) return false;
    for (size_t i = 0; i < word.size(); ++i) {
      if (upper(here[i]) != upper(word[i])) return false;
    }
    at_ += word.size();
    return true;
  }
  // The first of these that stands here as a whole word.
  bool any(std::initializer_list<std::string_view> words) {
    for (std::string_view word : words) {
      size_t before = at_;
      if (opt(word) && !is_atom(peek())) return true;
      at_ = before;
    }
    return false;
  }
  void need(std::string_view word) {
    if (!opt(word)) wrong(word);
  }
  template <class F>
  std::string_view run(std::string_view what, F accepts) {
    size_t begin = at_;
    while (at_ < in_.size() && accepts(in_[at_])) ++at_;
    if (at_ == begin) wrong(what);
    return in_.substr(begin, at_ - begin);
  }
  // "(" x *(SP x) ")"
  template <class F>
  void list(F element) {
    need("(");
    do element();
    while (opt(" "));
    need(")");
  }

  uint64_t number(uint64_t min = 0, uint64_t max = UINT32_MAX) {
    std::string_view digits = run("a number", is_digit);
    uint64_t value = 0;
    for (char c : digits) {
      if (value > INT64_MAX / 10) wrong("a smaller number");
      value = value * 10 + static_cast<uint64_t>(c - '0');
    }
    if (value < min || value > max) wrong("a number within its limits");
    return value;
  }
  void nz_number() { number(1); }
  void number64() { number(0, INT64_MAX); }
  void mod_seq() { number(1, INT64_MAX); }
  void atom() { run("an atom", is_atom); }
  // Ascending and without "*": what a server may send.
  void uid_set() {
    uint64_t last = 0;
    do {
      uint64_t first = number(last + 1);
      last = opt(":") ? number(first + 1) : first;
    } while (opt(","));
  }

  void literal() {
    need("{");
    uint64_t size = number(0, INT64_MAX);
    need("}\r\n");
    if (size > in_.size() - at_) wrong("as many octets as the literal announced");
    at_ += size;
  }
  bool quoted() {
    if (!opt("\"")) return false;
    while (!opt("\"")) {
      if (opt("\\") && peek() != '"' && peek() != '\\') wrong("a quoted-special");
      if (!is_text(peek())) wrong("a QUOTED-CHAR");
      ++at_;
    }
    return true;
  }
  void string() {
    if (peek() == '{') return literal();
    if (!quoted()) wrong("a string");
  }
  void nstring() {
    if (!any({"NIL"})) string();
  }
  void astring() {
    if (is_astring(peek())) {
      run("an astring", is_astring);
    } else {
      string();
    }
  }
  void date_time() {
    size_t begin = at_;
    if (!quoted() || at_ - begin != 28) wrong("a date-time");
  }
  void flag(bool permanent = false) {
    if (permanent && opt("\\*")) return;
    opt("\\");
    atom();
  }
  void flag_list(bool permanent = false) {
    if (!opt("()")) list([&] { flag(permanent); });
  }

  // resp-text = ["[" resp-text-code "]" SP] text
  void resp_text() {
    need(" ");
    if (opt("[")) {
      resp_text_code();
      need("] ");
    }
    run("a text", is_text);
  }
  void resp_text_code() {
    if (opt("CAPABILITY ")) return words();
    if (opt("PERMANENTFLAGS ")) return flag_list(true);
    if (opt("UIDNEXT ") || opt("UIDVALIDITY ") || opt("UNSEEN ")) return nz_number();
    if (opt("HIGHESTMODSEQ ")) return mod_seq();
    if (opt("MODIFIED ")) return uid_set();
    if (opt("BADCHARSET (")) {
      --at_;
      return list([&] { astring(); });
    }
    if (opt("APPENDUID ") || opt("COPYUID ")) {
      bool copy = upper(in_[at_ - 8]) == 'C';
      nz_number();
      need(" ");
      uid_set();
      if (!copy) return;
      need(" ");
      return uid_set();
    }
    atom();
    if (opt(" ")) run("a code's data", [](char c) { return is_text(c) && c != ']'; });
  }
  void words() {
    do atom();
    while (opt(" "));
  }

  void untagged() {
    if (is_digit(peek())) return message_data();
    if (any({"OK", "NO", "BAD", "BYE", "PREAUTH"})) return resp_text();
    if (opt("CAPABILITY ")) return words();
    if (any({"ENABLED"})) {
      if (opt(" ")) words();
      return;
    }
    if (opt("FLAGS ")) return flag_list();
    if (opt("LIST ") || opt("LSUB ")) return mailbox_list();
    if (opt("STATUS ")) return status();
    if (opt("NAMESPACE")) return namespaces();
    if (opt("VANISHED ")) {
      opt("(EARLIER) ");
      return uid_set();
    }
    if (any({"ESEARCH"})) return esearch();
    if (any({"SEARCH"})) return search();
    if (opt("ID ")) return id();
    wrong("a known response");
  }
  void mailbox_list() {
    flag_list();
    need(" ");
    if (!any({"NIL"})) {
      size_t begin = at_;
      if (!quoted() || at_ - begin < 3) wrong("a hierarchy separator");
    }
    need(" ");
    astring();
    if (!opt(" ")) return;
    list([&] {
      astring();
      need(" ");
      list([&] { astring(); });
    });
  }
  void status() {
    astring();
    need(" ");
    if (opt("()")) return;
    list([&] {
      if (opt("UIDNEXT ") || opt("UIDVALIDITY ")) return nz_number();
      if (opt("MESSAGES ") || opt("RECENT ") || opt("UNSEEN ") || opt("DELETED ")) return void(number());
      if (opt("SIZE ") || opt("HIGHESTMODSEQ ")) return number64();
      if (opt("MAILBOXID ")) return list([&] { atom(); });
      need("APPENDLIMIT ");
      if (!any({"NIL"})) number();
    });
  }
  void namespaces() {
    for (int i = 0; i < 3; ++i) {
      need(" ");
      if (any({"NIL"})) continue;
      need("(");
      do {
        need("(");
        string();
        need(" ");
        nstring();
        need(")");
      } while (peek() == '(');
      need(")");
    }
  }
  void search() {
    while (opt(" ")) {
      if (opt("(MODSEQ ")) {
        mod_seq();
        return need(")");
      }
      nz_number();
    }
  }
  void esearch() {
    if (opt(" (TAG ")) {
      string();
      need(")");
    }
    any({" UID"});
    while (opt(" ")) {
      if (opt("ALL ")) {
        uid_set();
      } else if (opt("MIN ") || opt("MAX ")) {
        nz_number();
      } else if (opt("COUNT ")) {
        number();
      } else if (opt("PARTIAL (")) {
        partial();
      } else {
        need("MODSEQ ");
        mod_seq();
      }
    }
  }
  void partial() {
    bool from_end = opt("-");
    nz_number();
    need(from_end ? ":-" : ":");
    nz_number();
    need(" ");
    if (!any({"NIL"})) uid_set();
    need(")");
  }
  void id() {
    if (any({"NIL"})) return;
    list([&] {
      string();
      need(" ");
      nstring();
    });
  }

  void message_data() {
    uint64_t value = number();
    need(" ");
    if (any({"EXISTS", "RECENT"})) return;
    if (value == 0) wrong("a message number above 0");
    if (any({"EXPUNGE"})) return;
    if (!opt("UIDFETCH ")) need("FETCH ");
    list([&] { msg_att(); });
  }
  void msg_att() {
    if (opt("FLAGS ")) return flag_list();
    if (opt("UID ")) return nz_number();
    if (opt("MODSEQ (")) {
      mod_seq();
      return need(")");
    }
    if (opt("INTERNALDATE ")) return date_time();
    if (opt("RFC822.SIZE ")) return number64();
    if (opt("ENVELOPE ")) return envelope();
    if (opt("BODYSTRUCTURE ")) return body(true, 0);
    if (opt("BODY ")) return body(false, 0);
    if (opt("EMAILID (")) {
      atom();
      return need(")");
    }
    if (opt("THREADID NIL") || opt("SAVEDATE NIL")) return;
    if (opt("THREADID (")) {
      atom();
      return need(")");
    }
    if (opt("SAVEDATE ")) return date_time();
    if (opt("PREVIEW ") || opt("RFC822 ") || opt("RFC822.HEADER ") || opt("RFC822.TEXT ")) return nstring();
    if (opt("BINARY.SIZE[")) {
      section();
      need(" ");
      return void(number());
    }
    bool binary = opt("BINARY[");
    if (!binary) need("BODY[");
    section();
    if (opt("<")) {
      number64();
      need(">");
    }
    need(" ");
    if (binary && opt("~")) return literal();
    nstring();
  }
  // section-spec "]"
  void section() {
    bool part = is_digit(peek());
    if (part) {
      do nz_number();
      while (opt(".") && is_digit(peek()));
    }
    if (opt("]")) return;
    if (opt("HEADER.FIELDS.NOT ") || opt("HEADER.FIELDS ")) {
      list([&] { astring(); });
    } else if (!any({"HEADER", "TEXT"}) && !(part && any({"MIME"}))) {
      wrong("a section");
    }
    need("]");
  }

  void envelope() {
    need("(");
    nstring();
    need(" ");
    nstring();
    for (int i = 0; i < 6; ++i) {
      need(" ");
      addresses();
    }
    need(" ");
    nstring();
    need(" ");
    nstring();
    need(")");
  }
  void addresses() {
    if (any({"NIL"})) return;
    need("(");
    do {
      need("(");
      for (int i = 0; i < 4; ++i) {
        if (i > 0) need(" ");
        nstring();
      }
      need(")");
    } while (peek() == '(');
    need(")");
  }

  // A string's content in capitals, of a quoted one.
  std::string media() {
    size_t begin = at_;
    string();
    std::string out(in_.substr(begin, at_ - begin));
    for (char& c : out) c = upper(c);
    return out;
  }
  void body(bool extensible, int depth) {
    if (depth > kDepthMax) wrong("less nesting");
    need("(");
    if (peek() == '(') {
      do body(extensible, depth + 1);
      while (peek() == '(');
      need(" ");
      string();
      if (extensible && opt(" ")) {
        param();
        body_ext();
      }
    } else {
      one_part(extensible, depth);
    }
    need(")");
  }
  void one_part(bool extensible, int depth) {
    std::string type = media();
    need(" ");
    std::string subtype = media();
    need(" ");
    param();
    need(" ");
    nstring();
    need(" ");
    nstring();
    need(" ");
    string();
    need(" ");
    number();
    if (type == "\"MESSAGE\"" && (subtype == "\"RFC822\"" || subtype == "\"GLOBAL\"")) {
      need(" ");
      envelope();
      need(" ");
      body(extensible, depth + 1);
      need(" ");
      number64();
    } else if (type == "\"TEXT\"") {
      need(" ");
      number64();
    }
    if (extensible && opt(" ")) {
      nstring();
      body_ext();
    }
  }
  void param() {
    if (any({"NIL"})) return;
    list([&] {
      string();
      need(" ");
      string();
    });
  }
  // [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]]
  void body_ext() {
    if (!opt(" ")) return;
    if (!any({"NIL"})) {
      need("(");
      string();
      need(" ");
      param();
      need(")");
    }
    if (!opt(" ")) return;
    if (peek() == '(') {
      list([&] { string(); });
    } else {
      nstring();
    }
    if (opt(" ")) nstring();
  }

  std::string_view in_;
  size_t at_ = 0;
};

// Empty: all of the stream is well-formed responses; otherwise what was expected, and where.
inline std::string check_responses(std::string_view stream) {
  ResponseReader reader(stream);
  try {
    while (!reader.at_end()) reader.response();
  } catch (const ResponseReader::Wrong& wrong) {
    return wrong.text;
  }
  return {};
}

}  // namespace roost::imap
