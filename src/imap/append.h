// APPEND, also of many messages and of messages made of parts, and REPLACE; read while their literals arrive.
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/flags.h"
#include "base/result.h"
#include "imap/date.h"
#include "imap/dialect.h"
#include "imap/sequence_set.h"
#include "imap/verb.h"
#include "wire/framer.h"

namespace roost::imap {

class Parser;
struct Command;
struct Rejected;

// cat-part = text-literal / url / utf8-literal     RFC 4469 5, RFC 6855 4
struct AppendPart {
  std::optional<Bytes> url;  // as the client wrote it: its octets are there already; nothing: a literal's
  uint64_t size = 0;         // of the literal
};

// append-message = append-opts SP append-data     RFC 9051 6.3.12, RFC 3502, RFC 3516, RFC 4469
struct AppendMessage {
  static constexpr size_t kPartsMax = 1000;
  static constexpr size_t kUrlBytesMax = 8 * 1024;

  FlagSet flags;
  std::optional<DateTime> date;
  bool catenated = false;         // CATENATE (…); otherwise there is one part, a literal
  bool complete = false;          // no more parts follow
  std::vector<AppendPart> parts;  // one after the other they are the message
};

// append = "APPEND" SP mailbox 1*append-message
// replace = "REPLACE" SP seq-number SP mailbox append-message     RFC 8508 5
struct Append {
  std::optional<SequenceSet> replaces;  // REPLACE: one number, UID or `*`
  bool uid = false;                     // UID REPLACE
  Bytes mailbox;                        // UTF-8, normalised
  Bytes supplied;                       // as the client spelled it, where that is not how it is kept (Parser::mailbox)
  std::vector<AppendMessage> messages;
};

// APPEND, REPLACE, UID REPLACE: their literals are followed by an AppendReader.
bool is_append(Verb verb);

// Follows one of them while it is framed, so that each literal can be judged before its octets are accepted. Linear in
// the command however many messages it has.
//
//   at Event::literal:  at_literal(frame): what the literal is, or why the command is wrong (refuse it then)
//   at Event::command:  at_end(frame): the whole command
class AppendReader {
 public:
  enum class Use : uint8_t {
    string,   // a mailbox name or a URL: hold it
    message,  // the last part of append().messages.back() describes it: stream it
  };

  explicit AppendReader(const Dialect& dialect) : dialect_(dialect) {}

  Result<Use> at_literal(const wire::Frame& frame);
  Result<Append> at_end(const wire::Frame& frame);

  // What is known so far: the mailbox, once the first message has begun.
  const Append& append() const { return append_; }

 private:
  friend std::expected<Command, Rejected> parse_command(const wire::Frame& frame, const Dialect& dialect);

  // What the literal at `index` is; all before it have been read. Nothing at the end of the command.
  Result<std::optional<Use>> read_to(const wire::Frame& frame, size_t index);
  Result<bool> read_start(Parser& in, size_t index);
  Result<std::optional<Use>> read_message(Parser& in, size_t index);
  Result<std::optional<Use>> read_part(Parser& in, size_t index);
  Result<std::optional<Use>> read_url(Parser& in, size_t index);
  Result<> read_literal(Parser& in, size_t index, bool utf8);
  Result<> end_part(Parser& in);
  void keep(const Parser& in);

  Dialect dialect_;
  Append append_;
  Verb verb_ = Verb::append;
  size_t offset_ = 0;    // into the frame's text: what is before it is in `append_`
  size_t literals_ = 0;  // consumed so far
  bool started_ = false;
  bool parenthesis_ = false;  // the last literal came as UTF8 (…), and its ")" is due
  bool part_due_ = false;     // after CATENATE's "(", and the space between its parts
};

}  // namespace roost::imap
