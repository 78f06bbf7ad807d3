#include "message/body_structure.h"

#include <optional>
#include <string>

#include "message/envelope.h"
#include "message/header.h"
#include "message/lexer.h"
#include "wire/string.h"

namespace roost::message {
namespace {

Bytes to_upper(BytesView text) {
  Bytes out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

// ext-octet of RFC 2231 7 for all that is no attribute-char.
void percent_encode(Bytes& out, BytesView octets) {
  static constexpr BytesView kHex = "0123456789ABCDEF";
  for (char c : octets) {
    bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                 BytesView("!#$&+-.^_`{|}~").find(c) != BytesView::npos;
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
}

class Writer {
 public:
  Writer(Bytes& out, const Parsed& parsed, BodyForm form) : out_(out), parsed_(parsed), form_(form) {}

  // body = "(" (body-type-1part / body-type-mpart) ")". As deep as mime_depth_max allows.
  void body(uint32_t index) {
    const Part& part = parsed_.parts[index];
    out_ += '(';
    if (part.kind == PartKind::multipart) {
      multipart(index);
    } else {
      single(index);
    }
    out_ += ')';
  }

 private:
  void multipart(uint32_t index);
  void single(uint32_t index);
  void parameters_of_type(uint32_t index);
  void parameters(const std::vector<Parameter>& list, bool default_charset);
  void parameter(const Parameter& parameter);
  void text_field(uint32_t index, BytesView name);
  void encoding(uint32_t index);
  void disposition(uint32_t index);
  void language(uint32_t index);
  void extension(uint32_t index);
  void string(BytesView value) { wire::write_string(out_, value, form_.utf8); }
  std::optional<Field> field(uint32_t index, BytesView name) { return find_field(parsed_.header_of(index), name); }

  Bytes& out_;
  const Parsed& parsed_;
  BodyForm form_;
};

// body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
void Writer::multipart(uint32_t index) {
  const Part& part = parsed_.parts[index];
  for (uint32_t at = part.first_child; at != kNoPart; at = parsed_.parts[at].next_sibling) body(at);
  out_ += ' ';
  string(to_upper(part.subtype));
  if (!form_.extensible) return;
  out_ += ' ';
  parameters_of_type(index);
  extension(index);
}

// body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
void Writer::single(uint32_t index) {
  const Part& part = parsed_.parts[index];
  string(to_upper(part.type));
  out_ += ' ';
  string(to_upper(part.subtype));
  out_ += ' ';
  parameters_of_type(index);
  out_ += ' ';
  text_field(index, "content-id");
  out_ += ' ';
  text_field(index, "content-description");
  out_ += ' ';
  encoding(index);
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
  text_field(index, "content-md5");
  extension(index);
}

// What the part was taken for may differ from what its header says; then the header's parameters mean nothing.
void Writer::parameters_of_type(uint32_t index) {
  const Part& part = parsed_.parts[index];
  bool text = part.is_text();
  if (auto type = field(index, "content-type")) {
    ParameterizedValue value = parse_parameterized(type->value);
    if (value.value == part.type + "/" + part.subtype) {
      parameters(value.parameters, text && value.find("charset") == nullptr);
      return;
    }
  }
  parameters({}, text);
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
    std::erase(value, '\0');
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

void Writer::text_field(uint32_t index, BytesView name) {
  if (auto found = field(index, name)) {
    string(unfold(found->value));
  } else {
    out_ += "NIL";
  }
}

void Writer::encoding(uint32_t index) {
  auto found = field(index, "content-transfer-encoding");
  Bytes token = found ? parse_parameterized(found->value).value : Bytes();
  string(token.empty() ? "7BIT" : to_upper(token));
}

// body-fld-dsp = "(" string SP body-fld-param ")" / nil
void Writer::disposition(uint32_t index) {
  auto found = field(index, "content-disposition");
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
void Writer::language(uint32_t index) {
  std::vector<BytesView> tags;
  if (auto found = field(index, "content-language")) {
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
void Writer::extension(uint32_t index) {
  out_ += ' ';
  disposition(index);
  out_ += ' ';
  language(index);
  out_ += ' ';
  text_field(index, "content-location");
}

}  // namespace

void write_body_structure(Bytes& out, const Parsed& parsed, BodyForm form) { Writer(out, parsed, form).body(0); }

}  // namespace roost::message
