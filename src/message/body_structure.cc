#include "message/body_structure.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "message/ascii.h"
#include "message/envelope.h"
#include "message/header.h"
#include "message/lexer.h"
#include "wire/string.h"

namespace roost::message {
namespace {

Bytes to_upper(BytesView text) {
  Bytes out(text);
  for (char& c : out) c = upper(c);
  return out;
}

// ext-octet of RFC 2231 7 for all that is no attribute-char.
void percent_encode(Bytes& out, BytesView octets) {
  static constexpr BytesView kHex = "0123456789ABCDEF";
  for (char c : octets) {
    bool plain = is_digit(c) || is_alpha(c) || BytesView("!#$&+-.^_`{|}~").find(c) != BytesView::npos;
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
}

Bytes name_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::eight_bit: return "8BIT";
    case Encoding::binary: return "BINARY";
    case Encoding::base64: return "BASE64";
    case Encoding::quoted_printable: return "QUOTED-PRINTABLE";
    case Encoding::uuencode: return "X-UUENCODE";
    case Encoding::unknown: return "X-UNKNOWN";
    default: return "7BIT";
  }
}

class Writer {
 public:
  Writer(Bytes& out, const Parsed& parsed, BodyForm form) : out_(out), parsed_(parsed), form_(form) {}

  // body = "(" (body-type-1part / body-type-mpart) ")". As deep as mime_depth_max allows.
  void body(uint32_t index) {
    const Part& part = parsed_.parts[index];
    std::vector<Field> fields = read_fields(parsed_.header_of(index));
    out_ += '(';
    if (part.kind == PartKind::multipart) {
      multipart(index, fields);
    } else {
      single(index, fields);
    }
    out_ += ')';
  }

 private:
  void multipart(uint32_t index, std::span<const Field> fields);
  void single(uint32_t index, std::span<const Field> fields);
  void parameters_of_type(const Part& part, std::span<const Field> fields);
  void parameters(const std::vector<Parameter>& list, bool default_charset);
  void parameter(const Parameter& parameter);
  void text_field(std::span<const Field> fields, BytesView name);
  void encoding(const Part& part, std::span<const Field> fields);
  void disposition(std::span<const Field> fields);
  void language(std::span<const Field> fields);
  void extension(std::span<const Field> fields);
  void string(BytesView value) { wire::write_string(out_, value, form_.utf8); }

