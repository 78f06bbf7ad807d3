// The server's side of SASL mechanisms as state machines (RFC 4422 5). Pure: what needs a password, or what stands for
// one, is asked of the caller, who may ask another process.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "sasl/secret.h"

namespace roost::sasl {

inline constexpr size_t kSaslMessageBytesMax = 4096;  // decoded; names, passwords and SCRAM's messages are far below

// To the client; what it answers goes to step().
struct Challenge {
  Bytes data;
};

// Is this the password of that name, and may it act as `authzid` (empty: as itself)? The last thing asked.
struct CheckPassword {
  Bytes authzid;
  Bytes name;
  Secret password;
};

// SCRAM's messages, for whoever holds the verifier (scram_server.h); its message goes to answer().
struct StartScram {
  Bytes client_first;
};
struct FinishScram {
  Bytes client_final;
};

// The client has seen everything: it is who the last answer said.
struct Finished {};

using Step = std::variant<Challenge, CheckPassword, StartScram, FinishScram, Finished>;

// After an error, CheckPassword or Finished the mechanism is over, and further calls are errors.
class Mechanism {
 public:
  virtual ~Mechanism() = default;

  // The client's message; the first may be absent (no initial response, RFC 4422 3). bad(…) where it is malformed.
  Result<Step> step(std::optional<BytesView> response);

  // What came of StartScram or FinishScram, where it was not refused.
  virtual Result<Step> answer(Bytes message);

 private:
  virtual Result<Step> take(BytesView response) = 0;
  virtual Challenge first_question() const { return {}; }
  // RFC 4959 3: then an initial response is bad.
  virtual bool asks_first() const { return false; }

  bool started_ = false;
  bool over_ = false;
};

// PLAIN, LOGIN or SCRAM-SHA-256, in any case; null for any other.
std::unique_ptr<Mechanism> make_mechanism(std::string_view name);

}  // namespace roost::sasl
