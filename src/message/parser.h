// RFC 5322 and MIME (RFC 2045, 2046) in one pass over a message that is never held whole: any piece sizes, memory
// bounded by ParseLimits, time linear in the message. Nothing is an error: whatever the bytes are, they have a table.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "message/part.h"

namespace roost::message {

struct ParseLimits {
  uint32_t parts_max = 10'000;        // the last one is opaque and holds all that follows; synthetic parts come on top
  uint32_t mime_depth_max = 100;      // deeper multiparts and messages are opaque leaves
  uint32_t boundary_bytes_max = 256;  // a longer one is none (RFC 2046 allows 70)
  uint32_t field_bytes_max = 64 * 1024;     // kept of one header field; ranges still cover all of it
  uint32_t header_bytes_max = 1024 * 1024;  // kept of all headers of the message together
  uint32_t preview_bytes_max = 16 * 1024;   // kept of the body of a part from which a preview may be made
};

// What is kept of one part's header: raw fields ("Name: value CRLF", folds and all, in their order), as a range of
// Parsed::kept. The root and encapsulated messages keep the fields that ENVELOPE and cards need; every part keeps
// those that BODYSTRUCTURE needs.
struct KeptHeader {
  uint32_t offset = 0;
  uint32_t size = 0;
  bool cut = false;  // some field was longer than the limits: what is kept is not all
};

// Raw octets of a text part's beginning, still in their transfer encoding.
struct PreviewSource {
  uint32_t part = kNoPart;
  Bytes bytes;
};

struct Parsed {
  uint64_t size = 0;                // octets
  std::vector<Part> parts;          // never empty
  std::vector<KeptHeader> headers;  // one for each part
  Bytes kept;
  PreviewSource plain;  // the first text/plain that is no attachment, and likewise html
  PreviewSource html;
  uint8_t blank_line_bytes = 0;  // of the line end that ends the root's header: CRLF, LF or none
  bool limited = false;          // parts_max or mime_depth_max was reached

  BytesView header_of(uint32_t part) const { return BytesView(kept).substr(headers[part].offset, headers[part].size); }
};

// Belongs to one thread at a time. feed() any number of times, then finish() once.
class Parser {
 public:
  explicit Parser(ParseLimits limits = {});
  ~Parser();
  Parser(Parser&&) noexcept;
  Parser& operator=(Parser&&) noexcept;

  void feed(BytesView piece);
  Parsed finish();

 private:
  class State;
  std::unique_ptr<State> state_;
};

// The whole message at once.
Parsed parse(BytesView message, ParseLimits limits = {});

}  // namespace roost::message
