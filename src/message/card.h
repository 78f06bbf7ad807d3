// A card holds what is sent about a message without opening it, made once, at arrival. docs/formats/card.md is the
// format.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "message/date.h"
#include "message/parser.h"
#include "message/part.h"

namespace roost::message {

// Rises whenever parsing or writing gives other cards for the same message: older cards are remade lazily.
inline constexpr uint8_t kParserVersion = 3;

// A card above this does without the raw header fields, which then come from the message. ENVELOPE and BODYSTRUCTURE
// are never cut: a card may be larger.
inline constexpr size_t kCardBytesSoftMax = size_t{16} * 1024;
inline constexpr size_t kSortKeyBytesMax = 256;
inline constexpr size_t kReferencesMax = 64;  // the first one and the last ones
inline constexpr size_t kPreviewCharsMax = 200;

// Already folded by search_fold: compared as octets (RFC 5256, RFC 5957). Empty where the message has none.
struct SortKeys {
  Bytes subject;  // base subject
  Bytes from;     // mailbox of the first address
  Bytes to;
  Bytes cc;
  Bytes display_from;  // RFC 5957 3
  Bytes display_to;
  bool reply_or_forward = false;  // the base subject left something out (RFC 5256, THREAD=REFERENCES)

  friend bool operator==(const SortKeys&, const SortKeys&) = default;
};

// Message IDs as 64-bit hashes of their normalised form (hash_message_id); 0 is none.
struct ThreadKeys {
  uint64_t message_id = 0;
  std::vector<uint64_t> references;  // oldest first: References, else the first ID of In-Reply-To

  friend bool operator==(const ThreadKeys&, const ThreadKeys&) = default;
};

// `id` is a msg-id with or without its angle brackets; quoting is undone first (RFC 5256 3, REFERENCES). Never 0.
uint64_t hash_message_id(BytesView id);

struct Card {
  uint8_t parser_version = kParserVersion;
  bool limited = false;          // the message went beyond the parser's limits
  bool opaque = false;           // made by opaque_card
  bool fields_complete = false;  // `fields` holds every field of kCardFields that the message has, byte for byte
  uint64_t size = 0;             // octets of the message
  std::optional<SentDate> sent;  // nothing: use the INTERNALDATE (RFC 5256 2.2)
  Bytes envelope;                // "(...)", ready to send
  Bytes body;                    // BODY without extension data
  Bytes body_structure;
  // What is sent after ENABLE IMAP4rev2 or UTF8=ACCEPT; empty where it is the same: UTF-8 in quoted strings,
  // parameters of RFC 2231 decoded, message/global as a message.
  Bytes envelope_utf8;
  Bytes body_utf8;
  Bytes body_structure_utf8;
  Bytes fields;  // raw header fields of kCardFields, in their order, then the blank line
  SortKeys sort;
  ThreadKeys thread;
  Bytes preview;  // UTF-8, at most kPreviewCharsMax characters, one line (RFC 8970)
  std::vector<Part> parts;

  friend bool operator==(const Card&, const Card&) = default;
};

// Whether a header field of this name (in any case) is among those that cards keep.
bool is_card_field(BytesView name);

Card make_card(const Parsed& parsed);

// For a message that must not be parsed: text/plain, one part, no header.
Card opaque_card(uint64_t size);

Bytes encode_card(const Card& card);
// Every octet is checked. Fault{corruption} where the bytes are no card.
Result<Card> decode_card(BytesView encoded);

// Single members of a stored card, without decoding the others. The encoded bytes must outlive it and what it returns.
class CardView {
 public:
  // Checks the table of offsets; the members that need decoding are checked when they are asked for.
  static Result<CardView> open(BytesView encoded);

  uint8_t parser_version() const;
  bool limited() const;
  bool opaque() const;
  bool fields_complete() const;
  uint64_t size() const;
  std::optional<SentDate> sent() const;
  BytesView envelope(bool utf8 = false) const;
  BytesView body(bool utf8 = false) const;
  BytesView body_structure(bool utf8 = false) const;
  BytesView preview() const;
  Result<SortKeys> sort_keys() const;
  BytesView sorted_subject() const;  // SortKeys::subject alone; empty where it is damaged
  bool reply_or_forward() const;
  Result<ThreadKeys> thread_keys() const;
  // Likewise, into what has room already; nothing in it where they are damaged.
  void thread_keys(ThreadKeys& out) const;
  // Brings these keys into the processor's cache, of what may be no card.
  static void fetch_keys_ahead(BytesView encoded);
  Result<std::vector<Part>> parts() const;

  // All kept fields, for SEARCH HEADER and the like; nothing where the card does not hold all of kCardFields.
  std::optional<BytesView> fields() const;
  // BODY[HEADER.FIELDS (names)], byte for byte; nothing where the message itself must be read.
  std::optional<Bytes> header_fields(std::span<const BytesView> names) const;

 private:
  explicit CardView(BytesView encoded) : encoded_(encoded) {}

  BytesView encoded_;
};

}  // namespace roost::message
