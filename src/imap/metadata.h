// GETMETADATA and SETMETADATA (RFC 5464), and what LIST takes from them (RFC 9590).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::imap {

class Parser;

inline constexpr size_t kMetadataNameBytesMax = 1024;
inline constexpr size_t kMetadataEntriesMax = 1000;  // in one command

// getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries     RFC 5464 5. By the examples of 4.2.1
// and 4.2.2 the options may also stand behind the mailbox, and by those of 4.4.1 entries without parentheses.
struct GetMetadata {
  enum class Depth : uint8_t { zero, one, infinity };

  std::optional<Bytes> mailbox;  // none: the server
  std::optional<uint32_t> max_size;
  std::optional<Depth> depth;  // none: zero
  std::vector<Bytes> entries;  // the client's spelling
};

// setmetadata = "SETMETADATA" SP mailbox SP entry-values     RFC 5464 5
struct SetMetadata {
  struct Entry {
    std::string name;            // in lower case
    std::optional<Bytes> value;  // any octets; none: NIL
  };
  std::optional<Bytes> mailbox;  // none: the server
  std::vector<Entry> entries;
};

// Bad for names that no entry can have (RFC 5464 3.2).
Result<GetMetadata> parse_getmetadata(Parser& in);
Result<SetMetadata> parse_setmetadata(Parser& in);
// "(" entry *(SP entry) ")"
Result<std::vector<Bytes>> parse_metadata_entries(Parser& in);

// What entries are compared by: their names are case-insensitive.
std::string metadata_key(BytesView name);

}  // namespace roost::imap
