#include "message/lexer.h"

namespace roost::message {
namespace {

bool is_dropped(char c) { return c == '\r' || c == '\n' || c == '\0'; }

}  // namespace

void Lexer::skip_white_space() {
  while (at_ < text_.size() && is_white_space(text_[at_])) ++at_;
}

void Lexer::skip_cfws(Bytes* out) {
  for (;;) {
    skip_white_space();
    if (!at('(')) return;
    if (out != nullptr) out->clear();
    comment(out);
  }
}

// comment = "(" *([FWS] ccontent) [FWS] ")"
void Lexer::comment(Bytes* out) {
  advance();
  for (size_t depth = 1; at_ < text_.size();) {
    char c = text_[at_++];
    if (c == '\\' && at_ < text_.size()) {
      c = text_[at_++];
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return;
    }
    if (out != nullptr && !is_dropped(c)) *out += c;
  }
}

// quoted-string = DQUOTE *([FWS] qcontent) [FWS] DQUOTE
void Lexer::quoted_string(Bytes& out) {
  advance();
  while (at_ < text_.size()) {
    char c = text_[at_++];
    if (c == '"') return;
    if (c == '\\' && at_ < text_.size()) c = text_[at_++];
    if (!is_dropped(c)) out += c;
  }
}

}  // namespace roost::message
