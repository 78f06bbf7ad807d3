#include "sasl/scram_server.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "sasl/base64.h"
#include "sasl/scram_crypto.h"

namespace roost::sasl {
namespace {

Fail failed() { return no(Code::authentication_failed, "Authentication failed."); }

}  // namespace

Result<Bytes> check_binding(const ClientFirst& first, bool plus, const std::vector<ChannelBinding>& offered) {
  bool binds = first.binding == BindingFlag::required;
  if (binds != plus) return bad(plus ? "This mechanism binds to the channel." : "Only -PLUS binds to the channel.");
  if (first.binding == BindingFlag::unused && !offered.empty()) return failed();
  if (!binds) return Bytes();
  auto found = std::ranges::find(offered, first.binding_type, &ChannelBinding::type);
  if (found == offered.end()) return no(Code::cannot, "That channel binding is not supported.");
  return found->data;
}

ScramServer::ScramServer(ClientFirst first, ScramVerifier verifier, BytesView binding_data, BytesView server_nonce)
    : first_(std::move(first)), verifier_(std::move(verifier)), nonce_(first_.nonce) {
  nonce_.append(server_nonce);
  channel_binding_ = first_.gs2_header;
  if (first_.binding == BindingFlag::required) channel_binding_.append(binding_data);
  server_first_ = "r=" + nonce_ + ",s=" + encode_base64(verifier_.salt) + ",i=" + std::to_string(verifier_.iterations);
}

// RFC 5802 3: ClientKey := ClientProof XOR HMAC(StoredKey, AuthMessage), right if H(ClientKey) is StoredKey.
Result<Bytes> ScramServer::finish(BytesView client_final) const {
  ROOST_TRY(ClientFinal final, parse_client_final(client_final));
  Bytes auth_message = first_.bare + "," + server_first_ + "," + final.without_proof;
  ScramHash hash = verifier_.hash;
  ScramKey client_key = hmac(hash, view(verifier_.stored_key), auth_message);
  if (final.proof.size() != client_key.size()) return bad("Malformed SCRAM message.");
  for (size_t i = 0; i < client_key.size(); ++i) client_key[i] ^= static_cast<uint8_t>(final.proof[i]);
  ScramKey stored_key = digest(hash, view(client_key));
  OPENSSL_cleanse(client_key.data(), client_key.size());
  ScramKey signature = hmac(hash, view(verifier_.server_key), auth_message);

  bool right = equal_in_constant_time(view(stored_key), view(verifier_.stored_key));
  right &= equal_in_constant_time(final.nonce, nonce_);
  right &= equal_in_constant_time(final.channel_binding, channel_binding_);
  if (!right) return failed();
  return "v=" + encode_base64(view(signature));
}

}  // namespace roost::sasl
