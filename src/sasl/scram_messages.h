// The client's two SCRAM messages (RFC 5802 7). Pure; every octet is hostile.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "sasl/scram.h"

namespace roost::sasl {

inline constexpr size_t kScramMessageBytesMax = 4096;

// gs2-cbind-flag: "n", "y" or "p=" cb-name.
enum class BindingFlag : uint8_t { unsupported, unused, required };

struct ClientFirst {
  BindingFlag binding = BindingFlag::unsupported;
  Bytes binding_type;  // with BindingFlag::required
  Bytes gs2_header;    // as received, with its last comma: the client repeats it in "c="
  Bytes bare;          // client-first-message-bare, as received: part of what is signed
  Bytes authzid;       // unescaped; empty where there is none
  Bytes name;          // unescaped; not prepared
  Bytes nonce;
};

struct ClientFinal {
  Bytes channel_binding;  // decoded: GS2 header and, with "p=", the channel's data
  Bytes nonce;
  Bytes proof;          // decoded; of whatever length
  Bytes without_proof;  // as received: part of what is signed
};

// bad(…) for whatever the grammar does not allow, and for "m=", which nobody may ignore. Extensions are ignored.
Result<ClientFirst> parse_client_first(BytesView message);
Result<ClientFinal> parse_client_final(BytesView message);

}  // namespace roost::sasl
