#include "message/card.h"

#include <algorithm>

#include "base/utf8.h"
#include "message/address.h"
#include "message/body_structure.h"
#include "message/casemap.h"
#include "message/envelope.h"
#include "message/field_names.h"
#include "message/header.h"
#include "message/preview.h"
#include "message/subject.h"
#include "message/thread_keys.h"

namespace roost::message {
namespace {

// Folded, and cut between characters.
Bytes sort_key(BytesView utf8) {
  Bytes out = search_fold(utf8);
  if (out.size() <= kSortKeyBytesMax) return out;
  size_t end = kSortKeyBytesMax;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
  out.resize(end);
  return out;
}

std::optional<Address> first_address(std::span<const Field> fields, BytesView name) {
  auto field = find_field(fields, name);
  if (!field) return std::nullopt;
  auto addresses = parse_addresses(field->value, 1);
  return addresses.empty() ? std::nullopt : std::optional(std::move(addresses.front()));
}

// RFC 5957 3
Bytes display_text(const Address& address) {
  if (address.name) {
    Bytes name = decode_header_text(*address.name);
    if (!name.empty()) return name;
  }
  if (address.mailbox && address.host) return *address.mailbox + "@" + *address.host;
  return address.mailbox.value_or(Bytes());
}

void set_address_keys(std::span<const Field> fields, BytesView name, Bytes& mailbox, Bytes* display) {
  auto address = first_address(fields, name);
  if (!address) return;
  mailbox = sort_key(address->mailbox.value_or(Bytes()));
  if (display != nullptr) *display = sort_key(display_text(*address));
}

SortKeys make_sort_keys(std::span<const Field> fields) {
  SortKeys out;
  if (auto field = find_field(fields, "subject")) {
    BaseSubject base = base_subject(field->value);
    out.subject = sort_key(base.text);
    out.reply_or_forward = base.reply_or_forward;
  }
  set_address_keys(fields, "from", out.from, &out.display_from);
  set_address_keys(fields, "to", out.to, &out.display_to);
  set_address_keys(fields, "cc", out.cc, nullptr);
  return out;
}

// Whether ENVELOPE or BODYSTRUCTURE may differ after ENABLE IMAP4rev2: octets that are not 7-bit, extended parameters,
// message/global.
bool may_differ_in_utf8(const Parsed& parsed) {
  return ascii_prefix(parsed.kept) != parsed.kept.size() || parsed.kept.find('*') != Bytes::npos ||
         std::ranges::any_of(parsed.parts, [](const Part& part) { return part.is("message", "global"); });
}

void set_structures(Card& card, const Parsed& parsed) {
  write_envelope(card.envelope, parsed.header_of(0));
  write_body_structure(card.body, parsed, {.extensible = false});
  write_body_structure(card.body_structure, parsed, {.extensible = true});
  if (!may_differ_in_utf8(parsed)) return;
  write_envelope(card.envelope_utf8, parsed.header_of(0), true);
  write_body_structure(card.body_utf8, parsed, {.extensible = false, .utf8 = true});
  write_body_structure(card.body_structure_utf8, parsed, {.extensible = true, .utf8 = true});
  if (card.envelope_utf8 == card.envelope) card.envelope_utf8 = {};
  if (card.body_utf8 == card.body) card.body_utf8 = {};
  if (card.body_structure_utf8 == card.body_structure) card.body_structure_utf8 = {};
}

size_t size_without_fields(const Card& card) {
  return card.envelope.size() + card.body.size() + card.body_structure.size() + card.envelope_utf8.size() +
         card.body_utf8.size() + card.body_structure_utf8.size() + card.preview.size();
}

void set_fields(Card& card, const Parsed& parsed, std::span<const Field> fields) {
  if (parsed.headers.front().cut) return;
  for (const Field& field : fields) {
    if (is_card_field(field.name)) card.fields += field.raw;
  }
  if (parsed.blank_line_bytes > 0) card.fields += parsed.blank_line_bytes == 2 ? "\r\n" : "\n";
  card.fields_complete = size_without_fields(card) + card.fields.size() <= kCardBytesSoftMax;
  if (!card.fields_complete) card.fields = {};
}

}  // namespace

Card make_card(const Parsed& parsed) {
  std::vector<Field> fields = read_fields(parsed.header_of(0));
  Card out;
  out.limited = parsed.limited;
  out.size = parsed.size;
  if (auto date = find_field(fields, "date")) out.sent = parse_date(date->value);
  out.sort = make_sort_keys(fields);
  out.thread = make_thread_keys(fields);
  out.preview = make_preview(parsed, kPreviewCharsMax);
  out.parts = parsed.parts;
  set_structures(out, parsed);
  set_fields(out, parsed, fields);
  return out;
}

Card opaque_card(uint64_t size) {
  Parsed parsed;
  parsed.size = size;
  parsed.parts.push_back({.type = "text", .subtype = "plain", .body = {0, size}});
  parsed.headers.push_back({.cut = true});
  Card out = make_card(parsed);
  out.opaque = true;
  return out;
}

}  // namespace roost::message
