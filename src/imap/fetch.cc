#include "imap/fetch.h"

#include "imap/parser.h"

namespace roost::imap {
namespace {

using Kind = FetchItem::Kind;

bool is_name_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
}

struct ItemRule {
  std::string_view name;
  Kind kind;
  bool Dialect::* needs = nullptr;
};

// Those that are only a name.
constexpr ItemRule kPlainItems[] = {
    {"FLAGS", Kind::flags},
    {"UID", Kind::uid},
    {"INTERNALDATE", Kind::internal_date},
    {"ENVELOPE", Kind::envelope},
    {"BODYSTRUCTURE", Kind::body_structure},
    {"RFC822", Kind::rfc822},
    {"RFC822.SIZE", Kind::rfc822_size},
    {"RFC822.HEADER", Kind::rfc822_header},
    {"RFC822.TEXT", Kind::rfc822_text},
    {"MODSEQ", Kind::mod_seq, &Dialect::condstore},
    {"SAVEDATE", Kind::save_date, &Dialect::savedate},
    {"EMAILID", Kind::email_id, &Dialect::objectid},
    {"THREADID", Kind::thread_id, &Dialect::objectid},
};

// section-part = nz-number *("." nz-number)     RFC 9051 9. Gives whether a section-text must follow: after a dot that
// no number follows.
Result<bool> parse_section_part(Parser& in, Section& out) {
  while (in.peek() >= '1' && in.peek() <= '9') {
    ROOST_TRY(uint32_t part, in.nz_number("a part number"));
    if (out.part.size() >= Section::kPartsMax) return no(Code::limit, "Parts nested too deeply");
    out.part.push_back(part);
    if (!in.take('.')) return false;
  }
  return !out.part.empty();
}

// header-list = "(" header-fld-name *(SP header-fld-name) ")"     RFC 9051 9
Result<> parse_header_list(Parser& in, Section& out) {
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(in.expect('(', "'(' before the header fields"));
  do {
    if (out.fields.size() >= Section::kFieldsMax) return no(Code::limit, "Too many header fields");
    ROOST_TRY(Bytes field, in.astring("a header field's name"));
    out.fields.push_back(std::move(field));
  } while (in.take(' '));
  return in.expect(')', "')' after the header fields");
}

// section-msgtext / "MIME"     RFC 9051 9
Result<> parse_section_text(Parser& in, Section& out) {
  std::string name = to_upper(in.take_while(is_name_char));
  if (name == "HEADER") {
    out.text = Section::Text::header;
  } else if (name == "TEXT") {
    out.text = Section::Text::text;
  } else if (name == "MIME" && !out.part.empty()) {
    out.text = Section::Text::mime;
  } else if (name == "HEADER.FIELDS") {
    out.text = Section::Text::header_fields;
    return parse_header_list(in, out);
  } else if (name == "HEADER.FIELDS.NOT") {
    out.text = Section::Text::header_fields_not;
    return parse_header_list(in, out);
  } else {
    return in.wrong("a section is a part number, HEADER, HEADER.FIELDS, TEXT or, after a part number, MIME");
  }
  return {};
}

// partial = "<" number64 "." nz-number64 ">"     RFC 9051 9
Result<std::optional<Partial>> parse_partial(Parser& in) {
  if (!in.take('<')) return std::optional<Partial>();
  Partial out;
  ROOST_TRY(out.offset, in.number64("an offset"));
  ROOST_TRY_VOID(in.expect('.', "'.' after the offset"));
  ROOST_TRY(out.count, in.nz_number64("a count of octets"));
  ROOST_TRY_VOID(in.expect('>', "'>' after the count of octets"));
  return std::optional(out);
}

Result<FetchItem> parse_sectioned(Parser& in, Kind kind, bool peek) {
  FetchItem item{.kind = kind, .peek = peek};
  ROOST_TRY(item.section, parse_section(in, kind != Kind::body_section));
  if (kind != Kind::binary_size) {
    ROOST_TRY(item.partial, parse_partial(in));
  }
  return item;
}

// "PREVIEW" [SP "(" preview-mod *(SP preview-mod) ")"]     RFC 8970 6
Result<FetchItem> parse_preview(Parser& in) {
  FetchItem item{.kind = Kind::preview};
  // Another parenthesis after a single PREVIEW holds the command's modifiers.
  item.lazy = in.take_prefix(" (LAZY");
  if (!item.lazy) return item;
  while (in.take(' ')) {
    if (!in.take_word("LAZY")) return in.expected("LAZY");
  }
  ROOST_TRY_VOID(in.expect(')', "')' after the modifiers of PREVIEW"));
  return item;
}

// fetch-att     RFC 9051 9. The name ends before "[", which an atom would not.
Result<FetchItem> parse_fetch_att(Parser& in, std::string_view name) {
  for (const ItemRule& rule : kPlainItems) {
    if (name == rule.name && (rule.needs == nullptr || in.dialect().*rule.needs)) return FetchItem{.kind = rule.kind};
  }
  if (name == "BODY" && in.peek() != '[') return FetchItem{.kind = Kind::body};
  if (name == "BODY" || name == "BODY.PEEK") return parse_sectioned(in, Kind::body_section, name != "BODY");
  if (in.dialect().binary) {
    if (name == "BINARY" || name == "BINARY.PEEK") return parse_sectioned(in, Kind::binary, name != "BINARY");
    if (name == "BINARY.SIZE") return parse_sectioned(in, Kind::binary_size, true);
  }
  if (in.dialect().preview && name == "PREVIEW") return parse_preview(in);
  if (name.empty()) return in.expected("a fetch item");
  return in.wrong("there is no fetch item " + std::string(name));
}

Result<> add_fetch_att(Parser& in, std::string_view name, std::vector<FetchItem>& items) {
  ROOST_TRY(FetchItem item, parse_fetch_att(in, name));
  if (items.size() >= Fetch::kItemsMax) return no(Code::limit, "Too many fetch items");
  items.push_back(std::move(item));
  return {};
}

// "ALL" / "FULL" / "FAST"     RFC 9051 6.4.5
bool expand_macro(std::string_view name, std::vector<FetchItem>& items) {
  if (name != "ALL" && name != "FULL" && name != "FAST") return false;
  for (Kind kind : {Kind::flags, Kind::internal_date, Kind::rfc822_size}) items.push_back({.kind = kind});
  if (name != "FAST") items.push_back({.kind = Kind::envelope});
  if (name == "FULL") items.push_back({.kind = Kind::body});
  return true;
}

Result<> parse_items(Parser& in, std::vector<FetchItem>& items) {
  if (in.peek() == '(') {
    ROOST_TRY(items, parse_fetch_atts(in));
    return {};
  }
  std::string name = to_upper(in.take_while(is_name_char));
  if (expand_macro(name, items)) return {};
  return add_fetch_att(in, name, items);
}

// fetch-modifiers = SP "(" fetch-modifier *(SP fetch-modifier) ")"     RFC 4466 3, RFC 7162 7, RFC 9394 4
Result<> parse_modifiers(Parser& in, Fetch& out) {
  ROOST_TRY_VOID(in.expect('(', "'(' before the modifiers"));
  do {
    if (in.dialect().condstore && !out.changed_since && in.take_word("CHANGEDSINCE")) {
      ROOST_TRY_VOID(in.space());
      ROOST_TRY(out.changed_since, in.mod_seq_valzer());  // 0 by no RFC, but by Thunderbird: it means all
    } else if (in.dialect().qresync && out.uid && in.take_word("VANISHED")) {
      out.vanished = true;
    } else if (in.dialect().partial && out.uid && !out.partial && in.take_word("PARTIAL")) {
      ROOST_TRY_VOID(in.space());
      ROOST_TRY(out.partial, parse_partial_range(in));
    } else {
      return in.expected("a known modifier");
    }
  } while (in.take(' '));
  if (out.vanished && !out.changed_since) return in.wrong("VANISHED needs CHANGEDSINCE");
  return in.expect(')', "')' after the modifiers");
}

}  // namespace

