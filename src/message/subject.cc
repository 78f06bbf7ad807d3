#include "message/subject.h"

#include "message/header.h"

namespace roost::message {
namespace {

// All of these take prefixes and suffixes off `text` and say whether they did; each octet is passed a bounded number of
// times.

bool drop_prefix(BytesView& text, BytesView lower_case) {
  if (!equals_ignoring_case(text.substr(0, lower_case.size()), lower_case)) return false;
  text.remove_prefix(lower_case.size());
  return true;
}

void drop_blanks(BytesView& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
}

// subj-blob = "[" *BLOBCHAR "]" *WSP
bool drop_blob(BytesView& text) {
  if (!text.starts_with('[')) return false;
  size_t end = text.find_first_of("[]", 1);
  if (end == BytesView::npos || text[end] != ']') return false;
  text.remove_prefix(end + 1);
  drop_blanks(text);
  return true;
}

// subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
bool drop_refwd(BytesView& text) {
  BytesView rest = text;
  if (!drop_prefix(rest, "re") && !drop_prefix(rest, "fwd") && !drop_prefix(rest, "fw")) return false;
  drop_blanks(rest);
  drop_blob(rest);
  if (!rest.starts_with(':')) return false;
  text = rest.substr(1);
  return true;
}

class Extractor {
 public:
  explicit Extractor(BytesView text) : text_(text) {}

  // Steps 2 to 6.
  BaseSubject run() {
    do {
      drop_trailers();
      while (drop_leader() || drop_lone_blob()) {
      }
    } while (drop_forward());
    return {Bytes(text_), reply_or_forward_};
  }

 private:
  // subj-trailer = "(fwd)" / WSP
  void drop_trailers() {
    for (;;) {
      if (text_.ends_with(' ')) {
        text_.remove_suffix(1);
      } else if (text_.size() >= 5 && equals_ignoring_case(text_.substr(text_.size() - 5), "(fwd)")) {
        text_.remove_suffix(5);
        reply_or_forward_ = true;
      } else {
        return;
      }
    }
  }

  // subj-leader = (*subj-blob subj-refwd) / WSP. Blobs that no subj-refwd follows are looked at once, not again by each
  // of them.
  bool drop_leader() {
    if (text_.starts_with(' ')) {
      text_.remove_prefix(1);
      return true;
    }
    if (text_.size() <= no_refwd_before_) return false;
    BytesView rest = text_;
    while (drop_blob(rest)) {
    }
    if (!drop_refwd(rest)) {
      no_refwd_before_ = text_.size();
      return false;
    }
    text_ = rest;
    reply_or_forward_ = true;
    no_refwd_before_ = 0;
    return true;
  }

  // Step 4: a blob, if a subj-base is left without it.
  bool drop_lone_blob() {
    BytesView rest = text_;
    if (!drop_blob(rest) || rest.empty()) return false;
    text_ = rest;
    return true;
  }

  // Step 6: "[fwd:" subject "]".
  bool drop_forward() {
    BytesView rest = text_;
    if (!text_.ends_with(']') || !drop_prefix(rest, "[fwd:")) return false;
    rest.remove_suffix(1);
    text_ = rest;
    reply_or_forward_ = true;
    no_refwd_before_ = 0;
    return true;
  }

  BytesView text_;
  size_t no_refwd_before_ = 0;  // what is no longer than this has no subj-refwd behind its blobs
  bool reply_or_forward_ = false;
};

// Step 1: tabs and several spaces become one space.
Bytes collapse_blanks(BytesView text) {
  Bytes out;
  for (char c : text) {
    bool blank = c == ' ' || c == '\t';
    if (!blank) {
      out += c;
    } else if (!out.ends_with(' ')) {
      out += ' ';
    }
  }
  return out;
}

}  // namespace

BaseSubject base_subject(BytesView value) { return Extractor(collapse_blanks(decode_header_text(value))).run(); }

}  // namespace roost::message
