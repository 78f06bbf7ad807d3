// A chunk's rows as two pages: docs/formats/chunk.md. The cold one is written once, the hot one whenever flags changed.
#pragma once

#include <span>
#include <vector>

#include "mail/chunk.h"

namespace roost::mail {

// A chunk of its own, unwritten, with both parts in memory. At least one row, at most kChunkRowsMax.
std::shared_ptr<Chunk> build_chunk(std::span<const HotRow> hot, std::span<const ColdRow> cold);

// The chunk's parts must be in memory; no row's card is in the tail any more.
Bytes write_hot_page(const Chunk& chunk);
Bytes write_cold_page(const Chunk& chunk);

// Code::corruption for any bytes that are not a page that fits the chunk's index entry.
Result<std::shared_ptr<const HotLeaves>> read_hot_page(BytesView page, const Chunk& index);
Result<std::shared_ptr<const ColdLeaves>> read_cold_page(BytesView page, const Chunk& index);

}  // namespace roost::mail
