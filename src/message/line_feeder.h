// Cuts a message that comes in pieces into lines, and passes over those that nobody needs to see as fast as memory
// allows.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace roost::message {

// A point between two octets of a message.
struct Place {
  uint64_t offset = 0;  // octets before it
  uint64_t lines = 0;   // LFs before it
};

struct Line {
  BytesView bytes;  // with its line end; only the first line_bytes_max where it came in several pieces
  Place begin;
  Place begin_without_line_end;  // before the CRLF or LF that ends the line before
  Place end;
};

class LineSink {
 public:
  virtual ~LineSink() = default;
  virtual void line(const Line& line) = 0;
};

class LineFeeder {
 public:
  enum class Watch : uint8_t {
    lines,   // every line is told
    dashes,  // those that begin with "--"
    none,
  };

  LineFeeder(LineSink& sink, size_t line_bytes_max) : sink_(sink), line_bytes_max_(line_bytes_max) {}

  // From the next line on. May be called from LineSink::line.
  void watch(Watch what) { watch_ = what; }
  void feed(BytesView piece);
  // Tells a last line that has no line end.
  void finish();
  // All that was fed.
  Place place() const { return {at_.offset + held_size_, at_.lines}; }

 private:
  size_t pass_all(BytesView piece);
  size_t pass_lines(BytesView piece);
  size_t take_line(BytesView piece);
  size_t continue_line(BytesView piece);
  void hold(BytesView bytes);
  void tell(BytesView bytes, uint64_t size, uint8_t line_end);

  LineSink& sink_;
  size_t line_bytes_max_;
  Watch watch_ = Watch::lines;
  Place at_;                   // where the line at hand begins
  uint8_t last_line_end_ = 0;  // octets of the line end before at_
  Bytes held_;                 // the beginning of a line that is not complete
  uint64_t held_size_ = 0;     // of all of it so far; 0: no line is open
  char held_last_ = '\0';
};

}  // namespace roost::message
