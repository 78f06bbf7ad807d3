// The server's side of one SCRAM exchange, for whoever holds the verifier. Pure.
#pragma once

#include <vector>

#include "sasl/channel_binding.h"
#include "sasl/scram_messages.h"

namespace roost::sasl {

// The data to bind to, empty where the client does not bind. `plus`: the mechanism's name ends in -PLUS. `offered`: all
// that the channel gives; where that is anything, -PLUS was announced, and "y" (the client saw none) is a downgrade by
// somebody in between (RFC 5802 6). "p=" needs -PLUS and one of the offered types.
Result<Bytes> check_binding(const ClientFirst& first, bool plus, const std::vector<ChannelBinding>& offered);

// Those of one password.
struct ScramKeys {
  ScramKey stored_key;
  ScramKey server_key;
};

// What the client proved, and the server-final message "v=…" for it.
struct ScramProven {
  Bytes message;
  size_t password = 0;  // 0: the verifier's; from 1: of the others, in their order
};

class ScramServer {
 public:
  // check_binding() was passed. `server_nonce`: at least 18 random octets' worth of printable ASCII without commas.
  // An unknown name gets a made-up verifier that no proof fits, and takes the same steps. `others`: further passwords
  // of the same user, whose keys were derived with the verifier's hash, salt and iteration count.
  ScramServer(ClientFirst first, ScramVerifier verifier, BytesView binding_data, BytesView server_nonce,
              std::vector<ScramKeys> others = {});

  // "r=…,s=…,i=…"
  const Bytes& server_first() const { return server_first_; }

  // authentication_failed where the proof, the nonce or "c=" is wrong. Tries every password, whichever is right.
  Result<ScramProven> finish(BytesView client_final) const;

  const ClientFirst& first() const { return first_; }

 private:
  ClientFirst first_;
  ScramHash hash_;
  std::vector<ScramKeys> passwords_;  // the verifier's first
  Bytes channel_binding_;
  Bytes nonce_;
  Bytes server_first_;
};

}  // namespace roost::sasl
