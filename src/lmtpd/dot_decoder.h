// What follows DATA: lines, of which one that is a single dot ends it, and of which a leading dot is taken away
// (RFC 5321 4.5.2). Only CRLF ends a line here: a dot between bare LFs is content, so that nobody can hide a second
// transaction in a message.
#pragma once

#include "base/bytes.h"

namespace roost::lmtpd {

class DotDecoder {
 public:
  // Appends what `in` holds of the message to `out`; gives how much of `in` was used. done() once the end was seen:
  // what was not used belongs to the next command.
  size_t decode(BytesView in, Bytes& out);
  bool done() const { return state_ == State::done; }

 private:
  enum class State : uint8_t { line_start, text, cr, dot, dot_cr, done };
  State state_ = State::line_start;
};

}  // namespace roost::lmtpd
