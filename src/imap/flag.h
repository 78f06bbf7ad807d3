// Flags on the wire.
#pragma once

#include <span>
#include <string>

#include "base/bytes.h"
#include "base/flags.h"

namespace roost::imap {

inline constexpr size_t kKeywordBytesMax = 255;
inline constexpr size_t kKeywordsPerCommandMax = 1000;

// flag-list = "(" [flag *(SP flag)] ")"     RFC 9051 9; system flags first, then `keywords`
void write_flags(Bytes& out, SystemFlags system, std::span<const std::string> keywords = {}, bool recent = false);

}  // namespace roost::imap
