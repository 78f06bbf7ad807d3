// What the server and its auth child say to each other, one message a packet (SOCK_SEQPACKET: a child that dies in the
// middle leaves no half message behind). Both ends are this program, so there is no version; yet neither trusts the
// other's octets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "auth/authenticator.h"
#include "auth/config.h"

namespace roost::auth::protocol {

inline constexpr size_t kMessageBytesMax = 128 * 1024;

// The first message, and the only one with id 0. Answered when the directory has been read.
struct Configure {
  Config config;
};
struct CheckPassword {
  std::string name;
  Secret password;
  Origin origin;
};
struct CheckCredential {
  Credential credential;
  Origin origin;
};
struct CheckToken {
  ShownToken shown;
  Origin origin;
};
struct StartScram {
  ScramStart start;
  Origin origin;
};
struct FinishScram {
  uint64_t conversation = 0;
  Bytes client_final;
};
struct FindUser {
  std::string name;
};
struct AddUser {
  std::string name;
  AccountId account;
  Secret password;
};
struct SetPassword {
  std::string name;
  Secret password;
};
struct SetDisabled {
  std::string name;
  bool disabled = false;
};
struct RemoveUser {
  std::string name;
};
struct ListUsers {
  std::string after;
};
struct AddAppPassword {
  std::string name;
  std::string device;
};
struct ListAppPasswords {
  std::string name;
};
struct RemoveAppPassword {
  std::string name;
  std::string device;
};

using Request =
    std::variant<Configure, CheckPassword, CheckCredential, CheckToken, StartScram, FinishScram, FindUser, AddUser,
                 SetPassword, SetDisabled, RemoveUser, ListUsers, AddAppPassword, ListAppPasswords, RemoveAppPassword>;
using Answer =
    std::variant<std::monostate, Login, TokenAnswer, ScramStep, ScramLogin, std::optional<UserInfo>, UserInfo,
                 std::vector<UserInfo>, AppPasswordInfo, NewAppPassword, std::vector<AppPasswordInfo>>;

struct Reply {
  Policy policy;
  Result<Answer> answer;
};

template <class Body>
struct Numbered {
  uint64_t id = 0;  // a reply carries its request's
  Body body;
};

// Secrets: they may hold a password.
Secret encode(uint64_t id, const Request& request);
Secret encode(uint64_t id, const Reply& reply);
Result<Numbered<Request>> decode_request(BytesView message);
Result<Numbered<Reply>> decode_reply(BytesView message);

}  // namespace roost::auth::protocol
