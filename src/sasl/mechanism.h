// The server's side of SASL mechanisms as state machines (RFC 4422 5). Pure: what needs a password, or what stands for
// one, is asked of the caller, who may ask another process.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "sasl/scram.h"
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

// RFC 4422 A: may whom the channel has made known already act as `authzid` (empty: as himself)? The last thing asked.
struct CheckCertificate {
  Bytes authzid;
};

// RFC 2195: is this digest the one of that name's password and the challenge? The last thing asked.
struct CheckCram {
  Bytes name;
  Bytes digest;
};

// RFC 7628: does this token belong to that name (empty: to whomever it says), and may its owner log in? The last thing
// asked of the mechanism; a refusal has one more challenge and one more response, which say nothing new.
struct CheckToken {
  Bytes name;
  Secret token;
};

// RFC 4505: somebody, who says of himself no more than this. The last thing asked.
struct EnterAnonymously {
  Bytes trace;
};

// SCRAM's messages, for whoever holds the verifier (scram_server.h); its message goes to answer().
struct StartScram {
  ScramHash hash = ScramHash::sha_256;
  bool plus = false;  // binds to the channel
  Bytes client_first;
};
struct FinishScram {
  Bytes client_final;
};

// The client has seen everything: it is who the last answer said.
struct Finished {};

using Step = std::variant<Challenge, StartScram, FinishScram, CheckPassword, CheckCertificate, CheckCram, CheckToken,
                          EnterAnonymously, Finished>;

// After an error, a last question or Finished the mechanism is over, and further calls are errors.
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
  virtual size_t response_bytes_max() const { return kSaslMessageBytesMax; }
  // RFC 4959 3: then an initial response is bad.
  virtual bool asks_first() const { return false; }

  bool started_ = false;
  bool over_ = false;
};

// By its name, in any case: PLAIN, LOGIN, CRAM-MD5, EXTERNAL, OAUTHBEARER, XOAUTH2, ANONYMOUS, SCRAM-SHA-1 and -256
// with or without -PLUS; null for any other. `challenge` is CRAM-MD5's: an RFC 822 msg-id that nobody could foresee.
std::unique_ptr<Mechanism> make_mechanism(std::string_view name, BytesView challenge = {});

}  // namespace roost::sasl
