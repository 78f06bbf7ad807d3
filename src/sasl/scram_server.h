// The server's side of one SCRAM-SHA-256 exchange, for whoever holds the verifier. Pure.
#pragma once

#include "sasl/scram_messages.h"

namespace roost::sasl {

// What the secure channel offers to bind to. An empty type: nothing, and clients that require it are refused.
struct OfferedBinding {
  Bytes type;
  Bytes data;
};

// Checks the client's choice (RFC 5802 6): "p=" needs the offered type; "y" where binding was offered is a downgrade.
Result<> check_binding(const ClientFirst& first, const OfferedBinding& offered);

class ScramServer {
 public:
  // check_binding() was passed. `server_nonce`: at least 18 random octets' worth of printable ASCII without commas.
  // An unknown name gets a made-up verifier that no proof fits, and takes the same steps.
  ScramServer(ClientFirst first, ScramVerifier verifier, BytesView binding_data, BytesView server_nonce);

  // "r=…,s=…,i=…"
  const Bytes& server_first() const { return server_first_; }

  // The server-final message "v=…". authentication_failed where the proof, the nonce or "c=" is wrong.
  Result<Bytes> finish(BytesView client_final) const;

  const ClientFirst& first() const { return first_; }

 private:
  ClientFirst first_;
  ScramVerifier verifier_;
  Bytes channel_binding_;
  Bytes nonce_;
  Bytes server_first_;
};

}  // namespace roost::sasl