  Bytes& out_;
  const Parsed& parsed_;
  BodyForm form_;
};

// body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
void Writer::multipart(uint32_t index, std::span<const Field> fields) {
  const Part& part = parsed_.parts[index];
  for (uint32_t at = part.first_child; at != kNoPart; at = parsed_.parts[at].next_sibling) body(at);
  out_ += ' ';
  string(to_upper(part.subtype));
  if (!form_.extensible) return;
  out_ += ' ';
  parameters_of_type(part, fields);
  extension(fields);
}

// body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
void Writer::single(uint32_t index, std::span<const Field> fields) {
  const Part& part = parsed_.parts[index];
  string(to_upper(part.type));
  out_ += ' ';
  string(to_upper(part.subtype));
  out_ += ' ';
  parameters_of_type(part, fields);
  out_ += ' ';
  text_field(fields, "content-id");
  out_ += ' ';
  text_field(fields, "content-description");
  out_ += ' ';
  encoding(part, fields);
  out_ += ' ';
  out_ += std::to_string(part.body.size);
  // RFC 3501 knows an envelope only in message/rfc822; RFC 9051 and RFC 9755 have it in message/global too.
  bool as_message = part.kind == PartKind::message && (form_.utf8 || part.subtype == "rfc822");
  if (as_message) {
    out_ += ' ';
    write_envelope(out_, parsed_.header_of(part.first_child), form_.utf8);
    out_ += ' ';
    body(part.first_child);
  }
  if (as_message || part.is_text()) {
    out_ += ' ';
    out_ += std::to_string(part.body_lines);
  }
  if (!form_.extensible) return;
  out_ += ' ';
  text_field(fields, "content-md5");
  extension(fields);
}

// What the part was taken for may differ from what its header says; then the header's parameters mean nothing. Where
// the field was too much to keep, the charset is known all the same.
void Writer::parameters_of_type(const Part& part, std::span<const Field> fields) {
  bool text = part.is_text();
  if (auto type = find_field(fields, "content-type")) {
    ParameterizedValue value = parse_parameterized(type->value);
    if (value.value == part.type + "/" + part.subtype) {
      parameters(value.parameters, text && value.find("charset") == nullptr);
      return;
    }
  }
  if (!part.charset.empty()) {
    parameters({{.name = "charset", .value = part.charset}}, false);
  } else {
    parameters({}, text);
  }
}

// body-fld-param = "(" string SP string *(SP string SP string) ")" / nil. US-ASCII is the default charset of text.
void Writer::parameters(const std::vector<Parameter>& list, bool default_charset) {
  if (list.empty() && !default_charset) {
    out_ += "NIL";
    return;
  }
  out_ += '(';
  if (default_charset) out_ += "\"CHARSET\" \"US-ASCII\"";
  bool first = !default_charset;
  for (const Parameter& p : list) {
    if (!first) out_ += ' ';
    first = false;
    parameter(p);
  }
  out_ += ')';
}

// Continuations are joined in either form. An extended value keeps its "charset'language'%XX" for rev1 clients, which
// decode it themselves, and is decoded for others (RFC 9051 7.5.2); the name ends in "*" in both.
void Writer::parameter(const Parameter& p) {
  Bytes value;
  if (p.extended && form_.utf8) {
    value = parameter_text(p);
  } else if (p.extended) {
    value = p.charset + "'" + p.language + "'";
    percent_encode(value, p.value);
  } else {
    value = p.value;
  }
  string(to_upper(p.name) + (p.extended ? "*" : ""));
  out_ += ' ';
  string(value);
}

void Writer::text_field(std::span<const Field> fields, BytesView name) {
  if (auto found = find_field(fields, name)) {
    string(unfold(found->value));
  } else {
    out_ += "NIL";
  }
}

// As it was given; by its name where the field was too much to keep.
void Writer::encoding(const Part& part, std::span<const Field> fields) {
  auto found = find_field(fields, "content-transfer-encoding");
  Bytes token = found ? parse_parameterized(found->value).value : Bytes();
  string(token.empty() ? name_of(part.encoding) : to_upper(token));
}

// body-fld-dsp = "(" string SP body-fld-param ")" / nil
void Writer::disposition(std::span<const Field> fields) {
  auto found = find_field(fields, "content-disposition");
  ParameterizedValue value = found ? parse_parameterized(found->value) : ParameterizedValue();
  if (value.value.empty()) {
    out_ += "NIL";
    return;
  }
  out_ += '(';
  string(to_upper(value.value));
  out_ += ' ';
  parameters(value.parameters, false);
  out_ += ')';
}

// body-fld-lang = nstring / "(" string *(SP string) ")"; Content-Language is a list with commas (RFC 3282).
void Writer::language(std::span<const Field> fields) {
  std::vector<BytesView> tags;
  if (auto found = find_field(fields, "content-language")) {
    Lexer lexer(found->value);
    while (!lexer.at_end()) {
      lexer.skip_cfws();
      BytesView tag = lexer.take_while([](char c) { return !is_white_space(c) && c != ',' && c != '('; });
      if (!tag.empty() && tags.size() < kParametersMax) tags.push_back(tag);
      lexer.skip_cfws();
      lexer.accept(',');
    }
  }
  if (tags.empty()) {
    out_ += "NIL";
  } else if (tags.size() == 1) {
    string(tags.front());
  } else {
    for (size_t i = 0; i < tags.size(); ++i) {
      out_ += i == 0 ? '(' : ' ';
      string(tags[i]);
    }
    out_ += ')';
  }
}

// body-fld-dsp SP body-fld-lang SP body-fld-loc
void Writer::extension(std::span<const Field> fields) {
  out_ += ' ';
  disposition(fields);
  out_ += ' ';
  language(fields);
  out_ += ' ';
  text_field(fields, "content-location");
}

}  // namespace

void write_body_structure(Bytes& out, const Parsed& parsed, BodyForm form) { Writer(out, parsed, form).body(0); }

}  // namespace roost::message
