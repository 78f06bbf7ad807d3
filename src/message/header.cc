#include "message/header.h"

#include <algorithm>
#include <cstring>

#include "message/ascii.h"
#include "message/encoded_word.h"

namespace roost::message {
namespace {

// The line's size with its LF, or all that is left.
size_t line_size(BytesView text) {
  size_t lf = text.find('\n');
  return lf == BytesView::npos ? text.size() : lf + 1;
}

}  // namespace

bool equals_ignoring_case(BytesView a, BytesView b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

Bytes to_lower(BytesView text) {
  Bytes out(text);
  for (char& c : out) c = lower(c);
  return out;
}

std::optional<size_t> field_name_size(BytesView line) {
  line = line.substr(0, kFieldNameBytesMax);
  size_t n = 0;
  while (n < line.size() && line[n] > ' ' && line[n] < 127 && line[n] != ':') ++n;
  size_t colon = n;
  while (colon < line.size() && is_blank(line[colon])) ++colon;
  if (n == 0 || colon == line.size() || line[colon] != ':') return std::nullopt;
  return n;
}

std::optional<Field> FieldIterator::next() {
  while (!rest_.empty()) {
    size_t size = line_size(rest_);
    BytesView first = rest_.substr(0, size);
    if (first == "\r\n" || first == "\n") {
      blank_line_ = first;
      rest_ = {};
      return std::nullopt;
    }
    while (size < rest_.size() && is_blank(rest_[size])) size += line_size(rest_.substr(size));
    BytesView raw = rest_.substr(0, size);
    rest_.remove_prefix(size);
    if (auto name = field_name_size(first)) {
      return Field{raw, raw.substr(0, *name), raw.substr(raw.find(':', *name) + 1)};
    }
  }
  return std::nullopt;
}

std::optional<Field> find_field(BytesView header, BytesView name) {
  FieldIterator fields(header);
  while (auto field = fields.next()) {
    if (equals_ignoring_case(field->name, name)) return field;
  }
  return std::nullopt;
}

std::vector<Field> read_fields(BytesView header) {
  std::vector<Field> out;
  FieldIterator fields(header);
  while (auto field = fields.next()) out.push_back(*field);
  return out;
}

std::optional<Field> find_field(std::span<const Field> fields, BytesView name) {
  for (const Field& field : fields) {
    if (equals_ignoring_case(field.name, name)) return field;
  }
  return std::nullopt;
}

Bytes unfold(BytesView value) {
  auto outer = [](char c) { return is_blank(c) || c == '\r' || c == '\n' || c == '\0'; };
  while (!value.empty() && outer(value.front())) value.remove_prefix(1);
  while (!value.empty() && outer(value.back())) value.remove_suffix(1);
  Bytes out;
  out.reserve(value.size());
  for (char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') out += c;
  }
  return out;
}

Bytes decode_header_text(BytesView value) {
  Bytes out;
  HeaderTextDecoder().feed(unfold(value), true, out);
  return out;
}

}  // namespace roost::message
