// Reads what IMAP calls a parenthesised list, to see that our writers write one (RFC 9051 9, no extensions).
#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace roost::message {

// list = "(" [item *(SP item)] ")", where groups of lists may stand without spaces between them, as in address lists
// and multiparts; item = list / quoted / literal / number / "NIL". Returns whether all of `text` is one list.
class ParenChecker {
 public:
  explicit ParenChecker(BytesView text) : text_(text) {}
  bool run() { return list() && at_ == text_.size(); }

 private:
  bool list() {
    if (!accept('(')) return false;
    for (bool first = true; !accept(')'); first = false) {
      bool spaced = accept(' ');
      bool after_list = at_ > 0 && text_[at_ - 1] == ')';
      if (!first && !spaced && !(after_list && peek() == '(')) return false;
      if (first && spaced) return false;
      if (!item()) return false;
    }
    return true;
  }
  bool item() {
    if (peek() == '(') return list();
    if (peek() == '"') return quoted();
    if (peek() == '{') return literal();
    if (text_.substr(at_, 3) == "NIL") {
      at_ += 3;
      return true;
    }
    size_t start = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ > start;
  }
  bool quoted() {
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      char c = text_[at_];
      if (c == '\r' || c == '\n' || c == '\0') return false;
      at_ += c == '\\' ? 2 : 1;
    }
    return accept('"');
  }
  bool literal() {
    ++at_;
    size_t size = 0;
    while (peek() >= '0' && peek() <= '9') size = size * 10 + static_cast<size_t>(text_[at_++] - '0');
    if (text_.substr(at_, 3) != "}\r\n" || size > text_.size() - at_ - 3) return false;
    if (text_.substr(at_ + 3, size).find('\0') != BytesView::npos) return false;
    at_ += 3 + size;
    return true;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool accept(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  BytesView text_;
  size_t at_ = 0;
};

}  // namespace roost::message
