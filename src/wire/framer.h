// Bytes in, commands out: lines and literals are told apart before any grammar is applied (RFC 9051 2.2.1, 4.3).
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::wire {

// A literal as its announcement describes it: {n} {n+} ~{n} ~{n+} (RFC 7888 8, RFC 4466 3).
struct Literal {
  size_t offset = 0;          // where it stands in Frame::text
  uint64_t size = 0;          // of its octets, below 2^63
  bool synchronizing = true;  // the client waits for "+ ..." before it sends the octets
  bool binary = false;        // literal8: NUL is allowed
  bool held = false;          // the octets are in `bytes`; otherwise they were streamed to the caller
  Bytes bytes;
};

// One command: the text of its lines without CRLF and without the announcements, and the literals that stood between.
struct Frame {
  Bytes text;
  std::vector<Literal> literals;  // ascending by offset

  void clear() {
    text.clear();
    literals.clear();
  }
};

// What exceeds one of these costs no memory. The defaults suit a client that has not logged in.
struct FramerLimits {
  uint64_t line_bytes_max = 64 * 1024;            // of one command, over all its lines, without literals' octets
  uint64_t discard_bytes_max = 16 * 1024 * 1024;  // of an endless line that is read and thrown away before giving up
  uint64_t skip_bytes_max = 64 * 1024 * 1024;     // of a refused literal that is read and thrown away before giving up
  uint32_t literals_max = 64;                     // in one command
};

// Pull-style and incremental: any split of the input gives the same events. Never holds more than line_bytes_max of
// text and the literals that the caller asked it to hold. Not thread-safe; no I/O.
//
//   while (true) switch (framer.next(input)) {        // advances `input` past what it consumed
//     case need_more:     read again (input is empty now)
//     case literal:       look at frame() and announced(), then hold(), stream() or refuse(input)
//     case chunk:         a streamed literal's octets are in chunk(), a view into the input
//     case literal_end:   of a streamed literal
//     case command:       frame() is complete, until the following next()
//     case error:         answer error() with the tag in frame(), and go on; what is left of the command is discarded
//     case fatal:         answer BYE with error() and close: where the next command begins is not known
//   }
//
// A line ends with CRLF or a bare LF. A bare CR or a NUL in a line is an error.
class Framer {
 public:
  enum class Event : uint8_t { need_more, literal, chunk, literal_end, command, error, fatal };
  enum class Refusal : uint8_t {
    done,      // the client was waiting: the tagged reply ends the command
    skipping,  // the octets are on their way: they and the rest of the command are thrown away
    close,     // they are too many to wait for: answer, then close
  };

  Framer() = default;
  explicit Framer(FramerLimits limits) : limits_(limits) {}
  void set_limits(FramerLimits limits) { limits_ = limits; }

  Event next(BytesView& input);

  // What there is of the command; with Event::command, all of it. The caller may move from it then.
  Frame& frame() { return frame_; }
  const Frame& frame() const { return frame_; }

  // With Event::literal. The literal is the last of frame().literals already, its octets missing.
  const Literal& announced() const { return frame_.literals.back(); }
  // Its octets go to announced().bytes. The caller has compared the size with its own limit and sends the
  // continuation request if it is synchronizing. Memory grows with what arrives, not with what was announced.
  void hold();
  // Its octets come as chunks, then literal_end.
  void stream();
  // Its octets will not be looked at, nor the rest of the command. Give what follows the announcement in the input:
  // a client that sent more without waiting for the continuation has sent the literal's octets, also after {n}, and
  // they must never be taken for commands.
  Refusal refuse(BytesView behind);

  BytesView chunk() const { return chunk_; }
  // The command is known to be wrong: whatever is left of it, literals included, is read and thrown away. Allowed
  // after chunk and literal_end, when an upload has failed; the reply may be sent at once.
  void abandon();

  const Error& error() const { return error_; }

  // The next lines are not commands but answers to a continuation request (AUTHENTICATE, IDLE): no literals in them.
  void set_plain_lines(bool plain) { plain_ = plain; }

  // Nothing of a command has arrived: the moment for an idle client to be parked.
  bool at_start() const { return state_ == State::line && line_bytes_ == 0 && !cr_ && (done_ || frame_.text.empty()); }
  // Gives up all storage; for a client that is parked at_start().
  void release();

 private:
  enum class State : uint8_t { line, decide, held, streamed, skip, discard, dead };
  enum class Found : uint8_t { nothing, literal, too_large };

  Event read_line(BytesView& input);
  Event end_line(BytesView behind);
  Event announce(Literal literal, BytesView behind);
  Event too_large(const Literal& literal, BytesView behind);
  Event give_up_line(std::string text, BytesView piece, bool ended, BytesView behind);
  Event read_streamed(BytesView& input);
  void read_held(BytesView& input);
  void skip_octets(BytesView& input);
  void discard_line(BytesView& input);
  void end_discarded_line(BytesView behind);
  Refusal skip_or_close(const Literal& literal, BytesView behind);
  void skip(uint64_t size);
  void start_command();
  static Found find_announcement(BytesView line, bool cut, Literal& literal);

  FramerLimits limits_;
  Frame frame_;
  Bytes tail_;  // the end of a line that is being discarded: it may announce a literal
  BytesView chunk_;
  Error error_;
  uint64_t line_bytes_ = 0;  // of the current command, announcements included
  uint64_t line_start_ = 0;  // where the current line begins in frame_.text
  uint64_t left_ = 0;        // octets of the current literal still to come
  uint64_t discarded_ = 0;   // octets of lines thrown away of the current command
  State state_ = State::line;
  bool refused_in_line_ = false;  // the line that is being discarded is the one that was refused
  bool plain_ = false;
  bool cr_ = false;    // the last octet was CR
  bool done_ = false;  // the frame was handed out, or given up: clear it at the next call
};

}  // namespace roost::wire
