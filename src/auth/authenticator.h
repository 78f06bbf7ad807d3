// Who may log in, and as whom: the one interface behind which passwords and verifiers live. In the server it is a child
// process (client.h), so that the process which parses mail never holds a verifier; tests, the simulator and the
// command line with the server down use the same thing in their own process (local.h).
//
// Every method may be called on any loop, and resumes on the loop that called it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "rt/task.h"
#include "sasl/channel_binding.h"
#include "sasl/scram.h"
#include "sasl/secret.h"

namespace roost::auth {

using sasl::ChannelBinding;
using sasl::Secret;

inline constexpr size_t kNameBytesMax = 255;
inline constexpr size_t kPasswordBytesMax = 1024;
inline constexpr size_t kUsersPerListMax = 1000;
inline constexpr size_t kAppPasswordsPerUserMax = 32;
inline constexpr size_t kDeviceBytesMax = 64;

struct Login {
  AccountId account;
  std::string name;  // canonical: as the directory spells it
  bool read_only = false;
  std::string device;            // whose app password it was; empty: the user's own password, or another proof
  uint64_t app_password_id = 0;  // AppPasswordInfo::id; 0: none

  friend bool operator==(const Login&, const Login&) = default;
};

// Where an attempt comes from; failures are counted for (name, address_block).
struct Origin {
  std::string address_block;  // net::Peer::address_block, e.g. "192.0.2.0/24", or "unix"
};

// The client's first SCRAM message, whole, with its GS2 header, and what it may bind to.
struct ScramStart {
  sasl::ScramHash hash = sasl::ScramHash::sha_256;
  bool plus = false;
  Bytes client_first;
  std::vector<ChannelBinding> bindings;  // all that the connection's TLS gives, whether `plus` or not (RFC 5802 6)
};

// The server's next SASL message, and the conversation that it belongs to.
struct ScramStep {
  uint64_t conversation = 0;
  Bytes message;
};

// The exchange succeeded. `message` (server-final) still has to reach the client, which answers with an empty line.
struct ScramLogin {
  Login login;
  Bytes message;
};

// What a client can show in place of a password:
// the name in a certificate that TLS has verified (EXTERNAL),
struct CertifiedName {
  std::string name;
};
// the digest of a challenge and its password (CRAM-MD5),
struct CramAnswer {
  std::string name;
  Bytes challenge;
  Bytes digest;
};
// nothing (ANONYMOUS).
struct Nobody {};
using Credential = std::variant<CertifiedName, CramAnswer, Nobody>;

// A token (RFC 7628), and whom the client says that it is (empty: whomever the token says).
struct ShownToken {
  std::string name;
  Secret token;
};

// The login, or why the token is none: for the log, since the client is told the same whatever it is.
struct TokenAnswer {
  std::optional<Login> login;
  std::string why;
};

struct UserInfo {
  std::string name;  // canonical
  AccountId account;
  WallTime created;
  bool disabled = false;

  friend bool operator==(const UserInfo&, const UserInfo&) = default;
};

// A password for one device (app_password.h).
struct AppPasswordInfo {
  std::string device;
  WallTime created;
  uint32_t used_day = 0;  // of the last login, in days since 1970 UTC; 0: never
  uint64_t id = 0;        // random: that of a later one for the same device is another

  friend bool operator==(const AppPasswordInfo&, const AppPasswordInfo&) = default;
};

struct NewAppPassword {
  AppPasswordInfo info;
  Secret password;
};

// Clients take the strongest mechanism that is announced, so only what every account can complete is announced.
// Eight octets at the most, so that it fits into one atomic.
struct alignas(8) Policy {
  bool plain = true;  // PLAIN and LOGIN
  bool scram_sha_256 = false;
  bool scram_sha_1 = false;
  bool cram_md5 = false;
  bool external = false;  // for clients with a certificate
  bool oauth = false;     // OAUTHBEARER and XOAUTH2
  bool anonymous = false;

  friend bool operator==(const Policy&, const Policy&) = default;
};

// A failed login is always no(authentication_failed, "Authentication failed."): unknown, disabled and mistaken look
// alike, in words and in time. Where nothing can be said now (the child died, the queue of hashes is full), it is
// no(unavailable, …). SASL messages that break their grammar are bad(…).
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  virtual task<Result<Login>> check_password(std::string name, Secret password, Origin origin) = 0;

  virtual task<Result<Login>> check_credential(Credential credential, Origin origin) = 0;

  // A refused token is no error.
  virtual task<Result<TokenAnswer>> check_token(ShownToken shown, Origin origin) = 0;

  // RFC 5802, 7677. The conversation is kept for 60 s and ends with scram_finish, whatever comes of it.
  virtual task<Result<ScramStep>> scram_start(ScramStart start, Origin origin) = 0;
  virtual task<Result<ScramLogin>> scram_finish(uint64_t conversation, Bytes client_final) = 0;

  // Never waits. May change when users or the configuration do.
  virtual Policy policy() const = 0;

  // Without a password: for delivery and administration. Disabled users are found too.
  virtual task<Result<std::optional<UserInfo>>> find_user(std::string name) = 0;

  // Durable on return. Names: see name.h. `account` is new to the directory; who calls took it from the store.
  // already_exists, or no(cannot, why) for a name or password that cannot be.
  virtual task<Result<UserInfo>> add_user(std::string name, AccountId account, Secret password) = 0;
  // nonexistent where there is no such user; so too below.
  virtual task<Result<>> set_password(std::string name, Secret password) = 0;
  virtual task<Result<>> set_disabled(std::string name, bool disabled) = 0;
  virtual task<Result<UserInfo>> remove_user(std::string name) = 0;
  // Up to kUsersPerListMax users in the order of their names, those after `after` (empty: from the first). An empty
  // answer is the end; a short one is not.
  virtual task<Result<std::vector<UserInfo>>> list_users(std::string after) = 0;

  // The only moment at which the password is known. already_exists where the device has one; no(limit, …) where the
  // user has kAppPasswordsPerUserMax. A new password of the user's own changes none of these.
  virtual task<Result<NewAppPassword>> add_app_password(std::string name, std::string device) = 0;
  // In the order in which they were made.
  virtual task<Result<std::vector<AppPasswordInfo>>> list_app_passwords(std::string name) = 0;
  // Nobody logs in with it from now on; who has is not this class's affair.
  virtual task<Result<AppPasswordInfo>> remove_app_password(std::string name, std::string device) = 0;
};

}  // namespace roost::auth
