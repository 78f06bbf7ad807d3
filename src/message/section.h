// From a FETCH section to the bytes that answer it (RFC 9051 6.4.5.1, RFC 3501 6.4.5).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "message/part.h"

namespace roost::message {

enum class SectionText : uint8_t {
  whole,   // BODY[] or BODY[1.2]
  header,  // HEADER, and what HEADER.FIELDS and HEADER.FIELDS.NOT filter
  mime,    // MIME; needs a part number
  text,    // TEXT
};

// The index in `parts` of the part that `numbers` (1-based, such as {1, 2}) names, or nothing where there is none.
// Empty numbers name the root. Part 1 of a message that is not multipart is its only body.
std::optional<uint32_t> find_part(std::span<const Part> parts, std::span<const uint32_t> numbers);

// The range of the stored message that the section covers; nothing (NIL) where the message has no such section:
// no such part, MIME without numbers, HEADER or TEXT of a part that is not an encapsulated message.
std::optional<ByteRange> find_section(std::span<const Part> parts, std::span<const uint32_t> numbers, SectionText text);

// The piece <offset.count> of `whole`: empty where the offset lies beyond its end.
ByteRange partial(ByteRange whole, uint64_t offset, uint64_t count);

enum class FieldFilter : uint8_t { only, all_but };

// HEADER.FIELDS (only) and HEADER.FIELDS.NOT (all_but) of the octets of a header: the fields whose names match without
// regard to ASCII case, byte for byte and in their order, then the blank line if the header has one. Lines that are no
// field are in neither.
Bytes filter_header_fields(BytesView header, std::span<const BytesView> names, FieldFilter filter);

}  // namespace roost::message
