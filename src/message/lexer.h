// The lexical pieces that structured header fields share (RFC 5322 3.2, obsolete forms of 4.1, RFC 2045 5.1).
#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace roost::message {

// Reads a field's value from left to right. Line ends count as white space, so that the value need not be unfolded.
// Never fails: what is not closed ends with the value. Linear, and comments nest without recursion.
class Lexer {
 public:
  explicit Lexer(BytesView text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool at(char c) const { return !at_end() && text_[at_] == c; }
  void advance() { ++at_; }
  bool accept(char c) {
    if (!at(c)) return false;
    ++at_;
    return true;
  }
  size_t position() const { return at_; }
  BytesView since(size_t position) const { return text_.substr(position, at_ - position); }
  BytesView rest() const { return text_.substr(at_); }

  // White space and comments. `comment`, if given, receives the text of the last comment passed, outer parentheses and
  // quoting removed.
  void skip_cfws(Bytes* comment = nullptr);
  void skip_white_space();
  // With peek() == '"': appends the contents, quoting and line ends removed.
  void quoted_string(Bytes& out);
  // As long as `accepts(c)`.
  template <class Predicate>
  BytesView take_while(Predicate accepts) {
    size_t start = at_;
    while (at_ < text_.size() && accepts(text_[at_])) ++at_;
    return since(start);
  }

 private:
  void comment(Bytes* out);

  BytesView text_;
  size_t at_ = 0;
};

constexpr bool is_white_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0'; }

}  // namespace roost::message
