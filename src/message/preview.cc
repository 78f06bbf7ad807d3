#include "message/preview.h"

#include <array>
#include <optional>

#include "base/utf8.h"
#include "message/charset.h"
#include "message/header.h"
#include "message/transfer.h"

namespace roost::message {
namespace {

constexpr size_t kEntityBytesMax = 10;  // "&thetasym;"

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v'; }

// White space, and what senders fill the invisible beginnings of newsletters with.
bool is_invisible(uint32_t c) {
  return c <= 0x20 || c == 0x7f || (c >= 0x80 && c <= 0xa0) || c == 0xad || c == 0x34f || c == 0x61c ||
         (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) || c == 0x3000 ||
         c == 0xfeff;
}

// Collects characters until there are enough; runs of what is invisible become one space.
class Line {
 public:
  explicit Line(size_t chars_max) : left_(chars_max) {}
  bool full() const { return left_ == 0; }
  bool empty() const { return out_.empty(); }
  // Returns the size of the sequence that `text` begins with.
  size_t take(BytesView text) {
    Utf8Sequence sequence = utf8_sequence(text);
    if (!sequence.valid) return 1;
    if (is_invisible(sequence.code_point)) {
      space_ = !out_.empty();
      return sequence.size;
    }
    if (space_ && left_ > 1) {
      out_ += ' ';
      --left_;
    }
    space_ = false;
    if (left_ > 0) {
      out_ += text.substr(0, sequence.size);
      --left_;
    }
    return sequence.size;
  }
  void take_all(BytesView text) {
    for (size_t i = 0; i < text.size() && !full();) i += take(text.substr(i));
  }
  void space() { space_ = !out_.empty(); }
  Bytes finish() { return std::move(out_); }

 private:
  Bytes out_;
  size_t left_;
  bool space_ = false;
};

// Quoted lines are left out; if nothing else is there, they are taken.
Bytes from_plain(BytesView text, size_t chars_max, bool quoted) {
  Line line(chars_max);
  while (!text.empty() && !line.full()) {
    size_t lf = text.find('\n');
    BytesView one = text.substr(0, lf);
    text.remove_prefix(lf == BytesView::npos ? text.size() : lf + 1);
    if (!quoted && one.starts_with('>')) continue;
    line.take_all(one);
    line.space();
  }
  return line.finish();
}

struct Entity {
  BytesView name;
  BytesView text;
};
constexpr auto kEntities = std::to_array<Entity>(
    {{"amp", "&"},   {"lt", "<"},     {"gt", ">"},     {"quot", "\""},  {"apos", "'"},  {"nbsp", " "},
     {"zwnj", " "},  {"shy", " "},    {"copy", "©"},   {"reg", "®"},    {"euro", "€"},  {"hellip", "…"},
     {"ndash", "–"}, {"mdash", "—"},  {"lsquo", "‘"},  {"rsquo", "’"},  {"ldquo", "“"}, {"rdquo", "”"},
     {"auml", "ä"},  {"ouml", "ö"},   {"uuml", "ü"},   {"Auml", "Ä"},   {"Ouml", "Ö"},  {"Uuml", "Ü"},
     {"szlig", "ß"}, {"eacute", "é"}, {"egrave", "è"}, {"agrave", "à"}, {"ccedil", "ç"}});

// "#8364" or "#x20ac"
std::optional<Bytes> numeric_entity(BytesView name) {
  bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
  name.remove_prefix(hex ? 2 : 1);
  if (name.empty()) return std::nullopt;
  uint32_t value = 0;
  for (char c : name) {
    char low = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      value = value * (hex ? 16 : 10) + static_cast<uint32_t>(c - '0');
    } else if (hex && low >= 'a' && low <= 'f') {
      value = value * 16 + static_cast<uint32_t>(low - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  if (value >= 0x110000 || (value >= 0xd800 && value < 0xe000)) return " ";
  Bytes out;
  append_utf8(value, out);
  return out;
}

// The size of the entity that `text` begins with, whose text goes to `line`; 0 where it is none.
size_t take_entity(BytesView text, Line& line) {
  size_t end = text.substr(0, kEntityBytesMax).find(';');
  if (end == BytesView::npos || end < 2) return 0;
  BytesView name = text.substr(1, end - 1);
  if (name.starts_with('#')) {
    auto character = numeric_entity(name);
    if (!character) return 0;
    line.take_all(*character);
    return end + 1;
  }
  for (const Entity& entity : kEntities) {
    if (entity.name != name) continue;
    line.take_all(entity.text);
    return end + 1;
  }
  return 0;
}

// Where the markup that `text` begins with ends. Elements whose content is not shown go with it.
size_t markup_size(BytesView text) {
  if (text.starts_with("<!--")) {
    size_t end = text.find("-->", 4);
    return end == BytesView::npos ? text.size() : end + 3;
  }
  size_t end = text.find('>');
  if (end == BytesView::npos) return text.size();
  BytesView name = text.substr(1, text.find_first_of(" \t\r\n/>", 1) - 1);
  for (BytesView hidden : {"style", "script", "head", "title"}) {
    if (!equals_ignoring_case(name, hidden)) continue;
    for (size_t at = text.find("</", end); at != BytesView::npos; at = text.find("</", at + 2)) {
      if (equals_ignoring_case(text.substr(at + 2, hidden.size()), hidden)) return at;
    }
    return text.size();
  }
  return end + 1;
}

// Whether text on both sides of the element belongs to one word.
bool is_inline(BytesView markup) {
  BytesView name = markup.substr(1);
  if (name.starts_with('/')) name.remove_prefix(1);
  name = name.substr(0, name.find_first_of(" \t\r\n/>"));
  for (BytesView one : {"a", "b", "i", "u", "em", "strong", "span", "font", "small", "big", "code", "sub", "sup"}) {
    if (equals_ignoring_case(name, one)) return true;
  }
  return false;
}

Bytes from_html(BytesView text, size_t chars_max) {
  Line line(chars_max);
  for (size_t i = 0; i < text.size() && !line.full();) {
    BytesView rest = text.substr(i);
    bool markup = rest.size() > 1 && rest[0] == '<' && !is_space(rest[1]);
    if (markup) {
      size_t size = markup_size(rest);
      if (!is_inline(rest.substr(0, size))) line.space();
      i += size;
      continue;
    }
    size_t entity = rest[0] == '&' ? take_entity(rest, line) : 0;
    i += entity > 0 ? entity : line.take(rest);
  }
  return line.finish();
}

Bytes decoded(const Parsed& parsed, const PreviewSource& source) {
  const Part& part = parsed.parts[source.part];
  return to_utf8(decode_transfer(part.encoding, source.bytes), part.charset);
}

}  // namespace

Bytes make_preview(const Parsed& parsed, size_t chars_max) {
  if (parsed.plain.part != kNoPart) {
    Bytes text = decoded(parsed, parsed.plain);
    Bytes out = from_plain(text, chars_max, false);
    if (out.empty()) out = from_plain(text, chars_max, true);
    if (!out.empty()) return out;
  }
  if (parsed.html.part == kNoPart) return {};
  return from_html(decoded(parsed, parsed.html), chars_max);
}

}  // namespace roost::message
