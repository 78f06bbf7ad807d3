// FETCH: what is asked of messages.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "imap/partial_range.h"
#include "imap/sequence_set.h"

namespace roost::imap {

class Parser;

// section = "[" [section-spec] "]"     RFC 9051 6.4.5.1; RFC822.HEADER and RFC822.TEXT have their own items
struct Section {
  static constexpr size_t kPartsMax = 101;  // the levels that src/message looks into, and the body of the last
  static constexpr size_t kFieldsMax = 1000;

  enum class Text : uint8_t { whole, header, header_fields, header_fields_not, text, mime };

  std::vector<uint32_t> part;  // section-part, from 1; empty: the message
  Text text = Text::whole;
  std::vector<Bytes> fields;  // header-list: the client's spelling, in its order
  friend bool operator==(const Section&, const Section&) = default;
};

// partial = "<" number64 "." nz-number64 ">"
struct Partial {
  uint64_t offset = 0;
  uint64_t count = 0;
  friend bool operator==(const Partial&, const Partial&) = default;
};

struct FetchItem {
  enum class Kind : uint8_t {
    flags,
    uid,
    internal_date,
    rfc822_size,
    envelope,
    body,  // without section: BODYSTRUCTURE's short form
    body_structure,
    body_section,   // BODY[…]
    rfc822,         // as BODY[], answered as RFC822
    rfc822_header,  // as BODY.PEEK[HEADER]
    rfc822_text,    // as BODY[TEXT]
    mod_seq,        // RFC 7162
    binary,         // RFC 3516
    binary_size,
    preview,    // RFC 8970
    save_date,  // RFC 8514
    email_id,   // RFC 8474
    thread_id,
  };

  Kind kind = Kind::flags;
  bool peek = false;  // does not set \Seen
  bool lazy = false;  // PREVIEW (LAZY)
  Section section;    // body_section; binary and binary_size use its part only
  std::optional<Partial> partial;

  // Whether fetching it sets \Seen.
  bool sets_seen() const;
  friend bool operator==(const FetchItem&, const FetchItem&) = default;
};

// fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" … ")") [fetch-modifiers]
// RFC 9051 6.4.5, RFC 7162 3.1.4. Macros are expanded; items stay in the client's order, repetitions too.
struct Fetch {
  static constexpr size_t kItemsMax = 1000;

  bool uid = false;
  SequenceSet set;
  std::vector<FetchItem> items;
  std::optional<ModSeq> changed_since;
  bool vanished = false;
  std::optional<PartialRange> partial;  // RFC 9394 3.3, by uid only
};

Result<Fetch> parse_fetch(Parser& in, bool uid);
// With its brackets. `binary`: section-binary (RFC 3516 4), which is a part number alone.
Result<Section> parse_section(Parser& in, bool binary);
// "(" fetch-att *(SP fetch-att) ")", without macros
Result<std::vector<FetchItem>> parse_fetch_atts(Parser& in);

}  // namespace roost::imap
