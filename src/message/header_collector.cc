#include "message/header_collector.h"

#include <algorithm>
#include <array>
#include <utility>

#include "message/encoded_word.h"
#include "message/field_names.h"
#include "message/header.h"
#include "message/lexer.h"

namespace roost::message {
namespace {

constexpr size_t kMediaTypeBytesMax = 127;  // RFC 6838 4.2, for type and subtype each

Encoding read_encoding(BytesView value) {
  struct Name {
    BytesView name;
    Encoding encoding;
  };
  static constexpr std::array<Name, 9> kNames = {{{"7bit", Encoding::seven_bit},
                                                  {"8bit", Encoding::eight_bit},
                                                  {"binary", Encoding::binary},
                                                  {"base64", Encoding::base64},
                                                  {"quoted-printable", Encoding::quoted_printable},
                                                  {"x-uuencode", Encoding::uuencode},
                                                  {"x-uue", Encoding::uuencode},
                                                  {"uuencode", Encoding::uuencode},
                                                  {"uue", Encoding::uuencode}}};
  Bytes token = parse_parameterized(value).value;
  if (token.empty()) return Encoding::seven_bit;
  for (const Name& name : kNames) {
    if (name.name == token) return name.encoding;
  }
  return Encoding::unknown;
}

}  // namespace

void HeaderCollector::begin(HeaderOf of) {
  of_ = of;
  header_ = {.offset = static_cast<uint32_t>(kept_.size())};
  content_ = {};
  has_type_ = has_encoding_ = has_disposition_ = in_field_ = any_line_ = false;
  stray_.reset();
}

void HeaderCollector::line(const Line& whole) {
  BytesView line = whole.bytes;
  bool folded = !line.empty() && (line.front() == ' ' || line.front() == '\t');
  if (!folded || !any_line_) {
    end_field();
    any_line_ = true;
    auto name = field_name_size(line);
    if (!name && !stray_) stray_ = Stray{whole.begin, static_cast<uint32_t>(kept_.size()), content_};
    in_field_ = name && is_wanted(line.substr(0, *name));
    name_size_ = name.value_or(0);
  }
  if (!in_field_) return;
  field_ += line.substr(0, limits_.field_bytes_max - field_.size());
  field_size_ += whole.end.offset - whole.begin.offset;
}

const Content& HeaderCollector::content_before(const Line& line) {
  if (!line.bytes.starts_with(' ') && !line.bytes.starts_with('\t')) end_field();
  return content_;
}

bool HeaderCollector::is_wanted(BytesView name) const {
  FieldUse use = field_use(name);
  if (of_ == HeaderOf::message) return use != FieldUse::none;
  return has_use(use, FieldUse::mime) || (of_ == HeaderOf::encapsulated && has_use(use, FieldUse::envelope));
}

void HeaderCollector::end_field() {
  if (in_field_) {
    if (field_size_ > field_.size()) header_.cut = true;
    read_content();
    keep_field();
  }
  in_field_ = false;
  field_.clear();
  field_size_ = 0;
}

void HeaderCollector::keep_field() {
  if (kept_.size() + field_.size() + 2 > limits_.header_bytes_max) {
    header_.cut = true;
    return;
  }
  kept_ += field_;
  if (field_.ends_with('\n')) return;
  kept_ += "\r\n";  // cut, or the message ends within it: not what the message has
  header_.cut = true;
}

void HeaderCollector::read_content() {
  BytesView name = BytesView(field_).substr(0, name_size_);
  BytesView value = BytesView(field_).substr(field_.find(':') + 1);
  if (!has_type_ && equals_ignoring_case(name, "content-type")) {
    has_type_ = true;
    ParameterizedValue type = parse_parameterized(value);
    size_t slash = type.value.find('/');
    if (slash == 0 || slash == Bytes::npos || slash + 1 == type.value.size()) return;
    if (slash > kMediaTypeBytesMax || type.value.size() - slash - 1 > kMediaTypeBytesMax) return;
    content_.type = type.value.substr(0, slash);
    content_.subtype = type.value.substr(slash + 1);
    const Parameter* charset = type.find("charset");
    if (charset != nullptr && charset->value.size() <= kCharsetNameBytesMax)
      content_.charset = to_lower(charset->value);
    if (const Parameter* boundary = type.find("boundary")) content_.boundary = boundary->value;
    while (content_.boundary.ends_with(' ')) content_.boundary.pop_back();
  } else if (!has_encoding_ && equals_ignoring_case(name, "content-transfer-encoding")) {
    has_encoding_ = true;
    content_.encoding = read_encoding(value);
  } else if (!has_disposition_ && equals_ignoring_case(name, "content-disposition")) {
    has_disposition_ = true;
    content_.attachment = parse_parameterized(value).value == "attachment";
  }
}

KeptHeader HeaderCollector::end() {
  end_field();
  header_.size = static_cast<uint32_t>(kept_.size()) - header_.offset;
  return header_;
}

KeptHeader HeaderCollector::cut_back() {
  kept_.resize(stray_->kept_size);
  header_.size = stray_->kept_size - header_.offset;
  content_ = stray_->content;
  return header_;
}

}  // namespace roost::message
