// What an operation gives back: a value, or one of the four kinds of error that Roost knows.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace roost {

// Why something was refused, in the vocabulary of RFC 5530 and RFC 9051 7.1. imap/ gives each its spelling.
enum class Code : uint8_t {
  none,
  already_exists,
  authentication_failed,
  authorization_failed,
  bad_charset,
  cannot,
  client_bug,
  contact_admin,
  corruption,
  expired,
  expunge_issued,
  has_children,
  in_use,
  limit,
  no_perm,
  nonexistent,
  over_quota,
  privacy_required,
  read_only,
  server_bug,
  too_big,
  try_create,
  unavailable,
  unknown_cte,
  use_attr,
};

struct Error {
  enum class Kind : uint8_t {
    bad,     // the peer broke the syntax or sent a command where it may not
    no,      // understood and refused
    fault,   // ours; logged with an id, of which the client sees only the id
    closed,  // the peer or the server is going away
  };

  Kind kind = Kind::fault;
  Code code = Code::none;
  std::string text;  // one sentence for the client (bad, no) or for the log (fault); never a password or mail content

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T = void>
using Result = std::expected<T, Error>;

using Fail = std::unexpected<Error>;

inline Fail bad(std::string text) { return Fail(Error{Error::Kind::bad, Code::none, std::move(text)}); }
inline Fail no(Code code, std::string text) { return Fail(Error{Error::Kind::no, code, std::move(text)}); }
inline Fail fault(std::string text, Code code = Code::server_bug) {
  return Fail(Error{Error::Kind::fault, code, std::move(text)});
}
inline Fail closed() { return Fail(Error{Error::Kind::closed, Code::none, "closed"}); }

}  // namespace roost

// Returns the error of `expr` from the enclosing function, or binds its value: ROOST_TRY(auto x, parse(...));
#define ROOST_CONCAT_(a, b) a##b
#define ROOST_CONCAT(a, b) ROOST_CONCAT_(a, b)
#define ROOST_TRY_(tmp, ret, decl, ...)                  \
  auto tmp = __VA_ARGS__;                                \
  if (!tmp) ret std::unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define ROOST_TRY(decl, ...) ROOST_TRY_(ROOST_CONCAT(try_, __COUNTER__), return, decl, __VA_ARGS__)
#define ROOST_CO_TRY(decl, ...) ROOST_TRY_(ROOST_CONCAT(try_, __COUNTER__), co_return, decl, __VA_ARGS__)
#define ROOST_CHECK_(tmp, ret, ...) \
  if (auto tmp = __VA_ARGS__; !tmp) ret std::unexpected(std::move(tmp).error())
#define ROOST_TRY_VOID(...) ROOST_CHECK_(ROOST_CONCAT(try_, __COUNTER__), return, __VA_ARGS__)
#define ROOST_CO_TRY_VOID(...) ROOST_CHECK_(ROOST_CONCAT(try_, __COUNTER__), co_return, __VA_ARGS__)
