// The LMTP grammar (RFC 2033, which is RFC 5321's but for LHLO). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::lmtpd {

// RFC 5321 4.5.3.1.4 asks for 512 and for more where extensions add parameters; SMTPUTF8 (RFC 6531) makes paths longer.
inline constexpr size_t kCommandLineBytesMax = 4096;
inline constexpr size_t kPathBytesMax = 1024;

struct Lhlo {
  std::string domain;
};

// "user+detail@domain". A source route before it is dropped (RFC 5321 appendix C). Quoted local parts are unquoted.
struct Address {
  std::string local;
  std::string domain;  // empty: there was none

  std::string text() const { return domain.empty() ? local : local + "@" + domain; }
  friend bool operator==(const Address&, const Address&) = default;
};

struct MailFrom {
  std::optional<Address> reverse_path;  // none: "<>"
  std::optional<uint64_t> size;         // RFC 1870
  bool smtputf8 = false;
};

struct RcptTo {
  Address forward_path;
};

struct Data {};

// RFC 3030: `size` octets follow.
struct Bdat {
  uint64_t size = 0;
  bool last = false;
};

struct Rset {};
struct Noop {};
struct Vrfy {};
struct Quit {};

using Command = std::variant<Lhlo, MailFrom, RcptTo, Data, Bdat, Rset, Noop, Vrfy, Quit>;

// `line` without its CRLF. The error's text is a whole reply, "501 5.5.4 …".
Result<Command> parse_command(BytesView line);

}  // namespace roost::lmtpd
