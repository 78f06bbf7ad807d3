// The stored form of a part table: docs/formats/card.md.
#pragma once

#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "message/part.h"

namespace roost::message {

void encode_parts(std::span<const Part> parts, Bytes& out);

// Checks that the tree is one and that every range lies within its parent's and within the message's `size` octets, so
// that whoever has the table may trust it.
Result<std::vector<Part>> decode_parts(BytesView encoded, uint64_t size);

}  // namespace roost::message
