// METADATA responses and response codes (RFC 5464 4.4, 5).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "imap/response.h"

namespace roost::imap {

// metadata-resp = "METADATA" SP mailbox SP (entry-values / entry-list)     RFC 5464 5. One response, written as it
// comes; nothing unless at least one entry was added. An empty mailbox is the server.
class MetadataWriter {
 public:
  MetadataWriter(Bytes& out, BytesView mailbox, bool utf8) : out_(out), mailbox_(mailbox), utf8_(utf8) {}

  // In answer to a command: all entries have a value, or none (null: NIL) …
  void value(BytesView name, const Bytes* value);
  // … or they only changed (4.4.2), and none has.
  void changed(BytesView name);
  void finish();
  bool empty() const { return entries_ == 0; }

 private:
  void next(BytesView name, std::string_view before);

  Bytes& out_;
  BytesView mailbox_;
  bool utf8_;
  bool values_ = false;
  size_t entries_ = 0;
};

ResponseCode code_metadata_long_entries(uint64_t bytes);  // the largest value that MAXSIZE kept back
ResponseCode code_metadata_max_size(uint64_t bytes_max);
inline constexpr std::string_view kMetadataTooMany = "METADATA TOOMANY";
inline constexpr std::string_view kMetadataNoPrivate = "METADATA NOPRIVATE";

}  // namespace roost::imap
