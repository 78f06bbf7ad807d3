// Values with parameters (RFC 2045 5.1) and their continuations and charsets (RFC 2231).
#include <algorithm>
#include <utility>

#include "message/ascii.h"
#include "message/charset.h"
#include "message/header.h"
#include "message/lexer.h"

namespace roost::message {
namespace {

// name, name*, name*0 or name*0*, as it stands in the field.
struct Segment {
  Bytes name;
  uint32_t index = 0;
  bool continued = false;
  bool extended = false;
  Bytes value;
};

bool is_token(char c) { return c > ' ' && c != 127 && BytesView("()<>@,;:\\\"/[]?=").find(c) == BytesView::npos; }

Bytes percent_decode(BytesView text) {
  Bytes out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void read_name(BytesView name, Segment& segment) {
  if (name.ends_with('*')) {
    segment.extended = true;
    name.remove_suffix(1);
  }
  size_t star = name.rfind('*');
  BytesView digits = star == BytesView::npos ? BytesView() : name.substr(star + 1);
  if (!digits.empty() && digits.size() <= 4 && std::ranges::all_of(digits, is_digit)) {
    segment.continued = true;
    for (char c : digits) segment.index = segment.index * 10 + static_cast<uint32_t>(c - '0');
    name = name.substr(0, star);
  }
  segment.name = to_lower(name);
}

// Widespread: values with blanks and specials that nobody quoted. Those reach to the next semicolon.
void read_value(Lexer& lexer, Bytes& value) {
  if (lexer.at('"')) {
    lexer.quoted_string(value);
    lexer.take_while([](char c) { return c != ';'; });
    return;
  }
  size_t start = lexer.position();
  BytesView token = lexer.take_while(is_token);
  lexer.skip_cfws();
  if (!lexer.at_end() && !lexer.at(';')) {
    lexer.take_while([](char c) { return c != ';'; });
    token = lexer.since(start);
  }
  value = unfold(token);
}

bool read_segment(Lexer& lexer, Segment& segment) {
  lexer.skip_cfws();
  BytesView name = lexer.take_while(is_token);
  lexer.skip_cfws();
  if (name.empty() || !lexer.accept('=')) {
    lexer.take_while([](char c) { return c != ';'; });
    return false;
  }
  lexer.skip_cfws();
  read_name(name, segment);
  read_value(lexer, segment.value);
  return true;
}

std::vector<Segment> read_segments(Lexer& lexer) {
  std::vector<Segment> out;
  while (!lexer.at_end() && out.size() < kParametersMax) {
    lexer.accept(';');
    Segment segment;
    if (read_segment(lexer, segment)) out.push_back(std::move(segment));
  }
  return out;
}

// extended-initial-value = [charset] "'" [language] "'" extended-other-values
void read_initial(BytesView value, Parameter& parameter) {
  size_t first = value.find('\'');
  size_t second = first == BytesView::npos ? first : value.find('\'', first + 1);
  if (second != BytesView::npos) {
    parameter.charset = to_lower(value.substr(0, first));
    parameter.language = value.substr(first + 1, second - first - 1);
    value.remove_prefix(second + 1);
  }
  parameter.value = percent_decode(value);
}

Parameter read_single(Segment& segment) {
  Parameter out;
  out.name = std::move(segment.name);
  out.extended = segment.extended;
  if (segment.extended) {
    read_initial(segment.value, out);
  } else {
    out.value = std::move(segment.value);
  }
  return out;
}

// Joins name*0, name*1, …, as far as the numbers run; `segments` holds one name's, sorted.
Parameter join(std::vector<Segment*>& segments) {
  Parameter out;
  out.name = segments.front()->name;
  uint32_t next = segments.front()->index;
  for (Segment* segment : segments) {
    if (segment->index != next) continue;
    if (++next == segments.front()->index + 1 && segment->extended) {
      out.extended = true;
      read_initial(segment->value, out);
    } else {
      out.extended |= segment->extended;
      out.value += segment->extended ? percent_decode(segment->value) : segment->value;
    }
  }
  return out;
}

std::vector<Parameter> assemble(std::vector<Segment>& segments) {
  std::vector<Parameter> out;
  for (size_t i = 0; i < segments.size(); ++i) {
    if (!segments[i].continued) {
      out.push_back(read_single(segments[i]));
      continue;
    }
    if (segments[i].name.empty()) continue;
    std::vector<Segment*> same;
    for (size_t k = i; k < segments.size(); ++k) {
      if (segments[k].continued && segments[k].name == segments[i].name) same.push_back(&segments[k]);
    }
    std::ranges::sort(same, {}, [](const Segment* s) { return std::pair(s->index, s); });
    out.push_back(join(same));
    for (Segment* segment : same) segment->name.clear();
  }
  std::erase_if(out, [](const Parameter& p) { return p.name.empty(); });
  return out;
}

// type "/" subtype, or a single token.
Bytes read_main_value(Lexer& lexer) {
  lexer.skip_cfws();
  Bytes out = to_lower(lexer.take_while(is_token));
  lexer.skip_cfws();
  if (lexer.accept('/')) {
    lexer.skip_cfws();
    out += '/';
    out += to_lower(lexer.take_while(is_token));
    lexer.skip_cfws();
  }
  return out;
}

}  // namespace

ParameterizedValue parse_parameterized(BytesView field_value) {
  Lexer lexer(field_value);
  ParameterizedValue out;
  out.value = read_main_value(lexer);
  // "multipart/mixed boundary=x", without the semicolon, is seen in the wild; other rubbish is passed over.
  if (!lexer.at_end() && !lexer.at(';') && !is_token(lexer.peek())) lexer.take_while([](char c) { return c != ';'; });
  auto segments = read_segments(lexer);
  out.parameters = assemble(segments);
  return out;
}

const Parameter* ParameterizedValue::find(BytesView name) const {
  const Parameter* found = nullptr;
  for (const Parameter& p : parameters) {
    if (p.name == name && (found == nullptr || (p.extended && !found->extended))) found = &p;
  }
  return found;
}

Bytes hidden_parameter_text(BytesView field) {
  size_t colon = field.find(':');
  if (colon == BytesView::npos || !equals_ignoring_case(field.substr(0, 8), "content-")) return {};
  if (field.find('*', colon) == BytesView::npos) return {};
  Bytes out;
  for (const Parameter& parameter : parse_parameterized(field.substr(colon + 1)).parameters) {
    if (!out.empty()) out += ' ';
    out += parameter_text(parameter);
  }
  return out;
}

Bytes parameter_text(const Parameter& parameter) {
  if (!parameter.extended) return decode_header_text(parameter.value);
  Bytes out = to_utf8(parameter.value, parameter.charset);
  std::erase(out, '\0');
  return out;
}

}  // namespace roost::message
