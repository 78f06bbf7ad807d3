// One verb as it was typed: what the command line sends to a running server, or runs itself where none is.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::admin {

inline constexpr uint32_t kInputBytesMax = 16 * 1024 * 1024;  // of a message; a larger one comes by LMTP or APPEND
inline constexpr uint32_t kRequestBytesMax = kInputBytesMax + 64 * 1024;

struct Request {
  std::string verb;                            // "user add"
  std::vector<std::string> arguments;          // positional, in order
  std::map<std::string, std::string> options;  // "special-use" → "Sent"; a switch has an empty value
  bool json = false;
  Bytes input;  // what the verb reads from the terminal or standard input: a password without its line end, a message

  bool has(const std::string& option) const { return options.contains(option); }
  friend bool operator==(const Request&, const Request&) = default;
};

Bytes encode_request(const Request& request);
Result<Request> decode_request(BytesView encoded);

// What travels back: pieces of output in order, then the exit status.
struct Frame {
  enum class Kind : uint8_t { standard_output = 1, standard_error = 2, exit_status = 3 };
  Kind kind = Kind::exit_status;
  Bytes data;  // of exit_status: one octet
};

inline constexpr uint32_t kFrameBytesMax = 1024 * 1024;

// u32 length of the rest, u8 kind, data.
Bytes encode_frame(const Frame& frame);
// The rest, without its length.
Result<Frame> decode_frame(BytesView rest);

}  // namespace roost::admin
