// APPEND, also of many messages; read while their literals arrive.
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/flags.h"
#include "base/result.h"
#include "imap/date.h"
#include "imap/dialect.h"
#include "wire/framer.h"

namespace roost::imap {

class Parser;
struct Command;
struct Rejected;

// append-message = append-opts SP append-data     RFC 9051 6.3.12, RFC 3502, RFC 3516
struct AppendMessage {
  FlagSet flags;
  std::optional<DateTime> date;
  size_t literal = 0;  // index into Frame::literals: its octets are there, or went where the caller streamed them
  uint64_t size = 0;
  bool binary = false;  // came as literal8
};

// append = "APPEND" SP mailbox 1*append-message
struct Append {
  Bytes mailbox;   // UTF-8, normalised
  Bytes supplied;  // as the client spelled it, where that is not how it is kept (Parser::mailbox)
  std::vector<AppendMessage> messages;
};

// Follows one APPEND while it is framed, so that each literal can be judged before its octets are accepted. Linear in
// the command however many messages it has.
//
//   at Event::literal:  at_literal(frame): what the literal is, or why the command is wrong (refuse it then)
//   at Event::command:  at_end(frame): the whole command
class AppendReader {
 public:
  enum class Use : uint8_t {
    string,   // a mailbox name: hold it
    message,  // append().messages.back() describes it: stream it
  };

  explicit AppendReader(const Dialect& dialect) : dialect_(dialect) {}

  Result<Use> at_literal(const wire::Frame& frame);
  Result<Append> at_end(const wire::Frame& frame);

  // What is known so far: the mailbox, once the first message is announced.
  const Append& append() const { return append_; }

 private:
  friend std::expected<Command, Rejected> parse_command(const wire::Frame& frame, const Dialect& dialect);

  // What the literal at `index` is; all before it have been read.
  Result<Use> read_literal(const wire::Frame& frame, size_t index);
  Result<> read_options(const wire::Frame& frame, size_t index);
  Result<> end_message(Parser& in);

  Dialect dialect_;
  Append append_;
  size_t offset_ = 0;    // into the frame's text: where the next append-message begins
  size_t literals_ = 0;  // consumed so far
  bool started_ = false;
  bool parenthesis_ = false;  // the last message came as UTF8 (…), and its ")" is due
};

}  // namespace roost::imap
