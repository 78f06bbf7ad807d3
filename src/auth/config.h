// How the user directory is kept and guarded. Travels from the server to its auth child at the start.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace roost::auth {

// How new passwords are stored. One for the whole directory: argon2id resists theft of the file better, but SCRAM
// cannot be announced with it.
enum class Scheme : uint8_t { scram_sha_256, argon2id };

// What a configuration may ask for. Cyrus SASL, which mbsync and others log in with, refuses more than 65,536
// (docs/decisions/0005-scram-iterations.md).
inline constexpr uint32_t kIterationsMin = 65'536;
inline constexpr uint32_t kIterationsMax = 10'000'000;  // some seconds for each login

// OAUTHBEARER and XOAUTH2 (RFC 7628): on where there are keys, or somebody to ask.
struct OauthConfig {
  std::string keys_file;               // jwt_keys.h; read again after a while
  std::string issuer;                  // what "iss" must be; with keys, needed, as the next
  std::vector<std::string> audiences;  // of which "aud" must be one
  std::vector<std::string> algorithms = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                         "PS512", "ES256", "ES384", "EdDSA"};
  std::string scope;                 // that a token must have, and that clients are told to ask for; empty: any will do
  std::string name_claim = "email";  // that holds the user's name
  uint32_t clock_skew_s_max = 60;
  std::string discovery_url;      // told to clients: the issuer's OpenID configuration
  std::string introspection_url;  // RFC 7662, for tokens that are not signed, or where there are no keys
  std::string introspection_client_id;
  std::string introspection_secret_file;
  std::string introspection_authorities_file;  // PEM; empty: the system's
  uint32_t introspection_ms_max = 5'000;

  bool is_on() const { return !keys_file.empty() || !introspection_url.empty(); }
};

struct Config {
  std::string directory;  // DIR/auth: created if missing, 0700. Empty: nothing is stored, all is in memory
  std::string user;       // started by root, the child becomes this user, whose `directory` then is; empty: it does not
  Scheme scheme = Scheme::scram_sha_256;
  uint32_t iterations = kIterationsMin;
  bool scram_sha_1 = false;  // keep what SCRAM-SHA-1 needs as well
  bool cram_md5 = false;     // and CRAM-MD5
  bool external = false;     // clients are asked for certificates, which name their users
  OauthConfig oauth;
  std::string anonymous_user;         // whom ANONYMOUS logs in, to read only; empty: nobody
  uint32_t hash_threads = 2;          // bounds the CPU, and with argon2id the memory (19 MiB each)
  uint32_t hash_queue_max = 256;      // logins waiting for a hash; more are told "unavailable"
  uint32_t cached_logins_max = 4096;  // verified passwords remembered (as keyed hashes); 0: none
  uint32_t cached_login_s_max = 600;
  uint32_t throttle_entries_max = 65'536;
  bool throttle = true;
  bool sandbox = true;  // seccomp, and Landlock where the kernel has it
};

// One sentence about the first value that is out of bounds.
Result<> check(const Config& config);

}  // namespace roost::auth
