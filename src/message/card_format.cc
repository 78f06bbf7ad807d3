// The stored form of a card: docs/formats/card.md.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "message/card.h"
#include "message/field_names.h"
#include "message/part_format.h"
#include "message/section.h"

namespace roost::message {
namespace {

constexpr uint8_t kFormat = 1;

enum Flag : uint8_t { kLimited = 1, kOpaque = 2, kFieldsComplete = 4, kDated = 8, kReplyOrForward = 16 };

enum Member : uint8_t {
  kEnvelope,
  kBody,
  kBodyStructure,
  kFields,
  kSortKeys,
  kThreadKeys,
  kPreview,
  kParts,
  kEnvelopeUtf8,
  kBodyUtf8,
  kBodyStructureUtf8,
  kMembers,
};

constexpr size_t kFlagsAt = 2;
constexpr size_t kSizeAt = 4;
constexpr size_t kSecondsAt = 12;
constexpr size_t kZoneAt = 20;
constexpr size_t kTableAt = 22;
constexpr size_t kDataAt = kTableAt + size_t{4} * kMembers;

Fail corrupt() { return fault("a card is damaged", Code::corruption); }

// Little-endian; the octets are there.
uint32_t load_u32(BytesView bytes, size_t at) {
  static_assert(std::endian::native == std::endian::little);
  uint32_t out = 0;
  std::memcpy(&out, bytes.data() + at, sizeof out);
  return out;
}

// Of an opened card.
BytesView member(BytesView encoded, size_t index) {
  size_t begin = index == 0 ? 0 : load_u32(encoded, kTableAt + 4 * (index - 1));
  size_t end = load_u32(encoded, kTableAt + 4 * index);
  return encoded.substr(kDataAt + begin, end - begin);
}

BytesView either(BytesView encoded, bool utf8, size_t utf8_index, size_t index) {
  BytesView out = utf8 ? member(encoded, utf8_index) : BytesView();
  return out.empty() ? member(encoded, index) : out;
}

void encode_sort_keys(const SortKeys& keys, Bytes& out) {
  Encoder e(out);
  for (const Bytes* key : {&keys.subject, &keys.from, &keys.to, &keys.cc, &keys.display_from, &keys.display_to}) {
    e.bytes(*key);
  }
}

void encode_thread_keys(const ThreadKeys& keys, Bytes& out) {
  Encoder e(out);
  e.u64(keys.message_id);
  e.varint(keys.references.size());
  for (uint64_t reference : keys.references) e.u64(reference);
}

Result<> decode_thread_keys(BytesView encoded, ThreadKeys& out) {
  Decoder d(encoded);
  out.message_id = d.u64();
  out.references.resize(d.count(sizeof(uint64_t)));
  for (uint64_t& reference : out.references) reference = d.u64();
  return d.finish("card thread keys");
}

uint8_t flags_of(const Card& card) {
  return static_cast<uint8_t>((card.limited ? kLimited : 0) | (card.opaque ? kOpaque : 0) |
                              (card.fields_complete ? kFieldsComplete : 0) | (card.sent ? kDated : 0) |
                              (card.sort.reply_or_forward ? kReplyOrForward : 0));
}

}  // namespace

Bytes encode_card(const Card& card) {
  Bytes sort;
  Bytes thread;
  Bytes parts;
  encode_sort_keys(card.sort, sort);
  encode_thread_keys(card.thread, thread);
  encode_parts(card.parts, parts);
  const std::array<BytesView, kMembers> members = {
      card.envelope,      card.body,      card.body_structure,     card.fields, sort, thread, card.preview, parts,
      card.envelope_utf8, card.body_utf8, card.body_structure_utf8};
  Bytes out;
  Encoder e(out);
  e.u8(kFormat);
  e.u8(card.parser_version);
  e.u8(flags_of(card));
  e.u8(kMembers);
  e.u64(card.size);
  SentDate sent = card.sent.value_or(SentDate());
  e.u64(static_cast<uint64_t>(sent.seconds));
  e.u16(static_cast<uint16_t>(sent.zone_minutes));
  uint32_t end = 0;
  for (BytesView m : members) e.u32(end += static_cast<uint32_t>(m.size()));
  out.reserve(out.size() + end);
  for (BytesView m : members) e.raw(m);
  return out;
}

Result<CardView> CardView::open(BytesView encoded) {
  if (encoded.size() < kDataAt || encoded[0] != kFormat || encoded[3] != kMembers) return corrupt();
  uint32_t before = 0;
  for (size_t i = 0; i < kMembers; ++i) {
    uint32_t end = load_u32(encoded, kTableAt + 4 * i);
    if (end < before) return corrupt();
    before = end;
  }
  if (before != encoded.size() - kDataAt) return corrupt();
  return CardView(encoded);
}

uint8_t CardView::parser_version() const { return static_cast<uint8_t>(encoded_[1]); }
bool CardView::limited() const { return (encoded_[kFlagsAt] & kLimited) != 0; }
bool CardView::opaque() const { return (encoded_[kFlagsAt] & kOpaque) != 0; }
bool CardView::fields_complete() const { return (encoded_[kFlagsAt] & kFieldsComplete) != 0; }
uint64_t CardView::size() const { return Decoder(encoded_.substr(kSizeAt)).u64(); }

std::optional<SentDate> CardView::sent() const {
  if ((encoded_[kFlagsAt] & kDated) == 0) return std::nullopt;
  return SentDate{static_cast<int64_t>(Decoder(encoded_.substr(kSecondsAt)).u64()),
                  static_cast<int16_t>(Decoder(encoded_.substr(kZoneAt)).u16())};
}

BytesView CardView::envelope(bool utf8) const { return either(encoded_, utf8, kEnvelopeUtf8, kEnvelope); }
BytesView CardView::body(bool utf8) const { return either(encoded_, utf8, kBodyUtf8, kBody); }
BytesView CardView::body_structure(bool utf8) const {
  return either(encoded_, utf8, kBodyStructureUtf8, kBodyStructure);
}
BytesView CardView::preview() const { return member(encoded_, kPreview); }

Result<SortKeys> CardView::sort_keys() const {
  Decoder d(member(encoded_, kSortKeys));
  SortKeys out;
  for (Bytes* key : {&out.subject, &out.from, &out.to, &out.cc, &out.display_from, &out.display_to}) *key = d.bytes();
  out.reply_or_forward = reply_or_forward();
  ROOST_TRY_VOID(d.finish("card sort keys"));
  return out;
}

BytesView CardView::sorted_subject() const {
  Decoder d(member(encoded_, kSortKeys));
  return d.bytes();
}

bool CardView::reply_or_forward() const { return (encoded_[kFlagsAt] & kReplyOrForward) != 0; }

Result<ThreadKeys> CardView::thread_keys() const {
  ThreadKeys out;
  ROOST_TRY_VOID(decode_thread_keys(member(encoded_, kThreadKeys), out));
  return out;
}

void CardView::thread_keys(ThreadKeys& out) const {
  if (decode_thread_keys(member(encoded_, kThreadKeys), out)) return;
  out.message_id = 0;
  out.references.clear();
}

void CardView::fetch_keys_ahead(BytesView encoded) {
  constexpr size_t kLineBytes = 64;  // of the cache
  constexpr size_t kUsualBytes = 256;
  if (encoded.size() < kDataAt) return;
  size_t at = kDataAt + size_t{load_u32(encoded, kTableAt + 4 * (kSortKeys - 1))};
  for (size_t end = std::min(at + kUsualBytes, encoded.size()); at < end; at += kLineBytes) {
    __builtin_prefetch(encoded.data() + at);
  }
}

Result<std::vector<Part>> CardView::parts() const { return decode_parts(member(encoded_, kParts), size()); }

std::optional<BytesView> CardView::fields() const {
  if (!fields_complete()) return std::nullopt;
  return member(encoded_, kFields);
}

std::optional<Bytes> CardView::header_fields(std::span<const BytesView> names) const {
  if (!fields_complete() || !std::ranges::all_of(names, is_card_field)) return std::nullopt;
  return filter_header_fields(member(encoded_, kFields), names, FieldFilter::only);
}

Result<Card> decode_card(BytesView encoded) {
  ROOST_TRY(CardView view, CardView::open(encoded));
  Card out;
  out.parser_version = view.parser_version();
  out.limited = view.limited();
  out.opaque = view.opaque();
  out.fields_complete = view.fields_complete();
  out.size = view.size();
  out.sent = view.sent();
  out.envelope = view.envelope();
  out.body = view.body();
  out.body_structure = view.body_structure();
  out.envelope_utf8 = member(encoded, kEnvelopeUtf8);
  out.body_utf8 = member(encoded, kBodyUtf8);
  out.body_structure_utf8 = member(encoded, kBodyStructureUtf8);
  out.fields = member(encoded, kFields);
  out.preview = view.preview();
  ROOST_TRY(out.sort, view.sort_keys());
  ROOST_TRY(out.thread, view.thread_keys());
  ROOST_TRY(out.parts, view.parts());
  return out;
}

}  // namespace roost::message