bool FetchItem::sets_seen() const {
  switch (kind) {
    case Kind::body_section:
    case Kind::binary: return !peek;
    case Kind::rfc822:
    case Kind::rfc822_text: return true;
    default: return false;
  }
}

// section = "[" [section-spec] "]"     RFC 9051 9
Result<Section> parse_section(Parser& in, bool binary) {
  Section out;
  ROOST_TRY_VOID(in.expect('[', "'[' before the section"));
  ROOST_TRY(bool text_follows, parse_section_part(in, out));
  if (text_follows || (out.part.empty() && in.peek() != ']')) {
    if (binary) return in.expected("a part number");
    ROOST_TRY_VOID(parse_section_text(in, out));
  }
  ROOST_TRY_VOID(in.expect(']', "']' after the section"));
  return out;
}

Result<std::vector<FetchItem>> parse_fetch_atts(Parser& in) {
  std::vector<FetchItem> items;
  ROOST_TRY_VOID(in.expect('(', "'(' before the fetch items"));
  do {
    ROOST_TRY_VOID(add_fetch_att(in, to_upper(in.take_while(is_name_char)), items));
  } while (in.take(' '));
  ROOST_TRY_VOID(in.expect(')', "')' after the fetch items"));
  return items;
}

Result<Fetch> parse_fetch(Parser& in, bool uid) {
  Fetch out{.uid = uid};
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.set, in.sequence_set());
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(parse_items(in, out.items));
  if (in.take(' ')) ROOST_TRY_VOID(parse_modifiers(in, out));
  ROOST_TRY_VOID(in.end());
  return out;
}

}  // namespace roost::imap
