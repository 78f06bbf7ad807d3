// What an extension adds: its capabilities, its commands, the grammar it turns on. One constinit Feature for each file
// in features/; features.cc is the list, and CAPABILITY, ENABLE and the dispatcher's table are derived from it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "imap/command.h"
#include "imap/response.h"
#include "imap/verb.h"
#include "imapd/modes.h"
#include "rt/task.h"

namespace roost::mail {
class Mailbox;
}

namespace roost::imapd {

class Session;

// RFC 9051 3. A set of states is their sum.
enum class State : uint8_t { not_authenticated = 1, authenticated = 2, selected = 4 };
inline constexpr uint8_t kNotAuthenticated = 1;
inline constexpr uint8_t kAuthenticated = 2;
inline constexpr uint8_t kSelected = 4;
inline constexpr uint8_t kLoggedIn = kAuthenticated | kSelected;
inline constexpr uint8_t kAnyState = kNotAuthenticated | kLoggedIn;

// RFC 9051 5.5. Commands of a session run one after the other, so what remains of the hazard is this: while a command
// that uses sequence numbers is answered, none may shift, so no EXPUNGE is told.
enum class Hazard : uint8_t {
  ignores,  // neither uses sequence numbers nor could renumber: nothing is told with it
  uses,     // everything but EXPUNGE is told
  breaks,   // everything is told
};

// The tagged reply. What changed in the selected mailbox is told before it.
struct Completion {
  imap::Condition condition = imap::Condition::ok;
  imap::ResponseCode code;
  std::string text;
  bool sent = false;          // the handler wrote the tagged reply itself
  bool used_numbers = false;  // a UID command that had message numbers in it (RFC 7162 3.2.10.2): Hazard::uses
};

inline Completion done(std::string text) { return {.text = std::move(text)}; }
inline Completion done(imap::ResponseCode code, std::string text) {
  return {.code = std::move(code), .text = std::move(text)};
}

inline Completion refusal(imap::ResponseCode code, std::string text) {
  return {.condition = imap::Condition::no, .code = std::move(code), .text = std::move(text)};
}

// The answer to message numbers once UIDONLY is enabled (RFC 9586 3).
inline Completion uid_required() {
  return {.condition = imap::Condition::bad,
          .code = imap::ResponseCode(imap::kUidRequired),
          .text = "Message numbers are not allowed once UIDONLY is enabled."};
}

// Untagged responses go to session.buffer(). An Error becomes NO, BAD or NO [SERVERBUG]; Error::closed ends the
// session.
// The command lives until the tagged reply; a handler may take it apart.
using Handler = task<Result<Completion>> (*)(Session& session, imap::Command& command);

struct CommandRow {
  imap::Verb verb;
  uint8_t states;
  Hazard hazard;
  uint64_t literal_bytes_max;  // of all literals that are held for it; APPEND's messages have limits of their own
  uint32_t memory_bytes;       // that it takes beside its literals, more or less; what the server has no room for waits
  Handler run;
  // What a literal over the limit is refused with; null: [LIMIT].
  imap::ResponseCode (*too_large)(const Session& session) = nullptr;
};

// Strings that are short by nature: a mailbox name, a flag.
inline constexpr uint64_t kNameLiteralBytesMax = 8 * 1024;
inline constexpr uint32_t kSmallCommandBytes = 16 * 1024;

struct Capability {
  std::string_view name;
  uint8_t states = kAnyState;                         // in which it is announced
  bool (*offered)(const Session& session) = nullptr;  // and under which other condition
};

// What ENABLE can turn on.
struct Enabling {
  std::string_view name;
  bool Modes::* mode;  // that it is on
};

struct Feature {
  std::string_view name;
  std::span<const Capability> capabilities;
  // Capabilities that are more than a constant word ("APPENDLIMIT=1000", "AUTH=PLAIN").
  void (*announce)(const Session& session, std::vector<std::string>& capabilities) = nullptr;
  std::span<const Enabling> enables;
  void (*enable)(Session& session, std::string_view name) = nullptr;
  std::span<const CommandRow> commands;
  std::span<bool imap::Dialect::* const> grammar;  // what the parser may accept because of it
  // What SELECT and EXAMINE say because of it, behind the lines that every mailbox has (RFC 9051 6.3.2). The mailbox
  // is selected already.
  void (*at_select)(Session& session, const imap::Select& select, const mail::Mailbox& mailbox) = nullptr;
};

}  // namespace roost::imapd
