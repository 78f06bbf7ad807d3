// Commands about the connection: capabilities, identification, login.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::imap {

class Parser;

// login = "LOGIN" SP userid SP password     RFC 9051 6.2.3; octets as they came, any but NUL
struct Login {
  Bytes user;
  Bytes password;
};

// authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp]     RFC 9051 6.2.2, RFC 4959
struct Authenticate {
  std::string mechanism;                  // in capitals
  std::optional<Bytes> initial_response;  // decoded; "=" is the empty one
};

// enable = "ENABLE" 1*(SP capability)     RFC 5161; in capitals, those beyond the limit are left out as unknown ones
// would be
struct Enable {
  static constexpr size_t kCapabilitiesMax = 100;
  std::vector<std::string> capabilities;
};

// id = "ID" SP id-params-list     RFC 2971; NIL and () are empty
struct Id {
  static constexpr size_t kFieldsMax = 30;
  static constexpr size_t kFieldBytesMax = 30;
  static constexpr size_t kValueBytesMax = 1024;
  std::vector<std::pair<Bytes, std::optional<Bytes>>> fields;
};

// compress = "COMPRESS" SP algorithm     RFC 4978
struct Compress {
  std::string algorithm;  // in capitals
};

// Each reads a command's arguments, from the space after its name to the end.
Result<Login> parse_login(Parser& in);
Result<Authenticate> parse_authenticate(Parser& in);
Result<Enable> parse_enable(Parser& in);
Result<Id> parse_id(Parser& in);
Result<Compress> parse_compress(Parser& in);

}  // namespace roost::imap
