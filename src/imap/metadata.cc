#include "imap/metadata.h"

#include <algorithm>

#include "base/flags.h"
#include "imap/mailbox_name.h"
#include "imap/parser.h"

namespace roost::imap {
namespace {

constexpr std::string_view kScopes[] = {"/private", "/shared"};

// Octets from 0x00 to 0x19, "*", "%" and what is not ASCII are not allowed (RFC 5464 3.2).
bool is_entry_char(char c) {
  auto octet = static_cast<uint8_t>(c);
  return octet > 0x19 && octet < 0x80 && c != '*' && c != '%';
}

bool is_sound(BytesView name) {
  if (name.ends_with('/') || name.contains("//") || !std::ranges::all_of(name, is_entry_char)) return false;
  return std::ranges::any_of(kScopes, [name](std::string_view scope) {
    return equals_ignoring_case(name.substr(0, scope.size()), scope) &&
           (name.size() == scope.size() || name[scope.size()] == '/');
  });
}

// entry = astring     RFC 5464 5; what may stand above entries that DEPTH asks for is one as well
Result<Bytes> parse_entry(Parser& in) {
  ROOST_TRY(Bytes name, in.astring("an entry such as /private/comment"));
  if (!is_sound(name)) return in.wrong("an entry's name is /private/... or /shared/...");
  if (name.size() > kMetadataNameBytesMax) return no(Code::limit, "The entry's name is too long");
  return name;
}

// RFC 5464 3.2: two components, or four where a vendor's begin.
bool can_have_value(BytesView key) {
  auto components = std::ranges::count(key, '/');
  bool of_vendor = std::ranges::any_of(kScopes, [key](std::string_view scope) {
    BytesView below = key.starts_with(scope) ? key.substr(scope.size()) : BytesView();
    return below == "/vendor" || below.starts_with("/vendor/");
  });
  return components >= (of_vendor ? 4 : 2);
}

// mailbox, or "" for the server
Result<std::optional<Bytes>> parse_place(Parser& in) {
  ROOST_TRY(Bytes wire, in.astring("a mailbox name"));
  if (wire.empty()) return std::optional<Bytes>();
  ROOST_TRY(Bytes name, normalize_mailbox_name(wire, in.dialect().utf8_names));
  return std::optional(std::move(name));
}

// scope-opt = "DEPTH" SP ("0" / "1" / "infinity")     RFC 5464 5
Result<GetMetadata::Depth> parse_depth(Parser& in) {
  if (in.take_word("0")) return GetMetadata::Depth::zero;
  if (in.take_word("1")) return GetMetadata::Depth::one;
  if (in.take_word("infinity")) return GetMetadata::Depth::infinity;
  return in.expected("0, 1 or infinity");
}

// getmetadata-option     RFC 5464 5
Result<> parse_option(Parser& in, GetMetadata& out) {
  if (!out.max_size && in.take_word("MAXSIZE")) {
    ROOST_TRY_VOID(in.space());
    ROOST_TRY(out.max_size, in.number("a size"));
  } else if (!out.depth && in.take_word("DEPTH")) {
    ROOST_TRY_VOID(in.space());
    ROOST_TRY(out.depth, parse_depth(in));
  } else {
    return in.expected("MAXSIZE or DEPTH");
  }
  return {};
}

Result<> parse_options(Parser& in, GetMetadata& out) {
  do {
    ROOST_TRY_VOID(parse_option(in, out));
  } while (in.take(' '));
  ROOST_TRY_VOID(in.expect(')', "')' after the options"));
  return in.space();
}

Result<> add_entry(Parser& in, std::vector<Bytes>& entries) {
  ROOST_TRY(Bytes entry, parse_entry(in));
  if (entries.size() >= kMetadataEntriesMax) return no(Code::limit, "Too many entries");
  entries.push_back(std::move(entry));
  return {};
}

Result<> parse_entries_to(Parser& in, char end, std::vector<Bytes>& entries) {
  do {
    ROOST_TRY_VOID(add_entry(in, entries));
  } while (in.take(' '));
  if (end == ')') return in.expect(')', "')' after the entries");
  return {};
}

// value = nstring / literal8     RFC 5464 5
Result<std::optional<Bytes>> parse_value(Parser& in) {
  if (!in.at_literal()) return in.nstring("a value");
  const wire::Literal& literal = in.take_literal();
  if (!literal.binary && literal.bytes.contains('\0')) return in.wrong("a NUL in a literal");
  return std::optional(literal.bytes);
}

}  // namespace

std::string metadata_key(BytesView name) {
  std::string key(name);
  for (char& c : key) c = to_lower_ascii(c);
  return key;
}

Result<std::vector<Bytes>> parse_metadata_entries(Parser& in) {
  std::vector<Bytes> entries;
  ROOST_TRY_VOID(in.expect('(', "'(' before the entries"));
  ROOST_TRY_VOID(parse_entries_to(in, ')', entries));
  return entries;
}

Result<GetMetadata> parse_getmetadata(Parser& in) {
  GetMetadata out;
  ROOST_TRY_VOID(in.space());
  if (in.take('(')) ROOST_TRY_VOID(parse_options(in, out));
  ROOST_TRY(out.mailbox, parse_place(in));
  ROOST_TRY_VOID(in.space());
  bool parenthesis = in.take('(');
  // An entry begins with "/", also where it is quoted: what begins with a letter is an option.
  bool option = in.peek() != '/' && in.peek() != '"' && !in.at_literal();
  if (parenthesis && option && !out.max_size && !out.depth) {
    ROOST_TRY_VOID(parse_options(in, out));
    parenthesis = in.take('(');
  }
  ROOST_TRY_VOID(parse_entries_to(in, parenthesis ? ')' : '\0', out.entries));
  ROOST_TRY_VOID(in.end());
  return out;
}

Result<SetMetadata> parse_setmetadata(Parser& in) {
  SetMetadata out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.mailbox, parse_place(in));
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(in.expect('(', "'(' before the entries"));
  do {
    ROOST_TRY(Bytes name, parse_entry(in));
    SetMetadata::Entry entry{metadata_key(name), {}};
    if (!can_have_value(entry.name)) return in.wrong("an entry of this name cannot have a value");
    ROOST_TRY_VOID(in.space());
    ROOST_TRY(entry.value, parse_value(in));
    if (out.entries.size() >= kMetadataEntriesMax) return no(Code::limit, "Too many entries");
    out.entries.push_back(std::move(entry));
  } while (in.take(' '));
  ROOST_TRY_VOID(in.expect(')', "')' after the entries"));
  ROOST_TRY_VOID(in.end());
  return out;
}

}  // namespace roost::imap
