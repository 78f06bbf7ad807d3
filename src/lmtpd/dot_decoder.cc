#include "lmtpd/dot_decoder.h"

namespace roost::lmtpd {

size_t DotDecoder::decode(BytesView in, Bytes& out) {
  size_t at = 0;
  while (at < in.size() && state_ != State::done) {
    if (state_ == State::text) {
      size_t cr = std::min(in.find('\r', at), in.size());
      out.append(in.substr(at, cr - at));
      at = cr;
      if (at < in.size()) {
        out += '\r';
        ++at;
        state_ = State::cr;
      }
      continue;
    }
    char c = in[at];
    switch (state_) {
      case State::line_start:
        if (c == '.') {
          ++at;
          state_ = State::dot;
        } else {
          state_ = State::text;
        }
        break;
      case State::cr:
        if (c == '\n') {
          out += c;
          ++at;
          state_ = State::line_start;
        } else {
          state_ = State::text;
        }
        break;
      case State::dot:
        if (c == '\r') {
          ++at;
          state_ = State::dot_cr;
        } else {
          state_ = State::text;  // the dot was stuffed
        }
        break;
      case State::dot_cr:
        if (c == '\n') {
          ++at;
          state_ = State::done;
        } else {
          out += '\r';  // the dot was stuffed, and a bare CR follows it
          state_ = State::text;
        }
        break;
      case State::text:
      case State::done: break;
    }
  }
  return at;
}

}  // namespace roost::lmtpd
