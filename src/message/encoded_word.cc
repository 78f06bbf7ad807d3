// Encoded words (RFC 2047) and raw 8-bit octets in header text.
#include "message/encoded_word.h"

#include <algorithm>

#include "message/charset.h"
#include "message/header.h"
#include "message/transfer.h"

namespace roost::message {

// encoded-word = "=?" charset "?" encoding "?" encoded-text "?="
// Blanks within the text of a Q word break the RFC but are common; they are allowed.
std::optional<EncodedWord> EncodedWordReader::read(size_t at) {
  BytesView text = text_.substr(at, kEncodedWordBytesMax);
  if (!text.starts_with("=?")) return std::nullopt;
  size_t charset_end = text.substr(0, kCharsetNameBytesMax).find_first_of("? \t", 2);
  if (charset_end == BytesView::npos || text[charset_end] != '?' || charset_end == 2) return std::nullopt;
  if (charset_end + 2 >= text.size() || text[charset_end + 2] != '?') return std::nullopt;
  char coding = static_cast<char>(text[charset_end + 1] | 0x20);
  if (coding != 'q' && coding != 'b') return std::nullopt;
  size_t start = charset_end + 3;
  size_t end = find_end(at + start, at + text.size());
  if (end == BytesView::npos) return std::nullopt;
  BytesView charset = text.substr(2, charset_end - 2);
  charset = charset.substr(0, charset.find('*'));
  return EncodedWord{charset, coding, text.substr(start, end - at - start), end - at + 2};
}

// The first "?=" from `start` and before `limit`. What was searched in vain is not searched again, so that openings
// without an end cost nothing.
size_t EncodedWordReader::find_end(size_t start, size_t limit) {
  if (start < end_known_from_ || start > end_known_) {
    end_known_from_ = start;
    end_known_ = text_.find("?=", start);
  }
  return end_known_ != BytesView::npos && end_known_ + 2 <= limit ? end_known_ : BytesView::npos;
}

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

Bytes decode_q(BytesView text) {
  Bytes spaced(text);
  std::ranges::replace(spaced, '_', ' ');
  return decode_transfer(Encoding::quoted_printable, spaced + "=\n");  // keeps blanks at the end
}

// The octets of adjacent words of one charset, converted together: a character may be split between words.
class WordRun {
 public:
  explicit WordRun(Bytes& out) : out_(out) {}
  void add(const EncodedWord& word) {
    if (!equals_ignoring_case(charset_, word.charset)) flush();
    charset_ = word.charset;
    octets_ += word.coding == 'q' ? decode_q(word.text) : decode_transfer(Encoding::base64, word.text);
    any_ = true;
  }
  void flush() {
    if (any_) append_text(to_utf8(octets_, charset_));
    any_ = false;
    octets_.clear();
  }
  bool any() const { return any_; }

 private:
  // What was decoded must not look like a line end or NUL to those who put it into a line.
  void append_text(BytesView text) {
    for (char c : text) {
      if (c != '\0') out_ += c == '\r' || c == '\n' ? ' ' : c;
    }
  }

  Bytes& out_;
  Bytes octets_;
  BytesView charset_;
  bool any_ = false;
};

void append_plain(BytesView text, Bytes& out) {
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    out += to_utf8(text, {});
  } else {
    out += text;
  }
}

}  // namespace

void decode_words(BytesView text, Bytes& out) {
  EncodedWordReader reader(text);
  WordRun run(out);
  size_t plain = 0;  // where text not yet appended begins
  size_t at = 0;
  while ((at = text.find("=?", at)) != BytesView::npos) {
    auto word = reader.read(at);
    if (!word) {
      at += 2;
      continue;
    }
    BytesView between = text.substr(plain, at - plain);
    // White space between adjacent encoded words is not shown (RFC 2047 6.2).
    if (!run.any() || !std::ranges::all_of(between, is_blank)) {
      run.flush();
      append_plain(between, out);
    }
    run.add(*word);
    at += word->size;
    plain = at;
  }
  run.flush();
  append_plain(text.substr(plain), out);
}

}  // namespace roost::message
