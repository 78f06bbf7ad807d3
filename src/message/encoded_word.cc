// Encoded words (RFC 2047) and raw 8-bit octets in header text.
#include "message/encoded_word.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "message/ascii.h"
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

Bytes decode_q(BytesView text) {
  Bytes spaced(text);
  std::ranges::replace(spaced, '_', ' ');
  return decode_transfer(Encoding::quoted_printable, spaced + "=\n");  // keeps blanks at the end
}

// What was decoded must not look like a line end or NUL to those who put it into a line.
void append_harmless(BytesView text, Bytes& out) {
  for (char c : text) {
    if (c != '\0') out += c == '\r' || c == '\n' ? ' ' : c;
  }
}

}  // namespace

void HeaderTextDecoder::feed(BytesView piece, bool last, Bytes& out) {
  Bytes joined;
  if (!held_.empty()) {
    joined = std::exchange(held_, {});
    joined += piece;
    piece = joined;
  }
  held_ = piece.substr(decode(piece, last, out));
  if (!last) return;
  end_words(out);
  end_plain(out);
}

// Returns how much of `text` was used; of the last piece, all.
size_t HeaderTextDecoder::decode(BytesView text, bool last, Bytes& out) {
  EncodedWordReader reader(text);
  size_t used = 0;
  size_t at = 0;
  while ((at = text.find("=?", at)) != BytesView::npos) {
    auto word = reader.read(at);
    bool undecided = !word && !last && text.size() - at < kEncodedWordBytesMax;
    if (!word && !undecided) {
      at += 2;
      continue;
    }
    BytesView between = text.substr(used, at - used);
    if (undecided && joins_words(between)) return used;
    if (!joins_words(between)) add_plain(between, out);
    if (undecided) return at;
    add_word(*word, out);
    at += word->size;
    used = at;
  }
  BytesView rest = text.substr(used);
  if (!last && rest.ends_with('=')) rest.remove_suffix(1);  // the beginning of "=?"
  if (!last && joins_words(rest)) return used;
  add_plain(rest, out);
  return used + rest.size();
}

// White space between adjacent encoded words is not shown (RFC 2047 6.2).
bool HeaderTextDecoder::joins_words(BytesView between) const {
  return words_ && between.size() < kEncodedWordBytesMax && std::ranges::all_of(between, is_blank);
}

// A character may be split between words of one charset: they are decoded as one text.
void HeaderTextDecoder::add_word(const EncodedWord& word, Bytes& out) {
  end_plain(out);
  if (words_ && !equals_ignoring_case(charset_, word.charset)) end_words(out);
  if (!words_) {
    words_.emplace(word.charset);
    charset_ = word.charset;
  }
  Bytes text;
  words_->feed(word.coding == 'q' ? decode_q(word.text) : decode_transfer(Encoding::base64, word.text), false, text);
  append_harmless(text, out);
}

void HeaderTextDecoder::add_plain(BytesView text, Bytes& out) {
  if (text.empty()) return;
  end_words(out);
  if (!plain_ && ascii_prefix(text) == text.size()) {
    out += text;
    return;
  }
  if (!plain_) plain_.emplace(BytesView());
  plain_->feed(text, false, out);
}

void HeaderTextDecoder::end_words(Bytes& out) {
  if (!words_) return;
  Bytes text;
  words_->feed({}, true, text);
  append_harmless(text, out);
  words_.reset();
}

void HeaderTextDecoder::end_plain(Bytes& out) {
  if (!plain_) return;
  plain_->feed({}, true, out);
  plain_.reset();
}

}  // namespace roost::message
