#include "imap/fetch_response.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "imap/flag.h"
#include "imap/number.h"
#include "imap/parser.h"
#include "wire/string.h"

namespace roost::imap {
namespace {

using Kind = FetchItem::Kind;

// A combination of system flags and \Recent, as write_flags() writes it without its parentheses.
struct FlagText {
  uint8_t size = 0;
  std::array<char, 55> text{};
};

constexpr size_t kRecentBit = 5;
constexpr std::array<std::string_view, 6> kFlagNames = {"\\Answered", "\\Flagged", "\\Deleted",
                                                        "\\Seen",     "\\Draft",   "\\Recent"};
constexpr std::array<size_t, 6> kFlagBits = {1, 2, 3, 0, 4, kRecentBit};  // of SystemFlag, in the order of writing

constexpr std::array<FlagText, 64> make_flag_texts() {
  std::array<FlagText, 64> texts{};
  for (size_t bits = 0; bits < texts.size(); ++bits) {
    FlagText& t = texts[bits];
    for (size_t i = 0; i < kFlagNames.size(); ++i) {
      if ((bits >> kFlagBits[i] & 1) == 0) continue;
      if (t.size > 0) t.text[t.size++] = ' ';
      for (char c : kFlagNames[i]) t.text[t.size++] = c;
    }
  }
  return texts;
}

constexpr std::array<FlagText, 64> kFlagTexts = make_flag_texts();

template <size_t N>
char* put(char* at, const char (&text)[N]) {
  std::memcpy(at, text, N - 1);
  return at + N - 1;
}

void write_words(Bytes& out, std::span<const std::string> words, bool first) {
  for (const std::string& word : words) {
    if (!first) out += ' ';
    first = false;
    out += word;
  }
}

// section-text, or nothing for the whole of a part.
std::string_view text_name(Section::Text text) {
  switch (text) {
    case Section::Text::whole: return "";
    case Section::Text::header: return "HEADER";
    case Section::Text::header_fields: return "HEADER.FIELDS";
    case Section::Text::header_fields_not: return "HEADER.FIELDS.NOT";
    case Section::Text::text: return "TEXT";
    case Section::Text::mime: return "MIME";
  }
  return "";
}

void write_header_list(Bytes& out, const std::vector<Bytes>& fields) {
  for (size_t i = 0; i < fields.size(); ++i) {
    out += i == 0 ? " (" : " ";
    if (!fields[i].empty() && std::ranges::all_of(fields[i], is_astring_char)) {
      out += fields[i];
    } else {
      wire::write_string(out, fields[i]);
    }
  }
  if (!fields.empty()) out += ')';
}

// section = "[" [section-spec] "]"     RFC 9051 9
void write_section(Bytes& out, const Section& section) {
  out += '[';
  for (size_t i = 0; i < section.part.size(); ++i) {
    if (i > 0) out += '.';
    write_number(out, section.part[i]);
  }
  if (!section.part.empty() && section.text != Section::Text::whole) out += '.';
  out += text_name(section.text);
  write_header_list(out, section.fields);
  out += ']';
}

std::string_view plain_name(Kind kind) {
  switch (kind) {
    case Kind::rfc822: return "RFC822";
    case Kind::rfc822_header: return "RFC822.HEADER";
    case Kind::rfc822_text: return "RFC822.TEXT";
    case Kind::binary: return "BINARY";
    case Kind::binary_size: return "BINARY.SIZE";
    default: return "BODY";
  }
}

}  // namespace

void write_item_name(Bytes& out, const FetchItem& item) {
  out += plain_name(item.kind);
  if (item.kind == Kind::body_section || item.kind == Kind::binary || item.kind == Kind::binary_size) {
    write_section(out, item.section);
  }
  if (!item.partial) return;
  out += '<';
  write_number(out, item.partial->offset);
  out += '>';
}

FetchWriter::FetchWriter(Bytes& out, MessageLabel label) : out_(out) {
  out_ += "* ";
  write_number(out_, label.value);
  out_ += label.by_uid ? " UIDFETCH (" : " FETCH (";
}

void FetchWriter::item(std::string_view name) {
  if (!first_) out_ += ' ';
  first_ = false;
  out_ += name;
}

void FetchWriter::uid(Uid uid) {
  item("UID ");
  write_number(out_, uid.value);
}

void FetchWriter::flags(SystemFlags system, std::span<const std::string> keywords, bool recent) {
  item("FLAGS ");
  write_flags(out_, system, keywords, recent);
}

// fetch-mod-resp = "MODSEQ" SP "(" permsg-modsequence ")"     RFC 7162 7
void FetchWriter::mod_seq(ModSeq value) {
  item("MODSEQ (");
  write_number(out_, value.value);
  out_ += ')';
}

void FetchWriter::internal_date(const DateTime& date) {
  item("INTERNALDATE ");
  write_date_time(out_, date);
}

void FetchWriter::save_date(const std::optional<DateTime>& date) {
  item("SAVEDATE ");
  if (date) {
    write_date_time(out_, *date);
  } else {
    out_ += "NIL";
  }
}

void FetchWriter::rfc822_size(uint64_t bytes) {
  item("RFC822.SIZE ");
  write_number(out_, bytes);
}

void FetchWriter::ready(std::string_view name, BytesView value) {
  item(name);
  out_ += ' ';
  out_ += value;
}

void FetchWriter::preview(const std::optional<Bytes>& text, bool utf8) {
  item("PREVIEW ");
  wire::write_nstring(out_, text, utf8);
}

void FetchWriter::email_id(BytesView id) {
  item("EMAILID (");
  out_ += id;
  out_ += ')';
}

void FetchWriter::thread_id(const std::optional<Bytes>& id) {
  item("THREADID ");
  if (id) {
    out_.append("(").append(*id).append(")");
  } else {
    out_ += "NIL";
  }
}

void FetchWriter::body_nil(const FetchItem& what) {
  item("");
  write_item_name(out_, what);
  out_ += " NIL";
}

void FetchWriter::body(const FetchItem& what, BytesView octets) {
  body_literal(what, octets.size(), what.kind == Kind::binary && octets.contains('\0'));
  out_ += octets;
}

void FetchWriter::body_literal(const FetchItem& what, uint64_t size, bool literal8) {
  item("");
  write_item_name(out_, what);
  out_ += literal8 ? " ~{" : " {";
  write_number(out_, size);
  out_ += "}\r\n";
}

void FetchWriter::binary_size(const FetchItem& what, uint64_t bytes) {
  item("");
  write_item_name(out_, what);
  out_ += ' ';
  write_number(out_, bytes);
}

void FetchWriter::finish() { out_ += ")\r\n"; }

void write_fetch_flags(Bytes& out, MessageLabel label, std::optional<Uid> uid, SystemFlags system,
                       std::span<const std::string> keywords, bool recent, std::optional<ModSeq> mod_seq) {
  char row[160];  // 48 of words, 40 of digits, and a FlagText, which is copied whole; to_chars is promised 20 at a time
  char* at = put(row, "* ");
  at = write_number(at, label.value);
  at = label.by_uid ? put(at, " UIDFETCH (") : put(at, " FETCH (");
  if (uid) {
    at = put(at, "UID ");
    at = write_number(at, uid->value);
    *at++ = ' ';
  }
  at = put(at, "FLAGS (");
  const FlagText& flags = kFlagTexts[(system.bits & SystemFlags::kAllBits) | static_cast<size_t>(recent) << kRecentBit];
  std::memcpy(at, flags.text.data(), flags.text.size());
  at += flags.size;
  if (!keywords.empty()) {
    out.append(row, at);
    at = row;
    write_words(out, keywords, flags.size == 0);
  }
  if (mod_seq) {
    at = put(at, ") MODSEQ (");
    at = write_number(at, mod_seq->value);
  }
  at = put(at, "))\r\n");
  out.append(row, at);
}

}  // namespace roost::imap
